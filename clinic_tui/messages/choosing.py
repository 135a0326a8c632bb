"""Which template a message is made from: the one that was chosen, else the default in the patient's language, else in
English.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, NamedTuple

from clinic_tui.access import Viewer
from clinic_tui.db.models.practice import Template, TemplateVersion
from clinic_tui.errors import NotFound
from clinic_tui.messages import templates
from clinic_tui.messages.languages import ENGLISH, LANGUAGES, Kind, language_of
from clinic_tui.messages.templates import TemplateRow


class Words(NamedTuple):
    """What a template says, and in which language; `version_id` is None for words that are not stored (yet)."""

    language: str
    subject: str
    body: str
    version_id: int | None = None
    template_id: int | None = None


class Choices:
    """The templates of one kind that are in use, read once for as many patients as there are."""

    def __init__(self, viewer: Viewer, kind: Kind) -> None:
        self.kind: Kind = kind
        self.rows: list[TemplateRow] = templates.listing(viewer, kind=kind)
        self._by_id = {row.id: words_of(row) for row in self.rows}
        self._defaults = {row.language: words_of(row) for row in self.rows if row.is_default}

    def chosen(self, template_id: int) -> Words:
        """The words of this template. Raises NotFound where it is not in use, or is of another kind."""
        words = self._by_id.get(template_id)
        if words is None:
            raise NotFound("The chosen template is not in use any more.", "Choose another one.")
        return words

    def for_patient(self, language: str | None) -> Words:
        """The default for a patient whose record names this language."""
        code = language_of(language) or ENGLISH
        return self._defaults.get(code) or self._defaults.get(ENGLISH) or standard(self.kind)

    def again(self, version_id: int | None, language: str | None) -> Words:
        """The words as they are now of the template that an invitation was made with, for the one that replaces it."""
        template_id = None if version_id is None else self._of_versions.get(version_id)
        return self._by_id.get(template_id or 0) or self.for_patient(language)

    @cached_property
    def _of_versions(self) -> dict[int, int]:
        """Whose version each is, read once for all."""
        rows: Any = TemplateVersion.select(TemplateVersion.id, TemplateVersion.template)
        return dict(rows.join(Template).where(Template.kind == self.kind).tuples())


def by_version(version_id: int | None, kind: Kind) -> Words:
    """The words that an invitation was made with."""
    if version_id is None:
        return standard(kind)
    row = TemplateVersion.select(TemplateVersion, Template).join(Template).where(TemplateVersion.id == version_id).get()
    return Words(row.template.language, row.subject, row.body, row.id, row.template_id)


def words_of(row: TemplateRow) -> Words:
    """The words of a template's newest version."""
    return Words(row.language, row.subject, row.body, row.version_id, row.id)


def standard(kind: Kind, language: str = ENGLISH) -> Words:
    """The words that come with the program, in a language of ours."""
    words = LANGUAGES[language].standard[kind]
    return Words(language, words.subject, words.body)
