"""`clinic-tui templates`: what the practice says in its messages."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from clinic_tui.commands import output
from clinic_tui.commands.asked import ROW_ID, Asked, pass_asked

if TYPE_CHECKING:
    from clinic_tui.messages.checking import Mark
    from clinic_tui.messages.templates import TemplateRow

KINDS = ("invitation", "reminder", "confirmation", "setup")
_SUBJECT = click.option("--subject", metavar="S", help="The subject, with terms such as [Practice Name].")
_BODY = click.option("--body", metavar="TEXT", help="The text, paragraphs kept apart by empty lines; - reads it.")
_MOST_READ = 1_000_000


@click.group("templates", invoke_without_command=True)
@pass_asked
@click.pass_context
def command(context: click.Context, asked: Asked) -> None:
    """Communication templates: what the practice says in its messages."""
    if context.invoked_subcommand is None:
        _list(asked, archived=False)


@command.command("list")
@click.option("--all", "archived", is_flag=True, help="Archived ones too.")
@pass_asked
def list_(asked: Asked, archived: bool) -> None:
    """The templates in use."""
    _list(asked, archived)


def _list(asked: Asked, archived: bool) -> None:
    viewer = asked.viewer()
    from clinic_tui.messages import templates

    rows = templates.listing(viewer, archived=archived)
    if asked.json:
        output.document([_record(row) for row in rows])
        return
    output.table(
        ("name", "kind", "language", "", "version", "edited", "by", "subject"),
        (
            (row.name, row.kind, row.language, _state(row), row.version, row.edited_at, row.edited_by, row.subject)
            for row in rows
        ),
    )


@command.command("show")
@click.argument("name")
@click.option("--versions", is_flag=True, help="Everything that it has said, newest first.")
@pass_asked
def show(asked: Asked, name: str, versions: bool) -> None:
    """One template, and what the check marks in it."""
    viewer = asked.viewer()
    from clinic_tui.messages import templates

    row = templates.by_name(viewer, name)
    _show(asked, row, templates.versions(viewer, row.id) if versions else ())


@command.command("add")
@click.argument("name")
@click.option("--kind", type=click.Choice(KINDS), default="invitation", show_default=True, help="What it is for.")
@click.option("--language", metavar="L", default="en", show_default=True, help="Its language, by code or name.")
@_SUBJECT
@_BODY
@pass_asked
def add(asked: Asked, name: str, kind: str, language: str, subject: str | None, body: str | None) -> None:
    """A new template. Without --subject or --body it says what the program says in that language."""
    viewer = asked.viewer()
    from clinic_tui.messages import templates

    _show(asked, templates.add(viewer, kind, name, language, subject, _read(body)))


@command.command("edit")
@click.argument("name")
@click.option("--name", "new_name", metavar="N", help="Call it N from now on.")
@click.option("--version", type=ROW_ID, help="The version that you read: refused where it is not the newest any more.")
@_SUBJECT
@_BODY
@pass_asked
def edit(
    asked: Asked, name: str, new_name: str | None, version: int | None, subject: str | None, body: str | None
) -> None:
    """Change what is given; the words before stay as a version of their own."""
    viewer = asked.viewer()
    from clinic_tui.messages import templates

    text = _read(body)
    row = templates.by_name(viewer, name)
    edited = templates.edit(
        viewer, row.id, version or row.version, name=new_name,
        subject=row.subject if subject is None else subject, body=row.body if text is None else text,
    )  # fmt: skip
    _show(asked, edited)


@command.command("copy")
@click.argument("name")
@click.argument("new_name")
@click.option("--language", metavar="L", help="The language of the copy; else the same.")
@pass_asked
def copy(asked: Asked, name: str, new_name: str, language: str | None) -> None:
    """The same words under another name."""
    viewer = asked.viewer()
    from clinic_tui.messages import templates

    _show(asked, templates.copy(viewer, templates.by_name(viewer, name).id, new_name, language))


@command.command("archive")
@click.argument("name")
@pass_asked
def archive(asked: Asked, name: str) -> None:
    """Offer it no more; what was sent with it can still be read."""
    _act(asked, name, "archive")


@command.command("restore")
@click.argument("name")
@pass_asked
def restore(asked: Asked, name: str) -> None:
    """Offer an archived one again."""
    _act(asked, name, "restore")


@command.command("default")
@click.argument("name")
@pass_asked
def default(asked: Asked, name: str) -> None:
    """Let it go out where nobody chooses another: of its kind, in its language."""
    _act(asked, name, "make_default")


@command.command("preview")
@click.argument("name")
@click.option("--patient", type=ROW_ID, required=True, help="The ID of the patient who would get it.")
@click.option("--html", is_flag=True, help="The HTML part instead of the plain one.")
@pass_asked
def preview(asked: Asked, name: str, patient: int, html: bool) -> None:
    """The message as a patient would get it, with code and reference masked."""
    viewer = asked.viewer()
    from clinic_tui.messages import gather, templates
    from clinic_tui.messages.choosing import words_of

    row = templates.by_name(viewer, name)
    composed, missing = gather.preview(viewer, patient, kind=row.kind, words=words_of(row))
    if asked.json:
        output.document(
            {"template": row.name, "version": row.version, "patient": patient, "subject": composed.subject,
             "text": composed.text, "html": composed.html, "unresolved": missing and missing.term}
        )  # fmt: skip
        return
    output.line(f"Subject: {composed.subject}")
    output.line()
    for line in (composed.html if html else composed.text).splitlines():
        output.line(line)
    if missing is not None:
        output.aside(str(missing.error))


@command.command("test")
@click.argument("name")
@click.option("--language", metavar="L", help="What must always be said in this language, not in the template's.")
@click.option("--patient", type=ROW_ID, help="As the patient of this ID would get it; else one who is made up.")
@pass_asked
def test(asked: Asked, name: str, language: str | None, patient: int | None) -> int:
    """Send it to your own address, or the practice's; never to another. Code and reference are masked."""
    config, viewer = asked.open()
    from clinic_tui import trial
    from clinic_tui.commands.mail import told
    from clinic_tui.messages import templates

    row = templates.by_name(viewer, name)
    return told(asked, trial.of_template(config, viewer, row, language=language, patient_id=patient))


