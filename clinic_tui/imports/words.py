"""The words that exports use for sex, status and how a patient may be reached, in ours. Unknown ones are None."""

from __future__ import annotations

from functools import lru_cache

from clinic_tui.text import fold, words


def _table(**named: str) -> dict[str, str]:
    return {word: name for name, text in named.items() for word in text.split()}


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


# 1, 2, 9 and 0 as in ISO/IEC 5218.
_SEXES = _table(female="f female woman girl w 2", male="m male man boy 1")
_NO_SEX = _set("0 9 u unk unknown notstated notspecified unspecified notknown na nil none")
_STATUSES = _table(
    current="current active patient regular existing registered open",
    waiting="waiting waitlist waitinglist waitlisted onwaitinglist onwaitlist pending",
    archived="archived archive inactive past former discharged closed deactivated transferred movedaway retired",
    deceased="deceased dead died",
    blocked="blocked banned barred suspended",
)
# FHIR R4's codes of Appointment and Encounter among them; who did not come was `missed`.
_APPOINTMENTS = _table(
    booked="booked scheduled confirmed unconfirmed pending planned proposed upcoming future open waitlist reserved",
    seen="seen arrived attended completed complete fulfilled finished checkedin checkedout inprogress paid billed "
    "triaged onleave done visited",
    cancelled="cancelled canceled rescheduled declined deleted enteredinerror broken",
    missed="missed noshow dna dnawithnotice didnotarrive didnotattend fta failedtoattend absent",
)
_PORTALS = _table(
    active="active activated enabled registered yes y true t 1 on current open verified connected complete completed "
    "user live loggedin",
    disabled="disabled inactive deactivated locked suspended blocked closed revoked archived false f off",
    none="none no n 0 notregistered unregistered notinvited invited pending notactivated never invitesent "
    "awaitingactivation awaiting notenrolled expired declined unverified",
)
_YES = _set("y yes true t 1 x on")
_NO = _set("n no false f 0 off")
_ALL = _set("all any both either everything yes y true 1 nopreference emailandsms emailsms")
_NONE = _set("none no n false 0 nocontact donotcontact nomail noemail optout optedout unsubscribed declined")
_PHONE = _set("phone sms text telephone mobile call cell txt landline textmessage phonecall")
_POST = _set("post letter mail postal fax")
_NOTHING = frozenset(
    (
        "-",
        "--",
        "n/a",
        "na",
        "none",
        "nil",
        "null",
        "unknown",
        "not known",
        "no email",
        "noemail",
        "?",
        "\\n",
        "0001-01-01",
        "0000-00-00",
        "01/01/0001",
        "00/00/0000",
        "0001-01-01 00:00:00",
        "0000-00-00 00:00:00",
    )
)


def is_nothing(text: str) -> bool:
    """Whether a cell for an address, phone or date says in words that there is none."""
    return fold(text) in _NOTHING


@lru_cache(1000)
def sex(text: str) -> str | None:
    """female, male, other; None where the cell says that nobody knows."""
    key = "".join(words(text))
    return None if key in _NO_SEX else _SEXES.get(key, "other")


@lru_cache(1000)
def status(text: str) -> str | None:
    """One of the patient's statuses, or None for a word not known."""
    return _STATUSES.get("".join(words(text)))


@lru_cache(1000)
def yes_or_no(text: str) -> bool | None:
    """A cell that says yes or no, or None for neither."""
    key = "".join(words(text))
    return True if key in _YES else False if key in _NO else None


@lru_cache(1000)
def communication(text: str) -> str | None:
    """all, email, phone or none; None for words not known. Who wants letters only wants no mail of ours."""
    if (key := "".join(words(text))) in _ALL:
        return "all"
    if key in _NONE:
        return "none"
    said = [word for word in words(text.lower().replace("e-mail", "email")) if word not in ("and", "or", "only", "by")]
    kinds = {
        "email" if word == "email" else "phone" if word in _PHONE else "none" if word in _POST else "?" for word in said
    }
    if not kinds or "?" in kinds:
        return None
    if "email" in kinds:
        return "all" if len(kinds) > 1 else "email"
    return "phone" if "phone" in kinds else "none"


@lru_cache(1000)
def appointment(text: str) -> str | None:
    """booked, seen, cancelled or missed; None for a word not known."""
    return _APPOINTMENTS.get("".join(words(text)))


@lru_cache(1000)
def portal(text: str) -> str | None:
    """active, disabled, or none for who has no account (yet); None for a word not known."""
    return _PORTALS.get("".join(words(text)))
