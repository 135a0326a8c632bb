"""The style sheet of the app: each of its parts is parsed once in a process."""

from __future__ import annotations

from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.css.types import CSSLocation

_Part = tuple[str, CSSLocation, bool, int, str]
_parsed: dict[frozenset[tuple[str, str]], dict[_Part, list[RuleSet]]] = {}  # by the theme's variables


class ParsedOnce(Stylesheet):
    """Textual parses everything anew whenever a screen is opened that brings its own: a tenth of a second, while a key
    waits for it.
    """

    def __init__(self, *, variables: dict[str, str] | None = None) -> None:
        super().__init__(variables=variables)
        self._parsed = _parsed.setdefault(frozenset((variables or {}).items()), {})

    def set_variables(self, variables: dict[str, str]) -> None:
        """Have the theme's variables: what they are in is parsed with them."""
        super().set_variables(variables)
        self._parsed = _parsed.setdefault(frozenset(variables.items()), {})

    def reparse(self) -> None:
        """Take in what was added, or other variables."""
        self.parse()

    def _parse_rules(
        self, css: str, read_from: CSSLocation, is_default_rules: bool = False, tie_breaker: int = 0, scope: str = ""
    ) -> list[RuleSet]:
        part = (css, read_from, is_default_rules, tie_breaker, scope)
        if part not in self._parsed:
            self._parsed[part] = super()._parse_rules(*part)
        return self._parsed[part]
