"""FHIR resources out of a JSON file of any size, one at a time: a resource, a bundle, a list, or NDJSON.

Memory holds one resource. One that is nested too deep, or too large to be a person's record, is handed out as a refusal
and reading goes on behind it.
"""

from __future__ import annotations

import codecs
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from clinic_tui.errors import ClinicError
from clinic_tui.imports.encoding import open_binary, utf16

WANTED = frozenset(("Patient", "RelatedPerson", "Practitioner", "PractitionerRole", "Appointment", "Encounter"))

DEEPEST = 64
MOST_EVENTS = 200_000  # of one resource: some 4 MB of JSON
LONGEST_LINE = 16 * 1024 * 1024
LONGEST_TEXT = 16 * 1024 * 1024
_CHUNK = 1 << 16
_FIRST_LINE = 1 << 20  # a longer one is read as a stream, which takes one value after another too
_QUOTE = re.compile(rb'(?<!\\)"')


class Found(NamedTuple):
    """A resource and the place at which it stands: of NDJSON its line, else its number. Or why it cannot be taken.

    `url`: the full URL that its bundle gives it.
    """

    place: int
    resource: dict[str, Any] | None
    refused: str = ""
    url: str = ""


class FhirFile:
    """A JSON file. `bytes_read` tells how far `resources` has come. Raises ClinicError where nothing in it is FHIR."""

    def __init__(self, path: Path, shown: str) -> None:
        self.path = path
        self.shown = shown
        self.size = path.stat().st_size
        self.bytes_read = 0

    def resources(self) -> Iterator[Found]:
        """The resources of kinds that are kept here, in order."""
        with open_binary(self.path, self.shown) as file:
            by_line = _is_ndjson(file)
        with open_binary(self.path, self.shown) as file:
            yield from self._lines(file) if by_line else self._stream(file)

    def _lines(self, file: BinaryIO) -> Iterator[Found]:
        lines = _Buffered(file)
        place = 0
        while line := lines.readline():
            place += 1
            self.bytes_read = lines.read_so_far
            text = line.removeprefix(codecs.BOM_UTF8).strip()
            if not text:
                continue
            if len(line) >= LONGEST_LINE and not line.endswith(b"\n"):
                while (line := lines.readline(_FIRST_LINE)) and not line.endswith(b"\n"):
                    pass
                yield Found(place, None, "it is longer than 16 MB")
                continue
            try:
                resource = json.loads(text)
            except RecursionError:
                yield Found(place, None, f"it is nested more than {DEEPEST} deep")
            except ValueError:
                yield Found(place, None, "it is not well-formed JSON")
            else:
                if not isinstance(resource, dict) or not isinstance(resource.get("resourceType"), str):
                    yield Found(place, None, "it is no FHIR resource: it has no resourceType")
                elif resource["resourceType"] == "Bundle":
                    yield Found(place, None, "it is a bundle among single resources: import it as a file of its own")
                elif resource["resourceType"] in WANTED:
                    yield Found(place, resource)

    def _stream(self, file: BinaryIO) -> Iterator[Found]:
        import ijson  # only where a file wants it

        source = _Watched(file, self.shown)
        reader = _Reader()
        try:
            for event, value in ijson.basic_parse(source, use_float=True, buf_size=_CHUNK, multiple_values=True):
                self.bytes_read = source.read_so_far
                if (found := reader.take(event, value)) is not None:
                    yield found
        except (ijson.JSONError, ValueError, OverflowError) as error:
            if not reader.place:
                raise ClinicError(
                    f"{self.shown} is not well-formed JSON, or is cut off.", "Export it again."
                ) from error
            yield Found(reader.now, None, "from here on the file is cut off, or is no well-formed JSON")
        if not reader.any_type:
            raise ClinicError(
                f"{self.shown} is JSON, but nothing in it is a FHIR resource.", "Choose a FHIR R4 or a CSV export."
            )


class _Reader:
    """Takes events of JSON, and hands a resource out when it ends."""

    def __init__(self) -> None:
        self.place = 0
        self.any_type = False
        self._path: list[str | None] = []  # the key that each open object is at; None for a list
        self._building: _Building | None = None
        self._top = _Building(0)
        self._url = ""

    @property
    def now(self) -> int:
        """The place of the resource that is being read."""
        return self.place if self._building else self.place + 1

    def take(self, event: str, value: Any) -> Found | None:
        """One event; the resource that ends with it."""
        if self._building is not None:
            return self._inside(event, value)
        path = self._path
        if event in ("start_map", "start_array"):
            if len(path) > DEEPEST:
                raise ValueError
            if event == "start_map" and path[-3:] == ["entry", None, "resource"]:
                self.place += 1
                self._building = _Building(self.place)
                self._building.take(event, value)
                return None
            if event == "start_map" and path in ([], [None]):
                self._top, self._url = _Building(0), ""
            self._take_top(event, value)
            path.append(None if event == "start_array" else "")
        elif event in ("end_map", "end_array"):
            path.pop()
            self._take_top(event, value)
            if event == "end_map" and path in ([], [None]):
                return self._ended_top()
        else:
            if event == "map_key":
                path[-1] = value
            elif path[-3:] == ["entry", None, "fullUrl"] and isinstance(value, str):
                self._url = value
            self._take_top(event, value)
        return None

    def _take_top(self, event: str, value: Any) -> None:
        """An event of the outermost object, but for the entries of a bundle, and for a list around it."""
        path = self._path
        if "entry" not in path and not (event in ("start_array", "end_array") and not path) and path != [None] * 2:
            self._top.take(event, value)

    def _inside(self, event: str, value: Any) -> Found | None:
        building = self._building
        assert building is not None
        building.take(event, value)
        if building.depth:
            return None
        self._building = None
        url, self._url = self._url, ""
        self.any_type |= bool(building.kind)
        return building.found(url)

    def _ended_top(self) -> Found | None:
        top = self._top
        self.any_type |= bool(top.kind)
        if top.kind == "Bundle":
            return None
        self.place += 1
        top.place = self.place
        return top.found("") if self.any_type else None


