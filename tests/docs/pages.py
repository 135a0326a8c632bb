"""The pages as a reader's shell would meet them: their fenced blocks, their links, the commands that they name."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import NamedTuple

import click

from clinic_tui.cli import cli
from clinic_tui.commands.asked import Asked
from tests.commands.running import ROOT

DOCS = ROOT / "docs"
PAGES = sorted(DOCS.glob("*.md"))
_FENCED = re.compile(r"^( *)```(\w+)([^\n]*)\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)
_SPAN = re.compile(r"`([^`]+)`")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_ENDS = ("|", ">", ">>", "<", "#", "&&")


class Block(NamedTuple):
    """A fenced block: what it is in, why it is not run (empty: it is), what stands in it."""

    language: str
    not_run: str
    text: str


def blocks(page: Path) -> list[Block]:
    """The fenced blocks, in order."""
    found = []
    for indent, language, info, text in _FENCED.findall(page.read_text(encoding="utf-8")):
        reason = info.strip().removeprefix("not run:").strip()
        assert not info.strip() or (language == "sh" and info.strip().startswith("not run:") and reason), (page, info)
        found.append(Block(language, reason, re.sub(f"^{indent}", "", text, flags=re.MULTILINE)))
    return found


def links(page: Path) -> list[str]:
    """Where its links lead."""
    return _LINK.findall(_FENCED.sub("", page.read_text(encoding="utf-8")))


def anchors(page: Path) -> set[str]:
    """The names of its headings, as GitHub makes them."""
    heads = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def named(page: Path) -> list[str]:
    """Every command line that begins with `clinic-tui`, in blocks and in the text."""
    lines = [line for block in blocks(page) if block.language == "sh" for line in block.text.splitlines()]
    spans = _SPAN.findall(_FENCED.sub("", page.read_text(encoding="utf-8")))
    return [line.strip() for line in [*lines, *spans] if re.match(r"\s*clinic-tui( [a-z-]|$)", line)]


def not_known(line: str) -> str:
    """The first word of the line that is no command or option of the program; empty where all are."""
    command: click.Command = cli
    context = click.Context(cli, info_name="clinic-tui", obj=Asked(), **cli.context_settings)
    takes = False
    for word in shlex.split(line)[1:]:
        if word in _ENDS:
            break
        if takes:
            takes = False
        elif word.startswith("--"):
            options = {opt: param for param in command.get_params(context)
                       for opt in (*param.opts, *param.secondary_opts)}  # fmt: skip
            param = options.get(word.partition("=")[0])
            if param is None:
                return word
            takes = isinstance(param, click.Option) and not (param.is_flag or param.count or "=" in word)
            takes = takes and param.name != "help"
        elif isinstance(command, click.Group):
            below = command.get_command(context, word)
            if below is None:
                return "" if word.isupper() else word
            command, context = below, click.Context(below, parent=context, info_name=word)
    return ""
