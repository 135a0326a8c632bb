"""Columns of a patient's row that are about somebody else: a guardian, an emergency contact, next of kin, a nominee.

They are told by their headers, whose they are and what: `Guardian Email`, `guardian's email`, `Email (Guardian)`. What
is said of one such person becomes a contact of the patient.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from clinic_tui.imports import words
from clinic_tui.imports.contacts import Said
from clinic_tui.imports.names import split_name
from clinic_tui.imports.rows import NAME_LIMIT, Unusable, read_email
from clinic_tui.text import clean, digits, header_safe

# Whose: what the contact is called, and whether it makes a guardian (yes, no; `minor`: of a patient who is under age).
WHOSE = {
    "guardian": ("Guardian", "yes"), "legalguardian": ("Legal guardian", "yes"), "guardian1": ("Guardian", "yes"),
    "guardian2": ("Second guardian", "yes"), "parentguardian": ("Parent or guardian", "minor"),
    "guardianparent": ("Parent or guardian", "minor"), "parentorguardian": ("Parent or guardian", "minor"),
    "parent": ("Parent", "minor"), "parent1": ("Parent", "minor"), "parent2": ("Second parent", "minor"),
    "mother": ("Mother", "minor"), "father": ("Father", "minor"),
    "emergencycontact": ("Emergency contact", "no"), "emergencycontact1": ("Emergency contact", "no"),
    "emergencycontact2": ("Second emergency contact", "no"), "emergency": ("Emergency contact", "no"),
    "ice": ("Emergency contact", "no"), "nextofkin": ("Next of kin", "no"), "nok": ("Next of kin", "no"),
    "nominee": ("Nominee", "no"), "carer": ("Carer", "no"), "caregiver": ("Carer", "no"), "spouse": ("Spouse", "no"),
    "partner": ("Partner", "no"),
}  # fmt: skip
_WHAT = {
    "name": "name fullname contactname",
    "given": "firstname givenname given first",
    "family": "lastname surname familyname family last",
    "relationship": "relationship relation relationshiptopatient relationtopatient",
    "email": "email emailaddress mail emailaddr",
    "mobile": "mobile mobilephone mobilenumber cell cellphone mobilephonenumber",
    "phone": "phone phonenumber telephone tel ph homephone contactnumber number phoneno contactphone workphone",
}
_WHAT_OF = {word: what for what, text in _WHAT.items() for word in text.split()}
# Whose columns say nothing of the patient, nor of anybody to be written to.
_STRANGERS = (
    "doctor", "gp", "practitioner", "provider", "physician", "referr", "employer", "invoice", "billing", "payer",
    "payor", "insur", "fund", "school", "pharmac", "staff", "clinic", "practice", "company", "casemanager", "solicitor",
    "debtor", "account", "guarantor", "direct",
)  # fmt: skip

_NO_ADDRESS = ("mailing", "postal", "mailaddress", "optout", "consent", "marketing", "allow", "verified")


class Column(NamedTuple):
    """Whose a column is, and what of them it holds."""

    whose: str
    what: str


def column_of(key: str) -> Column | None:
    """What a header's key says of somebody else; None where it does not."""
    for whose in sorted(WHOSE, key=len, reverse=True):
        for owner in (whose, whose + "s"):
            if key == whose:
                return Column(whose, "name")
            if key.startswith(owner) and (what := _WHAT_OF.get(key.removeprefix(owner))):
                return Column(whose, what)
            if key.endswith(whose) and (what := _WHAT_OF.get(key.removesuffix(whose))):
                return Column(whose, what)
    return None


def is_unclear(key: str) -> bool:
    """Whether a header speaks of an e-mail and does not say whose."""
    rest = key.replace("preferred", "")  # which is no referrer's
    return "mail" in rest and not any(word in rest for word in (*_STRANGERS, *_NO_ADDRESS))


def said_in(cells: Sequence[str], columns: dict[Column, int]) -> list[Said]:
    """The contacts that a row names. Raises Unusable where something said of one of them cannot stand."""
    found: dict[str, dict[str, str]] = {}
    for (whose, what), index in columns.items():
        text = header_safe(cells[index])
        if text and not words.is_nothing(text):
            if len(text) > NAME_LIMIT:
                raise Unusable(f"the {WHOSE[whose][0].lower()}'s {what} is longer than {NAME_LIMIT} characters")
            found.setdefault(WHOSE[whose][0], {})["whose"] = whose
            found[WHOSE[whose][0]][what] = text
    return [_said(title, said) for title, said in found.items()]


def _said(title: str, said: dict[str, str]) -> Said:
    name = said.get("name") or " ".join(filter(None, (said.get("given"), said.get("family")))) or None
    phone = said.get("mobile") or said.get("phone")
    if name and not phone and len(digits(name)) >= 6:  # one cell for all of it: `Ann Lee (mother) 0412 345 678`
        at = next(n for n, c in enumerate(name) if c.isdigit() or c == "+")
        rest = name[:at].strip(" ,:;-(")
        phone = name[at:].strip(" )")
        name = rest or None
    if name and "," in name:
        given, family, _ = split_name(name)
        name = f"{given} {family}".strip()
    email = None
    if said.get("email"):
        try:
            email = read_email(said["email"])
        except Unusable as error:
            raise Unusable(f"the {title.lower()}'s {error}") from error
    relationship = clean(said.get("relationship") or title)
    key = f"csv:{said['whose']}"
    return Said(key, name or title, relationship, email, phone, WHOSE[said["whose"]][1])