class _Building:
    """One object of JSON as it is read; nothing is kept of what cannot be wanted."""

    def __init__(self, place: int) -> None:
        self.place = place
        self.depth = 0
        self.kind = ""
        self._key_is_kind = False
        self._refused = ""
        self._events = 0
        self._stack: list[Any] = []
        self._keys: list[str] = []
        self.value: dict[str, Any] = {}

    def take(self, event: str, value: Any) -> None:
        """One event of the object."""
        if event == "map_key":
            self._key_is_kind = self.depth == 1 and value == "resourceType"
        elif event == "string" and self._key_is_kind and self.depth == 1:
            self.kind = value
            self._key_is_kind = False
            if value not in WANTED and value != "Bundle":
                self._stack.clear()
                self._refused = "?"  # not wanted: nothing of it is kept
        if event in ("start_map", "start_array"):
            self.depth += 1
        self._events += 1
        if not self._refused:
            if self.depth > DEEPEST:
                self._refused = f"it is nested more than {DEEPEST} deep"
            elif self._events > MOST_EVENTS:
                self._refused = "it is larger than any person's record"
            else:
                self._build(event, value)
            if self._refused:
                self._stack.clear()
                self.value = {}
        if event in ("end_map", "end_array"):
            self.depth -= 1

    def _build(self, event: str, value: Any) -> None:
        stack, keys = self._stack, self._keys
        if event == "map_key":
            keys[-1] = value
            return
        if event in ("end_map", "end_array"):
            stack.pop()
            keys.pop()
            return
        made: Any = {} if event == "start_map" else [] if event == "start_array" else value
        if not stack:
            if isinstance(made, dict):
                self.value = made
        elif isinstance(stack[-1], dict):
            stack[-1][keys[-1]] = made
        else:
            stack[-1].append(made)
        if event in ("start_map", "start_array"):
            stack.append(made)
            keys.append("")

    def found(self, url: str) -> Found | None:
        """What has been read, where it is wanted; or why it cannot be taken."""
        if self._refused and self._refused != "?":
            return Found(self.place, None, self._refused, url)
        if self.kind in WANTED and not self._refused:
            return Found(self.place, self.value, "", url)
        if not self.kind:
            return Found(self.place, None, "it is no FHIR resource: it has no resourceType", url)
        return Found(self.place, None, "it is a bundle within a bundle", url) if self.kind == "Bundle" else None


class _Watched:
    """Bytes for the JSON reader, as UTF-8; a text that would fill memory is not passed on."""

    def __init__(self, file: BinaryIO, shown: str) -> None:
        self._file = file
        self._shown = shown
        self._without_quote = 0
        self.read_so_far = 0
        head = file.read(4096)
        file.seek(0)
        self._decoder: codecs.IncrementalDecoder | None = None
        if wide := utf16(head):
            self._decoder = codecs.getincrementaldecoder(wide)()
        elif head.startswith(codecs.BOM_UTF8):
            file.seek(3)

    def read(self, size: int) -> bytes:
        """The next bytes. Raises ClinicError where one text in the file goes on and on."""
        if size == 0:
            return b""  # the reader asks so whether it gets bytes
        chunk = self._file.read(_CHUNK)
        self.read_so_far += len(chunk)
        if self._decoder is not None:
            chunk = self._decoder.decode(chunk, final=not chunk).encode()
        self._without_quote = 0 if _QUOTE.search(chunk) else self._without_quote + len(chunk)
        if self._without_quote > LONGEST_TEXT:
            raise ClinicError(f"{self._shown} holds a text of more than 16 MB: it is refused.", "Export it again.")
        return chunk


class _Buffered:
    """Lines of at most LONGEST_LINE bytes."""

    def __init__(self, file: BinaryIO) -> None:
        raw: Any = file
        self._file = io.BufferedReader(raw, 1 << 20)
        self.read_so_far = 0

    def readline(self, limit: int = LONGEST_LINE) -> bytes:
        """The next line with its end, or as much of it."""
        line = self._file.readline(limit)
        self.read_so_far += len(line)
        return line


def _is_ndjson(file: BinaryIO) -> bool:
    """Whether the first line is a whole JSON object, no bundle, and another line follows."""
    lines = _Buffered(file)
    first = lines.readline(_FIRST_LINE).removeprefix(codecs.BOM_UTF8).strip()
    if not first.startswith(b"{") or not first.endswith(b"}"):
        return False
    while (line := lines.readline(_FIRST_LINE)) and not line.strip():
        pass
    if not line:
        return False
    try:
        return bool(json.loads(first).get("resourceType") != "Bundle")  # bundles are taken apart as a stream
    except RecursionError:
        return True
    except ValueError:
        return False
