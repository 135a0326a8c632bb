"""A synthetic practice of any size, written straight into a database of either engine.

The names follow no real person: real-looking first syllables with Zipf-like frequencies, so that a few names are
very common and most are rare, as in a real practice.
"""

from __future__ import annotations

import itertools
import random
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from clinic_tui.case_load import activity
from clinic_tui.db.connection import close_database, database, is_postgres, open_database, session, transaction
from clinic_tui.db.migrate import migrate
from clinic_tui.patients import derived


def _words(text: str) -> list[str]:
    return text.split()


FAMILY = _words(
    "Smith Jones Williams Brown Wilson Taylor Nguyen Johnson Martin White Anderson Walker Thompson Thomas Lee Ryan "
    "Robinson Kelly King Singh Harris Wright Campbell Clarke Young Roberts Scott Wang Chen Zhang Mitchell Li Green "
    "Hall Wood Stewart O'Brien Murphy Baker Edwards Tran Patel Kaur Kowalski Hernández Łukasz Strauß Yılmaz Öztürk "
    "Müller García Papadopoulos Rossi Nakamura Okafor Haddad Cohen Ivanov Novák Jensen Smit Smithers Smyth"
)
GIVEN = _words(
    "John Mary David Susan Michael Margaret Peter Helen Robert Joanna James Elizabeth William Jennifer Joseph Sarah "
    "Thomas Karen Daniel Emma Christopher Anna Mark Laura Paul Olivia Andrew Charlotte Jack Amelia Noah Mia Oliver "
    "Grace Lucas Zoe Aníbal José Zoë Łucja Siân Jürgen Mohammed Fatima Wei Ling Priya Arjun Yuki Kenji Chloe Liam "
    "Isla Ethan Ava Ruby Leo Ella Max Sofia Hugo Ivy Finn Jo Joel Joan"
)
_START = _words(
    "Ba Be Bo Ca Che Da De Do Fa Fe Ga Go Ha Hi Ja Je Ka Ke La Le Ma Me Mo Na Ne Pa Pe Ra Re Sa She To Va Wi"
)
_MIDDLE = _words("bi da le ma ni ra ri ro se ta ti va ke lo mi dre ste nto lli rri")
_END = _words("ford man sen son ski ton ley ham win well ez ini ov akis er et in is on y")

STATUS = ["current"] * 17 + ["waiting", "archived", "deceased"]
PATIENT_COLUMNS = _words(
    "id number given family preferred sort_name birth_date sex mobile phone email email_fold suburb country "
    "status communication practitioner_id portal version"
)


class _Names(NamedTuple):
    all: list[str]
    weights: list[float]

    @classmethod
    def of(cls, common: Sequence[str], tail: int, chance: random.Random, rare: float) -> _Names:
        """`common` names, Zipf-like, and `tail` made-up ones that share `rare` of the people."""
        made: set[str] = set()
        while len(made) < tail:
            made.add(
                chance.choice(_START) + "".join(chance.choices(_MIDDLE, k=chance.randint(0, 2))) + chance.choice(_END)
            )
        zipf = [1 / (rank + 4) for rank in range(len(common))]
        scale = (1 - rare) / sum(zipf)
        weights = [weight * scale for weight in zipf] + [rare / tail] * tail
        return cls([*common, *sorted(made)], list(itertools.accumulate(weights)))

    def draw(self, chance: random.Random) -> str:
        return chance.choices(self.all, cum_weights=self.weights)[0]


