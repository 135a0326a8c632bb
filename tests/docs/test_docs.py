"""The documents are true of the program: each command runs, each name exists, each link leads somewhere."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from clinic_tui import config, config_mail
from clinic_tui.settings import SCHEMA
from docs import pictures
from docs.keys import rooms
from docs.made import FOLDER, MAN_PAGE, PARTS, filled
from docs.man import man_page
from tests.docs.pages import DOCS, PAGES, anchors, blocks, links, named, not_known

UNITS = sorted((DOCS / "systemd").iterdir())
README = DOCS.parent / "README.md"
each_page = pytest.mark.parametrize("page", [*PAGES, README], ids=lambda page: str(page.relative_to(DOCS.parent)))


@each_page
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in links(page):
        if re.match(r"https?://", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@each_page
def test_every_command_and_option_that_is_named_exists(page: Path) -> None:
    assert [(line, word) for line in named(page) if (word := not_known(line))] == []


def test_the_index_names_every_page() -> None:
    assert {page.name for page in PAGES} - {"README.md"} <= set(links(DOCS / "README.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_is_made_from_the_program_is_as_the_program_has_it(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert filled(text) == text, "make docs"


def test_every_made_part_stands_in_a_page() -> None:
    everything = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert [name for name in PARTS if f"<!-- made: {name} -->" not in everything] == []
    assert all(f"`{setting.name}`" in (DOCS / "settings.md").read_text(encoding="utf-8") for setting in SCHEMA)


def test_the_pictures_show_what_the_program_shows() -> None:
    now = pictures.drawn()
    assert {path.name for path in pictures.FOLDER.iterdir()} == {f"{name}.svg" for name in now}
    for name, svg in now.items():
        kept = (pictures.FOLDER / f"{name}.svg").read_text(encoding="utf-8")
        assert pictures.text_of(kept) == pictures.text_of(svg), f"{name}: make docs"


def test_every_picture_stands_in_a_page() -> None:
    shown = {link for page in (*PAGES, README) for link in links(page) if link.endswith(".svg")}
    assert {Path(link).stem for link in shown} == set(pictures.WAYS)


def test_every_screen_has_its_keys_in_the_page() -> None:
    page = (DOCS / "keys.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (.*)$", page, re.MULTILINE)
    assert all(headings)
    assert len(headings) == len(rooms()) + 5  # one's own, everywhere, lists, tables, texts
    assert "| `i` | Invite to the portal |" in page


def test_the_man_page_is_as_the_program_has_it() -> None:
    assert MAN_PAGE.read_text(encoding="utf-8") == man_page(), "make docs"


@pytest.mark.skipif(shutil.which("groff") is None, reason="there is no groff here")
def test_the_man_page_is_set_without_a_complaint() -> None:
    done = subprocess.run(
        ["groff", "-man", "-ww", "-Tutf8", MAN_PAGE], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stderr == ""
    text = re.sub(r"\x1b\[[\d;]*m|.\x08", "", done.stdout)
    assert "clinic-tui staff add LOGIN" in text
    assert "nothing could be done" in text.lower()


def test_the_config_that_is_shown_loads_and_shows_every_key(tmp_path: Path) -> None:
    (shown,) = (block.text for block in blocks(DOCS / "settings.md") if block.language == "toml")
    file = tmp_path / "config.toml"
    file.write_text(shown, encoding="utf-8")
    file.chmod(0o600)
    loaded = config.load(file)
    assert loaded.seeds.keys() == {f"{section}.{key}" for section, keys in config.SEEDS.items() for key in keys}
    assert loaded.mailbox is not None
    for key in ("database", *config_mail.SMTP_KEYS, *config_mail.MAILBOX_KEYS):
        assert re.search(rf"\b{key}\b", shown), key


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_the_units_say_what_the_program_takes(unit: Path) -> None:
    read = configparser.ConfigParser(strict=True, interpolation=None)
    read.optionxform = str  # type: ignore[assignment,method-assign]
    read.read_string(unit.read_text(encoding="utf-8"))
    assert read["Unit"]["Description"]
    if unit.suffix == ".service":
        program, _, rest = read["Service"]["ExecStart"].partition(" ")
        assert program.endswith("/bin/clinic-tui")
        assert not_known(f"clinic-tui {rest}") == ""


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd here")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    for unit in UNITS:
        # The one thing that it looks for on this host is the program.
        text = unit.read_text(encoding="utf-8").replace("/home/desk/.local/bin/clinic-tui", "/bin/true")
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *(tmp_path / unit.name for unit in UNITS)],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    # It looks at this host's own units too, which are none of ours.
    assert [line for line in done.stderr.splitlines() if "clinic-tui" in line] == []


def test_the_documents_lie_where_the_maker_looks() -> None:
    assert FOLDER == DOCS