def _act(asked: Asked, name: str, action: str) -> None:
    viewer = asked.viewer()
    from clinic_tui.messages import templates

    _show(asked, getattr(templates, action)(viewer, templates.by_name(viewer, name).id))


def _read(body: str | None) -> str | None:
    """The text that was given; of `-`, standard input, a little more of it than any template may hold."""
    return sys.stdin.read(_MOST_READ) if body == "-" else body


def _state(row: TemplateRow) -> str:
    return "archived" if row.archived_at else "default" if row.is_default else ""


def _record(row: TemplateRow) -> dict[str, Any]:
    return {
        "id": row.id, "name": row.name, "kind": row.kind, "language": row.language, "default": row.is_default,
        "archived": output.moment(row.archived_at), "version": row.version, "subject": row.subject, "body": row.body,
        "edited": output.moment(row.edited_at), "by": row.edited_by,
    }  # fmt: skip


def _show(asked: Asked, row: TemplateRow, versions: Any = ()) -> None:
    from clinic_tui.messages.checking import check

    marks = check(row.kind, row.subject, row.body)
    if asked.json:
        document = {**_record(row), "marks": [mark._asdict() for mark in marks]}
        if versions:
            document["versions"] = [
                {**each._asdict(), "edited_at": output.moment(each.edited_at)} for each in versions
            ]  # fmt: skip
        output.document(document)
        return
    output.fields(
        (("Name", row.name), ("Kind", row.kind), ("Language", row.language), ("State", _state(row)),
         ("Version", row.version), ("Edited", row.edited_at), ("By", row.edited_by), ("Subject", row.subject))
    )  # fmt: skip
    _say_body(row.body)
    for each in versions:
        output.line()
        output.fields((("Version", each.version), ("Edited", each.edited_at), ("By", each.edited_by),
                       ("Subject", each.subject)))  # fmt: skip
        _say_body(each.body)
    for mark in marks:
        output.aside(_said(mark))


def _say_body(body: str) -> None:
    output.line()
    for line in body.splitlines():
        output.line(line)


def _said(mark: Mark) -> str:
    return f'Look again at the {mark.place}, character {mark.start + 1}, "{mark.words}": {mark.why}.'
