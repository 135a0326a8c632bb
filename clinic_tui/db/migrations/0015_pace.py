"""How many messages went out in the last minute, or day, is counted from an index alone. A frozen text of its own."""

from __future__ import annotations

from typing import Any

INDEX = "CREATE INDEX message_data_at ON message (data_at) WHERE data_at IS NOT NULL"


def up(_migrator: Any, db: Any) -> None:
    db.execute_sql(INDEX)
