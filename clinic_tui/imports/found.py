"""The files of an import: what was named, folders looked into, each opened and told by what stands in it."""

from __future__ import annotations

import codecs
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from clinic_tui.errors import ClinicError
from clinic_tui.imports.csv_file import CsvFile
from clinic_tui.imports.encoding import open_binary, utf16
from clinic_tui.imports.tables import Kind, kind_of

LISTS: tuple[Kind, ...] = ("patients", "practitioners", "appointments", "portal")
FORMATS = ("csv", "synthea", "fhir", *LISTS)
# What a folder is looked through for; whatever else lies in it is passed over.
_ENDINGS = frozenset((".csv", ".tsv", ".txt", ".tab", ".json", ".ndjson", ".jsonl"))
_DEEPEST = 4


class Source(NamedTuple):
    """A file or folder as somebody named it: where it is, and what it is called in messages."""

    path: Path
    shown: str


class Opened(NamedTuple):
    """A file that can be read: `csv` None means that it is FHIR."""

    path: Path
    shown: str
    kind: Kind
    csv: CsvFile | None


class Files(NamedTuple):
    """The files of an import; `passed` are those in folders that hold nothing kept here, `failed` those unusable."""

    opened: list[Opened]
    passed: list[str]
    failed: list[tuple[str, ClinicError]]


def find(sources: Sequence[Source], wanted: str | None) -> Files:
    """Open all of them. `wanted`: one of FORMATS (of LISTS: what the CSV lists), or None to tell each by what stands in
    it.
    """
    files = Files([], [], [])
    for source in sources:
        if source.path.is_dir():
            within = list(_within(source))
            if not within:
                files.failed.append(
                    (source.shown, ClinicError(f"{source.shown} is a folder with no CSV or JSON in it."))
                )
            for one in within:
                _open(one, wanted, files, in_folder=True)
        else:
            _open(source, wanted, files, in_folder=False)
    return files


def _within(folder: Source) -> Iterator[Source]:
    base = len(folder.path.parts)
    for root, folders, names in os.walk(folder.path):
        depth = len(Path(root).parts) - base
        folders[:] = sorted(name for name in folders if not name.startswith(".") and depth < _DEEPEST)
        for name in sorted(names):
            path = Path(root) / name
            if path.suffix.lower() in _ENDINGS and not name.startswith("."):
                inside = path.relative_to(folder.path)
                yield Source(path, f"{folder.shown.rstrip('/')}/{inside}")


def _open(source: Source, wanted: str | None, files: Files, in_folder: bool) -> None:
    try:
        if wanted == "fhir" or (wanted is None and _is_json(source)):
            files.opened.append(Opened(source.path, source.shown, "patients", None))
            return
        csv = CsvFile(source.path, source.shown)
        kind: Kind = next((said for said in LISTS if said == wanted), kind_of(csv.header))
        if kind == "other" or (in_folder and wanted is None and not _may_be_ours(csv, kind)):
            if not in_folder:
                raise ClinicError(
                    f"{source.shown} lists neither patients, practitioners nor appointments.",
                    "Import the list of patients.",
                )
            files.passed.append(source.shown)
            return
        files.opened.append(Opened(source.path, source.shown, kind, csv))
    except ClinicError as error:
        files.failed.append((source.shown, error))


def _may_be_ours(csv: CsvFile, kind: Kind) -> bool:
    """Whether a file in a folder of many is worth a word where it cannot be used: it names persons somehow."""
    from clinic_tui.imports.headers import key_of, names_persons

    return kind != "patients" or names_persons([key_of(name) for name in csv.header])


def _is_json(source: Source) -> bool:
    with open_binary(source.path, source.shown) as file:
        head = file.read(4096).removeprefix(codecs.BOM_UTF8)
    if wide := utf16(head):
        head = head.decode(wide, "ignore").encode(errors="ignore")
    # A CSV may begin with a bracket too: only what JSON must go on with counts.
    text = head.lstrip()
    if text[:1] == b"{":
        return text[1:].lstrip()[:1] in (b'"', b"}")
    return text[:1] == b"[" and text[1:].lstrip()[:1] in (b"{", b"[", b"]")
