"""The sample practice from a seed: any number of patients, the same ones every time, one household after another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import accumulate
from random import Random
from typing import NamedTuple, TypeVar

from clinic_tui.demo.cast import cast, practitioners
from clinic_tui.demo.people import CULTURES, DOMAINS, SHORT_NAMES, STREETS, SUBURBS, Names
from clinic_tui.demo.records import Appointment, Contact, Household, Patient, Portal
from clinic_tui.text import words

SEED = 20_261
PATIENTS = 300
FIRST_NUMBER = 101
# Ages are told from this day, and birth dates are written down: nobody in the sample gets younger.
BORN_BEFORE = date(2026, 9, 1).toordinal()

T = TypeVar("T")
_Home = tuple[str, str, str, str, str, str]  # street to country, and the language spoken there


class _Share(NamedTuple):
    """Words, each with the share of patients up to and with it."""

    words: tuple[str, ...]
    upto: tuple[float, ...]


def _shares(**parts: float) -> _Share:
    return _Share(tuple(parts), tuple(accumulate(parts.values())))


_STATUS = _shares(current=0.88, waiting=0.05, archived=0.05, deceased=0.012, blocked=0.008)
_MAIL = _shares(all=0.86, email=0.06, phone=0.05, none=0.03)
_SEX = _shares(female=0.5, male=0.49, other=0.01)
_PAST = _shares(seen=0.88, missed=0.05, cancelled=0.07)


def households(patients: int = PATIENTS, seed: int = SEED) -> Iterator[Household]:
    """Households until there are `patients` patients; a larger sample begins with the smaller one's."""
    left = patients
    index = 0
    for household in cast():
        if left <= 0:
            return
        household = _first(household, left)
        left -= len(household.patients)
        index += len(household.patients)
        yield household
    chance = _Chance(seed)
    while left > 0:
        household = _first(chance.household(index), left)
        left -= len(household.patients)
        index += len(household.patients)
        yield household


def _first(household: Household, patients: int) -> Household:
    """The household without those of it who are too many."""
    if len(household.patients) <= patients:
        return household
    kept = household.patients[:patients]
    numbers = {patient.number for patient in kept}
    return Household(
        kept,
        tuple(contact for contact in household.contacts if contact.number in numbers),
        tuple(visit for visit in household.appointments if visit.number in numbers),
        tuple(account for account in household.portal if account.number in numbers),
    )


