"""Which patient of the practice a row is about: by source id or number, else by name, birth date and one field more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from clinic_tui.imports.rows import Unusable
from clinic_tui.patients.phones import nationals
from clinic_tui.text import clean, fold

# The columns of a patient that an import reads and writes, in the order of every list of values here.
COLUMNS = (
    "number", "source", "source_id", "given", "family", "preferred", "sort_name", "birth_date", "sex", "mobile",
    "phone", "email", "email_fold", "street", "suburb", "region", "postcode", "country", "language", "status",
    "communication", "practitioner_id", "middle",
)  # fmt: skip
NUMBER, SOURCE, SOURCE_ID, GIVEN, FAMILY, PREFERRED, SORT_NAME, BIRTH_DATE, SEX, MOBILE = range(10)
PHONE, EMAIL, EMAIL_FOLD = 10, 11, 12
POSTCODE, STATUS, COMMUNICATION, PRACTITIONER = 16, 19, 20, 21

Values = list[Any]


class Known:
    """A patient of the practice: the id, and the values of COLUMNS (birth date as text)."""

    __slots__ = ("id", "values")

    def __init__(self, patient_id: int, values: Values) -> None:
        self.id = patient_id
        self.values = values


class Register:
    """The patients that some rows may be about, by each way to find them; by person only where a row needs it."""

    def __init__(self, known: Iterable[Known] = (), by_person: bool = True) -> None:
        self._persons = by_person
        self._by_id: dict[int, Known] = {}
        self._by_number: dict[str, Known] = {}
        self._by_source: dict[tuple[str, str], Known] = {}
        self._by_birth: dict[tuple[str, str], list[Known]] = {}
        for patient in known:
            self.add(patient)

    def add(self, patient: Known) -> None:
        """Take in one patient; again after a change."""
        values = patient.values
        self._by_id[patient.id] = patient
        if values[NUMBER]:
            self._by_number[values[NUMBER]] = patient
        if values[SOURCE_ID]:
            self._by_source[values[SOURCE], values[SOURCE_ID]] = patient
        if self._persons and values[BIRTH_DATE]:
            same = self._by_birth.setdefault((values[SORT_NAME], values[BIRTH_DATE]), [])
            same[:] = [other for other in same if other.id != patient.id]
            same.append(patient)

    def ids(self) -> list[int]:
        """The ids of the patients of the practice that have been added."""
        return [patient for patient in self._by_id if patient > 0]

    def by_id(self, patient: int) -> Known:
        """The patient with this id, who has been added."""
        return self._by_id[patient]

    def patient_of(self, row: Values) -> Known | None:
        """The patient that `row` is about; None for a new one. Raises Unusable where that cannot be told."""
        if not row[NUMBER] and not row[SOURCE_ID]:
            return self._by_person(row)
        numbered = self._by_number.get(row[NUMBER]) if row[NUMBER] else None
        found = self._by_source.get((row[SOURCE], row[SOURCE_ID])) if row[SOURCE_ID] else None
        if found and numbered and found is not numbered:
            raise Unusable(f"its id and its number {clean(row[NUMBER], 30)} belong to two different patients")
        if numbered and not found and row[SOURCE_ID] and numbered.values[SOURCE] == row[SOURCE]:
            raise Unusable(f"number {clean(row[NUMBER], 30)} belongs to a patient with another id")
        found = found or numbered
        if found and _is_somebody_else(row, found.values):
            raise Unusable(
                f"patient {clean(found.values[NUMBER], 30)} here has another name and another birth date: "
                "the number seems to be somebody else's"
            )
        return found

    def _by_person(self, row: Values) -> Known | None:
        if not row[BIRTH_DATE]:
            raise Unusable("it has neither a patient number nor a birth date: nothing tells the patient from others")
        same = self._by_birth.get((row[SORT_NAME], row[BIRTH_DATE]), [])
        mine = _ways(row)
        alike = [patient for patient in same if mine & _ways(patient.values)]
        if len(alike) > 1:
            raise Unusable(f"it fits {len(alike)} patients of that name and birth date: {_numbers(alike)}")
        if alike:
            return alike[0]
        if not mine and len(same) == 1 and not _ways(same[0].values):
            return same[0]  # neither says more than name and birth date, and both say the same
        in_doubt = [patient for patient in same if not _contradict(row, patient.values)]
        if in_doubt:
            raise Unusable(
                f"name and birth date are those of patient {_numbers(in_doubt)}, but no phone, e-mail or postcode "
                "tells whether it is the same"
            )
        return None


def _numbers(patients: list[Known]) -> str:
    return " and ".join(clean(str(patient.values[NUMBER]), 30) for patient in patients[:3])


def _is_somebody_else(row: Values, known: Sequence[Any]) -> bool:
    if not row[BIRTH_DATE] or not known[BIRTH_DATE] or row[BIRTH_DATE] == known[BIRTH_DATE]:
        return False
    return all(not row[at] or fold(row[at]) != fold(known[at] or "") for at in (GIVEN, FAMILY))


def _ways(values: Sequence[Any]) -> set[str]:
    """What may stand beside name and birth date: phones, e-mail, postcode, each with its kind."""
    found = {"p" + number for at in (MOBILE, PHONE) for number in nationals(values[at])}
    if values[EMAIL_FOLD]:
        found.add("e" + values[EMAIL_FOLD])
    if values[POSTCODE]:
        found.add("z" + fold(values[POSTCODE]))
    return found


def _contradict(row: Values, known: Sequence[Any]) -> bool:
    """Whether some kind of field is filled on both sides (and, as nothing was equal, differs)."""
    mine, theirs = ({way[0] for way in _ways(values)} for values in (row, known))
    return bool(mine & theirs)
