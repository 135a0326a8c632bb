"""`python -m clinic_tui`: the command line."""

from __future__ import annotations

import sys

from clinic_tui.cli import main

if __name__ == "__main__":
    sys.exit(main())
