"""Reading mail that is made to be slow, large or deep: each under a second, and under 50 MB more than before.

Each is read in a process of its own, forked from one that has read an ordinary mail: the time is the processor's, the
memory what the process came to hold at most (raw bytes not counted). `--json` prints every reading, for the tests.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import sys
from typing import Any

from clinic_tui.mail.reading import read_mail
from tests.mail.crafted import CRAFTED, HEAD

MOST_SECONDS, MOST_MB = 1.0, 50.0


def run() -> None:
    """The slowest and the largest, against the bars."""
    readings = measured()
    slowest = max(readings, key=lambda name: readings[name]["seconds"])
    largest = max(readings, key=lambda name: readings[name]["mb"])
    seconds, mb = readings[slowest]["seconds"], readings[largest]["mb"]
    print(f"   {len(readings)} mails; the slowest ({slowest}) {seconds:.2f} s {_bar(seconds, MOST_SECONDS)}")
    print(f"   the largest ({largest}) {mb:.0f} MB {_bar(mb, MOST_MB)}")


def measured() -> dict[str, dict[str, Any]]:
    """Each crafted mail: processor seconds, megabytes, and what it was read as."""
    read_mail(HEAD + b"\nhello\n")
    gc.collect()
    gc.freeze()
    return {name: _read_apart(raw) for name, raw in CRAFTED.items()}


def _read_apart(raw: bytes) -> dict[str, Any]:
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        before = resource.getrusage(resource.RUSAGE_SELF)
        reading = read_mail(raw)
        after = resource.getrusage(resource.RUSAGE_SELF)
        row = {
            "seconds": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
            "mb": (after.ru_maxrss - before.ru_maxrss) / (1_024 if sys.platform != "darwin" else 1_048_576),
            "kind": reading.kind,
            "evidence": reading.evidence,
            "new": len(reading.new_text),
        }
        os.write(into, json.dumps(row).encode())
        os._exit(0)
    os.close(into)
    with os.fdopen(out, "rb") as pipe:
        told = pipe.read()
    os.waitpid(child, 0)
    return dict(json.loads(told))


def _bar(found: float, most: float) -> str:
    return f"(bar {most:g}: {'held' if found < most else 'MISSED'})"


if __name__ == "__main__" and "--json" in sys.argv:
    print(json.dumps(measured()))
