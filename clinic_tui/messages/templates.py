"""Communication templates: what the practice itself says in a message. Every edit is a version of its own.

Everybody reads them; owners and the front desk change them. None is ever deleted: an archived one is offered no more,
and what was sent with it can still be read.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple, cast

import peewee

from clinic_tui import history
from clinic_tui.access import Viewer
from clinic_tui.clock import now
from clinic_tui.db.connection import session, transaction
from clinic_tui.db.models.practice import TEMPLATE_KINDS, Template, TemplateVersion
from clinic_tui.errors import FieldError, NotFound, Stale
from clinic_tui.messages.answers import answer_of
from clinic_tui.messages.languages import ENGLISH, LANGUAGES, Kind, language_of
from clinic_tui.text import clean, clean_text, fold, header_safe

KINDS = cast(tuple[Kind, ...], TEMPLATE_KINDS)
KIND_NAMES: dict[Kind, str] = {
    "invitation": "Invitation", "reminder": "Reminder", "confirmation": "Confirmation", "setup": "Set-up steps",
}  # fmt: skip
LONGEST_NAME, LONGEST_SUBJECT, LONGEST_BODY = 60, 150, 10_000


class TemplateRow(NamedTuple):
    """A template with the words of its newest version; `version_id` is what an invitation keeps."""

    id: int
    kind: Kind
    name: str
    language: str
    is_default: bool
    archived_at: datetime | None
    version: int
    version_id: int
    subject: str
    body: str
    edited_at: datetime
    edited_by: str


class VersionRow(NamedTuple):
    """What a template said in one version."""

    version: int
    subject: str
    body: str
    edited_at: datetime
    edited_by: str


SHIPPED_BY = "system"  # who edited the words that come with the program


# Reading


def listing(viewer: Viewer, *, archived: bool = False, kind: Kind | None = None) -> list[TemplateRow]:
    """The templates in use, or with `archived` all: by kind, English first, the default before others, by name."""
    with session():
        query = _rows()
        if not archived:
            query = query.where(Template.archived_at.is_null())
        if kind is not None:
            query = query.where(Template.kind == kind)
        found = [_row(row) for row in query.order_by(Template.name_fold).tuples()]
    return sorted(found, key=_place)


def _place(row: TemplateRow) -> tuple[bool, int, bool, str, bool]:
    kind, language = KINDS.index(row.kind), row.language
    return row.archived_at is not None, kind, language != ENGLISH, language, not row.is_default


def one(viewer: Viewer, template_id: int) -> TemplateRow:
    """The template of this id. Raises NotFound."""
    with session():
        for row in _rows().where(Template.id == template_id).tuples():
            return _row(row)
    raise NotFound("There is no such template.", "Look at the list again.")


def by_name(viewer: Viewer, name: str) -> TemplateRow:
    """The template of this name, archived or not. Raises NotFound."""
    with session():
        for row in _rows().where(Template.name_fold == fold(header_safe(name))).tuples():
            return _row(row)
        known = ", ".join(clean(row.name, 40) for row in listing(viewer)[:8])
    raise NotFound(f"There is no template {clean(name, 60)!r}.", f"There are: {known}.")


def versions(viewer: Viewer, template_id: int) -> list[VersionRow]:
    """Everything that the template has said, newest first."""
    with session():
        rows: Any = TemplateVersion.select(
            TemplateVersion.version, TemplateVersion.subject, TemplateVersion.body,
            TemplateVersion.edited_at, TemplateVersion.edited_by,
        )  # fmt: skip
        mine = rows.where(TemplateVersion.template == template_id).order_by(TemplateVersion.version.desc())
        return [VersionRow(*row) for row in mine.tuples()]


def _rows() -> Any:
    columns: Any = (
        Template.id, Template.kind, Template.name, Template.language, Template.is_default, Template.archived_at,
        TemplateVersion.version, TemplateVersion.id, TemplateVersion.subject, TemplateVersion.body,
        TemplateVersion.edited_at, TemplateVersion.edited_by,
    )  # fmt: skip
    newest = (TemplateVersion.template == Template.id) & (TemplateVersion.version == Template.version)
    return Template.select(*columns).join(TemplateVersion, on=newest)


def _row(row: tuple[Any, ...]) -> TemplateRow:
    return TemplateRow(*row)


# Changing


def add(
    viewer: Viewer, kind: str, name: str, language: str, subject: str | None = None, body: str | None = None
) -> TemplateRow:
    """A new template; without `subject` or `body` it has the words that come with the program, in its language.

    The first of its kind in a language is the default there. Raises FieldError on kind, name, language, subject, body.
    """
    viewer.need("owner", "front-desk")
    if kind not in KINDS:
        raise FieldError("kind", f"A template is one of: {', '.join(KINDS)}.")
    code = language_of(language)
    if code is None:
        known = ", ".join(f"{one.code} ({one.name})" for one in LANGUAGES.values())
        raise FieldError("language", f"Messages can be written in: {known}.", "What must always be said is in these.")
    standard = LANGUAGES[code].standard[kind]
    words = _checked(standard.subject if subject is None else subject, standard.body if body is None else body)
    kept = _name(name or standard.name)
    with transaction():
        _refuse_taken(kept)
        alone = not Template.select().where(_default_of(kind, code)).exists()
        try:
            row = Template.create(kind=kind, name=kept, name_fold=fold(kept), language=code, is_default=alone)
        except peewee.IntegrityError as error:  # somebody else was a moment earlier
            raise _taken(kept) from error
        return _store(viewer, row, 1, words, "add template")


def edit(
    viewer: Viewer, template_id: int, version: int, *, name: str | None = None, subject: str, body: str
) -> TemplateRow:
    """A new version after `version`, the one that was read. Words that are the same make none.

    Raises Stale where somebody else stored one meanwhile; FieldError on name, subject, body.
    """
    viewer.need("owner", "front-desk")
    words = _checked(subject, body)
    with transaction():
        before = one(viewer, template_id)
        kept = before.name if name is None else _name(name)
        same = (before.subject, before.body) == words
        if same and kept == before.name:
            return before
        if fold(kept) != fold(before.name):
            _refuse_taken(kept)
        at = version if same else version + 1
        mine = (Template.id == template_id) & (Template.version == version)
        # The database's own word on who was first: a version that has moved on meets no row.
        if not Template.update(version=at, name=kept, name_fold=fold(kept)).where(mine).execute():
            raise _stale(one(viewer, template_id))
        if kept != before.name:
            history.record(viewer, "rename template", name=kept, before=before.name)
        if same:
            return one(viewer, template_id)
        return _store(viewer, Template.get_by_id(template_id), at, words, "edit template")


def copy(viewer: Viewer, template_id: int, name: str, language: str | None = None) -> TemplateRow:
    """The same words under another name; in another `language`, the part that is always there is in that one."""
    with transaction():
        before = one(viewer, template_id)
        return add(viewer, before.kind, name, language or before.language, before.subject, before.body)


def free_name(viewer: Viewer, name: str) -> str:
    """A name that no template has: `name`, else `name (copy)`, `name (copy 2)`."""
    with session():
        taken = {row.name_fold for row in Template.select(Template.name_fold)}
    tries = [name, f"{name} (copy)", *(f"{name} (copy {number})" for number in range(2, len(taken) + 3))]
    return next(each for each in tries if fold(each) not in taken)


def archive(viewer: Viewer, template_id: int) -> TemplateRow:
    """Offer it no more. Raises FieldError where it is the English default: something must go out."""
    viewer.need("owner", "front-desk")
    with transaction():
        row = one(viewer, template_id)
        if row.is_default and row.language == ENGLISH:
            raise FieldError(
                "template",
                f"{clean(row.name, 60)!r} is what goes out where nothing else is chosen.",
                "Make another one the default first.",
            )
        if row.archived_at is None:
            Template.update(archived_at=now(), is_default=False).where(Template.id == template_id).execute()
            history.record(viewer, "archive template", name=row.name)
        return one(viewer, template_id)


def restore(viewer: Viewer, template_id: int) -> TemplateRow:
    """Offer an archived one again; the default stays the one that it is."""
    viewer.need("owner", "front-desk")
    with transaction():
        row = one(viewer, template_id)
        if row.archived_at is not None:
            Template.update(archived_at=None).where(Template.id == template_id).execute()
            history.record(viewer, "restore template", name=row.name)
        return one(viewer, template_id)


def make_default(viewer: Viewer, template_id: int) -> TemplateRow:
    """Let it be what goes out, of its kind and in its language, where nobody chose another. Raises FieldError."""
    viewer.need("owner", "front-desk")
    with transaction():
        row = one(viewer, template_id)
        if row.archived_at is not None:
            raise FieldError("template", f"{clean(row.name, 60)!r} is archived.", "Restore it first.")
        if not row.is_default:
            Template.update(is_default=False).where(_default_of(row.kind, row.language)).execute()
            Template.update(is_default=True).where(Template.id == template_id).execute()
            history.record(viewer, "default template", name=row.name)
        return one(viewer, template_id)


def _default_of(kind: str, language: str) -> Any:
    return (Template.kind == kind) & (Template.language == language) & Template.is_default


def _stale(theirs: TemplateRow) -> Stale:
    return Stale(
        f"{clean(theirs.edited_by, 40)} changed {clean(theirs.name, 40)!r} while you were writing: "
        f"it is at version {theirs.version} now.",
        f"Nothing is lost: store again to put yours after it, as version {theirs.version + 1}.",
        theirs,
    )


def _store(viewer: Viewer, row: Template, version: int, words: tuple[str, str], action: str) -> TemplateRow:
    subject, body = words
    TemplateVersion.create(
        template=row, version=version, subject=subject, body=body, edited_at=now(), edited_by=viewer.login
    )
    history.record(viewer, action, name=row.name, version=version)
    return one(viewer, int(row.id))


def _name(name: str) -> str:
    kept = header_safe(name)
    if not fold(kept) or len(kept) > LONGEST_NAME:
        raise FieldError("name", f"A template has a name of 1 to {LONGEST_NAME} characters.", "Type another one.")
    return kept


def _refuse_taken(name: str) -> None:
    if Template.select().where(Template.name_fold == fold(name)).exists():
        raise _taken(name)


def _taken(name: str) -> FieldError:
    return FieldError("name", f"There is a template {clean(name, 60)!r} already.", "Take another name.")


def _checked(subject: str, body: str) -> tuple[str, str]:
    """The words as they will be kept. Raises FieldError."""
    line, text = header_safe(subject), clean_text(body).strip()
    if not line:
        raise FieldError("subject", "A message has a subject.", "Type one.")
    if len(line) > LONGEST_SUBJECT:
        raise FieldError("subject", f"The subject is longer than {LONGEST_SUBJECT} characters.", "Shorten it.")
    if answer_of(line) is not None:
        raise FieldError("subject", "This subject alone would read as a patient's answer.", "Say more than that word.")
    if len(text) > LONGEST_BODY:
        raise FieldError("body", f"The text is longer than {LONGEST_BODY:,} characters.", "Shorten it.")
    return line, text
