"""Column types that both engines keep and compare alike."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import peewee

if TYPE_CHECKING:  # the stubs know what a field holds; at run time peewee's classes take no parameter
    _BigInteger = peewee.BigIntegerField[Any]
    _Text = peewee.TextField[Any]
else:
    _BigInteger = peewee.BigIntegerField
    _Text = peewee.TextField

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class MomentField(_BigInteger):
    """An aware UTC datetime, kept as whole milliseconds since 1970: no engine's time zone can bend it."""

    def db_value(self, value: Any) -> int | None:
        """The milliseconds of an aware datetime; a number passes as it is (columns compared with columns)."""
        if isinstance(value, datetime):
            return (value - _EPOCH) // _MILLISECOND
        return value if value is None else int(value)

    def python_value(self, value: Any) -> datetime | None:
        """The aware UTC datetime of what the database holds."""
        return None if value is None else _EPOCH + int(value) * _MILLISECOND


class JsonField(_Text):
    """A small JSON document kept as text: settings, history. Never searched."""

    def db_value(self, value: Any) -> str | None:
        """The document as compact JSON text."""
        return None if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)

    def python_value(self, value: Any) -> Any:
        """The document that the text holds."""
        return None if value is None else json.loads(value)
