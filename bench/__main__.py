"""`python -m bench [MODULE...]`: run these modules of this folder, or all of them, and let each print its figures."""

from __future__ import annotations

import importlib
import pkgutil
import sys
import time

import bench


def modules() -> list[str]:
    """The modules here that measure something: those with a `run`."""
    names = (found.name for found in pkgutil.iter_modules(bench.__path__) if not found.name.startswith("_"))
    return [name for name in names if hasattr(importlib.import_module(f"bench.{name}"), "run")]


def main(asked: list[str]) -> int:
    known = modules()
    unknown = [name for name in asked if name not in known]
    if unknown:
        print(f"There is no bench {', '.join(unknown)}; there are: {', '.join(known)}.", file=sys.stderr)
        return 2
    for name in asked or known:
        module = importlib.import_module(f"bench.{name}")
        print(f"== {name}: {(module.__doc__ or '').splitlines()[0]}", flush=True)
        began = time.perf_counter()
        module.run()
        print(f"   ({time.perf_counter() - began:.0f} s)\n", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
