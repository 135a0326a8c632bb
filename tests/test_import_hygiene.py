"""What is imported when: the screens never from here, the database and the mail only where they are wanted."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "clinic_tui"
SOURCES = sorted(PACKAGE.rglob("*.py"))
ALLOWED = {PACKAGE / "commands" / "open.py", PACKAGE / "commands" / "keys.py"}


def imported(source: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(name.name.partition(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def test_the_headless_package_imports_neither_textual_nor_screens() -> None:
    guilty = {str(path.relative_to(ROOT)) for path in SOURCES if imported(path) & {"textual", "screens", "rich"}}
    assert guilty == {str(path.relative_to(ROOT)) for path in ALLOWED}


def loaded_after(code: str, home: Path) -> set[str]:
    script = f"import sys\n{code}\nprint('\\n' + ' '.join(sorted({{name.partition('.')[0] for name in sys.modules}})))"
    env = {"HOME": str(home), "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=env, check=True, timeout=60
    )
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize("words", [["--version"], ["--help"], ["nonsense"], ["patients", "--help"], ["sync", "--help"]])
def test_help_and_version_load_neither_database_nor_mail_nor_screens(words: list[str], tmp_path: Path) -> None:
    loaded = loaded_after(f"from clinic_tui.cli import main; main({words!r})", tmp_path)
    assert "click" in loaded
    assert not loaded & {"peewee", "psycopg", "yagmail", "imapclient", "textual", "screens", "email_validator"}


def test_explaining_mail_loads_no_database(tmp_path: Path) -> None:
    mail = tmp_path / "mail"
    mail.write_bytes(b"From: a@b.example\n\nACCEPT\n")
    loaded = loaded_after(f"from clinic_tui.cli import main; main(['explain', {str(mail)!r}])", tmp_path)
    assert not loaded & {"peewee", "psycopg", "yagmail", "textual", "screens"}


def test_the_config_is_read_without_a_database_so_that_the_first_frame_need_not_wait(tmp_path: Path) -> None:
    loaded = loaded_after("import clinic_tui.config, clinic_tui.commands.open, clinic_tui.mail.worker", tmp_path)
    assert not loaded & {"peewee", "psycopg", "yagmail", "textual"}


def test_the_screens_up_to_the_first_frame_load_no_database(tmp_path: Path) -> None:
    loaded = loaded_after("import screens.app; import screens.lookup", tmp_path)
    assert "textual" in loaded
    assert not loaded & {"peewee", "psycopg", "yagmail", "imapclient"}