def patients(count: int, practitioners: int, seed: int = 1) -> Iterator[tuple[tuple[Any, ...], set[str]]]:
    """Rows of PATIENT_COLUMNS, each with its tokens."""
    chance = random.Random(seed)
    families = _Names.of(FAMILY, 20_000, chance, 0.75)
    givens = _Names.of(GIVEN, 3_000, chance, 0.45)
    for number in range(1, count + 1):
        given, family = givens.draw(chance), families.draw(chance)
        if chance.random() < 0.04:
            family += "-" + families.draw(chance)
        preferred = given[:2] if chance.random() < 0.06 else None
        born = date(1930, 1, 1) + timedelta(days=chance.randrange(35_000)) if chance.random() < 0.97 else None
        mobile = f"04{chance.randrange(10**8):08}" if chance.random() < 0.85 else None
        mobile = f"{mobile[:4]} {mobile[4:7]} {mobile[7:]}" if mobile else None
        phone = f"0{chance.choice('2378')} {5550 + chance.randrange(4000)} {chance.randrange(10**4):04}"
        phone_or_none = phone if chance.random() < 0.35 else None
        sort_name = derived.sort_name(given, family)
        email = f"{sort_name.replace(' ', '.')}{chance.randrange(1000)}@example.com" if chance.random() < 0.7 else None
        row = (
            number, f"{number:06}", given, family, preferred, sort_name, born.isoformat() if born else None,
            chance.choice(("female", "male")), mobile, phone_or_none, email, derived.email_fold(email), "Harbour", "AU",
            chance.choice(STATUS), "all", chance.randint(1, practitioners), "not_invited", 0,
        )  # fmt: skip
        yield row, derived.tokens(given, family, preferred, born, (mobile, phone_or_none))


def build(url: str, count: int, appointments: int = 0, practitioners: int = 20, seed: int = 1) -> None:
    """Migrate the empty database of `url`, and fill it. Leaves the process bound to it, no connection open."""
    open_database(url)
    migrate()
    with session():
        doctors = range(1, practitioners + 1)
        names = [(i, f"Dr {FAMILY[i % len(FAMILY)]} {i}", f"dr {i}", None, None, None, True) for i in doctors]
        _load("practitioner", _words("id name name_fold email email_fold source_id active"), names)
        words: list[tuple[str, int]] = []
        _load("patient", PATIENT_COLUMNS, _rows(patients(count, practitioners, seed), words))
        words.sort()
        _load("patient_token", ["token", "patient_id"], words)
        del words
        _load("appointment", _words("patient_id practitioner_id starts_at minutes status"),
              _appointments(count, appointments, practitioners, seed))  # fmt: skip
        with transaction():
            activity.refresh()
        _settle()
    close_database()


def _rows(made: Iterable[tuple[tuple[Any, ...], set[str]]], words: list[tuple[str, int]]) -> Iterator[tuple[Any, ...]]:
    for row, tokens in made:
        words.extend((token, row[0]) for token in tokens)
        yield row


def _appointments(count: int, appointments: int, practitioners: int, seed: int) -> Iterator[tuple[Any, ...]]:
    chance = random.Random(seed)
    now = int(datetime(2026, 11, 22, tzinfo=UTC).timestamp())
    for _ in range(appointments):
        at = now + chance.randrange(-4 * 365 * 96, 60 * 96) * 900
        status = "booked" if at > now else chance.choices(("seen", "cancelled", "missed"), (90, 7, 3))[0]
        yield chance.randint(1, count), chance.randint(1, practitioners), at * 1000, 20, status


def _load(table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Fill an empty table, its indexes made after the rows."""
    names = ", ".join(columns)
    if is_postgres():
        found = "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s AND indexname NOT LIKE %s"
        indexes = database.execute_sql(found, (table, "%_pkey")).fetchall()
    else:
        found = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL"
        indexes = database.execute_sql(found, (table,)).fetchall()
        for pragma in ("synchronous=off", "cache_size=-1000000", "foreign_keys=off"):
            database.execute_sql(f"PRAGMA {pragma}")
    with database.atomic():
        for name, _ in indexes:
            database.execute_sql(f"DROP INDEX {name}")
        connection = database.connection()
        if isinstance(connection, sqlite3.Connection):
            marks = ", ".join("?" * len(columns))
            connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)
        else:
            with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        for _, statement in indexes:
            database.execute_sql(statement)


def _settle() -> None:
    """What a server does by itself within minutes: statistics and, on PostgreSQL, the visibility map."""
    if not is_postgres():
        database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        return
    for table in ("practitioner", "patient", "appointment"):
        database.execute_sql(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT coalesce(max(id), 1) FROM {table}))"
        )
    database.execute_sql("VACUUM ANALYZE")