class _Chance:
    """Makes households. Only `Random.random` is drawn from: it gives the same numbers in every Python."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed).random  # noqa: S311  a sample, no secret
        self._doctors = [practitioner.name for practitioner in practitioners()]
        self._slugs: dict[str, str] = {}

    def household(self, index: int) -> Household:
        names = self._pick(CULTURES)
        family = self._pick(names.families)
        home = self._home(names.language)
        doctor = self._pick(self._doctors)
        adult = self._adult(index, names, family, home, doctor)
        if self._random() >= 0.12 or adult.status != "current":
            return self._with_visits((adult,), ())
        age = (BORN_BEFORE - adult.birth_date.toordinal()) // 365
        people, contacts = [adult], []
        if age < 24 or age > 50:
            people.append(self._adult(index + 1, names, family, home, doctor))
        else:
            for number in range(index + 1, index + 2 + int(self._random() * 3)):
                child = self._child(number, names, adult)
                people.append(child)
                whose = "mother" if adult.sex == "female" else "father" if adult.sex == "male" else "parent"
                contacts.append(Contact(child.number, f"{adult.given} {adult.family}".strip(), whose, True, adult.email,
                                        adult.mobile or adult.phone))  # fmt: skip
        return self._with_visits(tuple(people), tuple(contacts))

    def _adult(self, index: int, names: Names, family: str, home: _Home, doctor: str) -> Patient:
        random = self._random
        sex = self._share(_SEX)
        given = self._pick(names.men if sex == "male" else names.women)
        age = 18 + int((random() + random()) * 38)
        born = date.fromordinal(BORN_BEFORE - age * 365 - int(random() * 365))
        number = f"{FIRST_NUMBER + index:06}"
        mobile = self._mobile() if random() < 0.86 else None
        phone = f"02 5550 {int(random() * 10_000):04}" if mobile is None or random() < 0.2 else None
        email = self._email(index, given, family, born) if random() < (0.62 if age > 70 else 0.88) else None
        preferred = SHORT_NAMES.get(given) if random() < 0.6 else None
        return Patient(number, given, family, preferred, born, sex, mobile, phone, email, *home, self._share(_STATUS),
                       self._share(_MAIL), doctor)  # fmt: skip

    def _child(self, index: int, names: Names, parent: Patient) -> Patient:
        random = self._random
        sex = "female" if random() < 0.5 else "male"
        given = self._pick(names.women if sex == "female" else names.men)
        youngest = BORN_BEFORE - int((random() * 15 + 0.3) * 365)
        born = date.fromordinal(max(youngest, parent.birth_date.toordinal() + 20 * 365))
        phone, email = parent.phone or parent.mobile, parent.email if random() < 0.7 else None
        return parent._replace(number=f"{FIRST_NUMBER + index:06}", given=given, preferred=None, birth_date=born,
                               sex=sex, mobile=None, phone=phone, email=email)  # fmt: skip

    def _with_visits(self, people: tuple[Patient, ...], contacts: tuple[Contact, ...]) -> Household:
        visits: list[Appointment] = []
        accounts: list[Portal] = []
        for patient in people:
            visits += self._visits(patient)
            if patient.email and patient.status == "current" and self._random() < 0.1:
                state = "active" if self._random() < 0.9 else "disabled"
                accounts.append(Portal(patient.number, state, -1 - int(self._random() * 700)))
        return Household(people, contacts, tuple(visits), tuple(accounts))

    def _visits(self, patient: Patient) -> Iterator[Appointment]:
        random = self._random
        gone = 0 if patient.status in ("current", "waiting") else 200
        if patient.status != "waiting":
            day = -1 - gone
            for _ in range(int(random() * random() * 7)):
                day -= int(random() * 120) + 1
                yield self._visit(patient, day, self._share(_PAST))
        if gone == 0 and random() < 0.4:
            yield self._visit(patient, 1 + int(random() * 60), "booked")

    def _visit(self, patient: Patient, day: int, status: str) -> Appointment:
        slot = int(self._random() * 27)  # every 20 minutes from 8 to 5
        time = f"{8 + slot // 3:02}:{slot % 3 * 20:02}"
        return Appointment(patient.number, patient.practitioner, day, time, 20, status)

    def _home(self, language: str) -> _Home:
        suburb, postcode = self._pick(SUBURBS)
        street = f"{1 + int(self._random() * 180)} {self._pick(STREETS)}"
        if self._random() < 0.15:
            street = f"Unit {1 + int(self._random() * 12)}, {street}"
        return street, suburb, "NSW", postcode, "AU", language if self._random() < 0.5 else "en"

    def _mobile(self) -> str:
        return f"04{int(self._random() * 100):02} 555 {int(self._random() * 1000):03}"

    def _email(self, index: int, given: str, family: str, born: date) -> str:
        name = ".".join(filter(None, (self._slug(given), self._slug(family)))) or "patient"
        # Two digits tell a small practice's people apart; a large one's need their number.
        tail = f"{born.year % 100:02}" if index < 3_000 else f".{FIRST_NUMBER + index}"
        return f"{name}{tail}@{self._pick(DOMAINS)}"

    def _slug(self, name: str) -> str:
        if name not in self._slugs:
            self._slugs[name] = "".join(word for word in words(name) if word.isascii())
        return self._slugs[name]

    def _pick(self, of: Sequence[T]) -> T:
        return of[int(self._random() * len(of))]

    def _share(self, share: _Share) -> str:
        drawn = self._random()
        for word, upto in zip(share.words, share.upto, strict=True):
            if drawn < upto:
                return word
        return share.words[0]
