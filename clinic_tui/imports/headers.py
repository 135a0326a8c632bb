"""Which column of a file holds what of a patient, told by the names in its header alone.

Only exact, known names count. A guardian's, an emergency contact's or a practitioner's address and phone
have longer names (`Guardian Email`), match nothing, and so never end up on the patient.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from clinic_tui.errors import ClinicError
from clinic_tui.imports.others import Column, column_of, is_unclear
from clinic_tui.imports.systems import system_of
from clinic_tui.text import clean, words

NAMES: dict[str, str] = {
    "source_id": "uuid guid externalid sourceid sourcekey patientuuid patientguid recid recordid",
    "id": "id",
    "number": "number no patientnumber patientno patientnr patientnum patientid clientid clientnumber clientno mrn "
    "medicalrecordnumber medicalrecordno chart chartno chartnumber urn ur urno urnumber fileno filenumber "
    "recordno recordnumber accountno accountnumber hospitalnumber pubpid patnum demographicno",
    "given": "given givenname givennames first firstname firstnames forename forenames fname firstgivenname",
    "middle": "middle middlename middlenames middlegivenname secondgivenname mname middlei middleinitial",
    "family": "family familyname last lastname surname surnames lname",
    "preferred": "preferred preferredname preferredfirstname preferredgivenname knownas nickname alias callname "
    "usualname",
    "full": "name fullname patientname clientname patient client displayname",
    "birth_date": "dob dateofbirth birthdate birthday birth born birthdt birthdateyyyymmdd",
    "sex": "sex gender sexatbirth birthsex administrativesex administrativegender genderidentity",
    "mobile": "mobile mobilephone mobilenumber mobileno mobilephonenumber cell cellphone cellnumber cellphonenumber "
    "phonemobile phonecell wirelessphone mobiletelephone mob telmobile",
    "home_phone": "homephone homephonenumber phonehome homenumber hometelephone telhome homeph hphone phoneah hmphone "
    "afterhoursphone",
    "phone": "phone phonenumber phoneno telephone telephonenumber telephoneno tel ph primaryphone mainphone "
    "landline phone1",
    "work_phone": "workphone workphonenumber phonework worknumber worktelephone telwork workph wphone businessphone "
    "wkphone phonebusiness phonebiz phone2 secondaryphone",
    "email": "email emailaddress mail emailaddr homeemail primaryemail personalemail emailprimary email1",
    "street_number": "streetnumber streetno housenumber houseno",
    "street": "address address1 addressline1 addressline street streetaddress street1 streetname addr addr1 address01 "
    "homeaddress residentialaddress homeaddress1 homeaddressline1 addressstreet",
    "street2": "address2 addressline2 street2 addr2 homeaddress2 homeaddressline2 unit apartment",
    "suburb": "suburb city town locality suburbtown citysuburb suburbcity addresscity addresssuburb homecity village",
    "region": "state province region addressstate homestate stateterritory territory stateprovince",
    "postcode": "postcode postal postalcode zip zipcode pcode addresspostcode addresszip homepostcode homezip postzip",
    "country": "country addresscountry homecountry countrycode",
    "language": "language preferredlanguage spokenlanguage primarylanguage languagespoken",
    "status": "status patientstatus recordstatus clientstatus",
    "deceased": "deceased isdeceased dead",
    "active": "active isactive",
    "death_date": "deathdate dateofdeath deceaseddate deathday dod deceasedon died",
    "archived_at": "archivedat archivedon archiveddate datearchived deletedat deletedon archivedate",
    "birth_year": "yearofbirth birthyear",
    "birth_month": "monthofbirth birthmonth",
    "birth_day": "dayofbirth dobday",
    "portal": "portal portalstatus portalstate portalaccount portalaccess patientportal onlineaccount portaluser "
    "portalaccountstatus onlineaccess hasportal portalenabled portalregistered",
    "portal_since": "portalsince portalactivated portalactivatedon portalregisteredon portalregistrationdate "
    "portalactivationdate",
    "practitioner": "practitioner practitionername usualpractitioner usualdoctor usualprovider primarypractitioner "
    "treatingpractitioner doctor doctorname provider providername usualgp primaryprovider",
    "communication": "communicationpreference communicationpreferences contactpreference preferredcontactmethod "
    "preferredcontact preferredcommunication communication contactmethod communicationmethod preferredmethodofcontact",
    "consent": "emailconsent consent consentemail emailoptin optin consenttoemail marketingconsent "
    "communicationconsent consenttocommunication emailallowed",
    "opt_out": "emailoptout optout donotemail noemail donotcontact unsubscribed",
}
# What a field is called, where it is not its own name.
_CALLED = {
    "source_id": "the other program's own id", "id": "number, or the other program's id", "number": "patient number",
    "given": "given name", "middle": "middle names", "family": "family name", "preferred": "preferred name",
    "full": "the whole name", "email": "e-mail", "street2": "second line of the address", "region": "state or region",
    "consent": "whether e-mail is welcome", "opt_out": "whether e-mail is unwelcome",
    "communication": "how they want to be reached",
}  # fmt: skip
_FIELD_OF = {name: field for field, names in NAMES.items() for name in names.split()}
_WHOSE = ("patients", "patient", "clients", "client", "pt")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")

_SYNTHEA = frozenset(("birthdate", "deathdate", "ssn", "drivers", "passport"))
_NO_PATIENTS = frozenset(
    ("organization", "organisation", "speciality", "specialty", "utilization", "revenue", "npi", "providernumber")
)
_FEBRL = frozenset(("recid", "socsecid", "dateofbirth"))


class Columns(NamedTuple):
    """Where each field stands (`at`), what the file looks like (`source`), the columns that nothing reads.

    `contacts`: where what is said of somebody else stands; `codes`: words of this program for those of a field;
    `questions`: columns of which somebody must say whose they are (`--map`).
    """

    at: dict[str, int]
    source: str
    unused: list[str]
    names: dict[str, str]
    contacts: dict[Column, int] = {}
    codes: Mapping[str, Mapping[str, str]] = {}
    questions: list[str] = []

    def shown(self, *fields: str) -> str:
        """The file's own names for these fields' columns, for a message."""
        return " and ".join(repr(clean(self.names[field], 40)) for field in fields if field in self.names)


def recognise(
    header: Sequence[str], shown: str, source: str | None = None, mapping: Mapping[str, str] | None = None
) -> Columns:
    """The columns of a file called `shown`, by its header. `source`: which program it comes from, where that is said;
    `mapping`: what columns hold, by the key of their header, where that is said; "" for nothing kept.

    Fields: number, source_id, given, middle, family, preferred, full, birth_date, sex, mobile, phone, home_phone,
    work_phone, email, street_number, street, street2, suburb, region, postcode, country, language, status,
    deceased, active, death_date, practitioner, communication, consent, opt_out.
    Raises ClinicError where two columns claim one field, or none can name a patient or tell two apart.
    """
    keys = [key_of(name) for name in header]
    at: dict[str, int] = {}
    contacts: dict[Column, int] = {}
    unclear: list[int] = []
    system = system_of(frozenset(keys))
    for index, field in enumerate(guesses(header, mapping)):
        if isinstance(field, Column):
            contacts.setdefault(field, index)
            continue
        if field is None and is_unclear(keys[index]):
            unclear.append(index)
        if not field:
            continue
        if field in at:
            raise ClinicError(
                f"Two columns of {shown} both hold the patient's {_spoken(field)}: "
                f"{clean(header[at[field]].strip(), 40)!r} and {clean(header[index].strip(), 40)!r}.",
                "Rename or remove one of them in the file.",
            )
        at[field] = index
    source = source or _source(frozenset(keys))
    if "id" in at:
        # A bare `id` is the practice's number where the file has no other, and no known source gave it.
        at["source_id" if source != "csv" or "number" in at else "number"] = at.pop("id")
    _need_a_name(at, header, shown)
    _need_an_identity(at, frozenset(keys), shown)
    if "given" in at and "family" in at:
        at.pop("full", None)
    names = {field: header[index].strip() for field, index in at.items()}
    used = {*at.values(), *contacts.values()}
    unused = [name.strip() for index, name in enumerate(header) if index not in used and name.strip()]
    questions = [header[index].strip() for index in unclear] if "email" not in at else []
    return Columns(at, source, unused, names, contacts, system.codes if system else {}, questions)


def guesses(header: Sequence[str], mapping: Mapping[str, str] | None = None) -> list[str | Column | None]:
    """What each column is taken to hold: a field, or something of somebody else; "" for nothing kept, None unknown."""
    keys = [key_of(name) for name in header]
    system = system_of(frozenset(keys))
    said = {**(system.fields if system else {}), **(mapping or {})}
    found: list[str | Column | None] = []
    for key in keys:
        field = said.get(key, _field(key))
        other = column_of(key if field is None else key_of(field)) if field != "" else None
        found.append(other or field)
    return found


def key_of(name: str) -> str:
    """A header's name as it is compared: `Home Phone`, `HOME_PHONE` and `homePhone` are one."""
    return "".join(words(_CAMEL.sub(" ", name.strip())))


def called(field: str) -> str:
    """A field of a patient in words: `birth date`, `the whole name`."""
    return _CALLED.get(field, field.replace("_", " "))


def names_persons(keys: Sequence[str]) -> bool:
    """Whether a header with these keys has anybody's name, or birth date, in it."""
    return any(_field(key) in ("given", "family", "full", "birth_date") for key in keys)


def _field(key: str) -> str | None:
    if key in _FIELD_OF:
        return _FIELD_OF[key]
    for whose in _WHOSE:
        field = _FIELD_OF.get(key.removeprefix(whose)) if key.startswith(whose) else None
        if field is not None:
            return None if field in ("practitioner", "id") else field
    return None


def _source(keys: frozenset[str]) -> str:
    if keys >= _SYNTHEA:
        return "synthea"
    return "febrl" if keys >= _FEBRL else "csv"


def _need_a_name(at: dict[str, int], header: Sequence[str], shown: str) -> None:
    if at.keys() & {"given", "family", "full"}:
        return
    seen = ", ".join(repr(clean(name.strip(), 30)) for name in header[:6])
    what = "no column with a name" if at else "no header that is known here"
    raise ClinicError(
        f"{shown} has {what}: its first row reads {seen}.",
        "The first row must name the columns: given name, family name, date of birth, e-mail and so on.",
    )


def _need_an_identity(at: dict[str, int], keys: frozenset[str], shown: str) -> None:
    if at.keys() & {"birth_date", "birth_year"}:
        return
    if keys & _NO_PATIENTS:
        raise ClinicError(
            f"{shown} looks like a list of practitioners or organisations.", "Import the list of patients."
        )
    if not at.keys() & {"number", "source_id"}:
        raise ClinicError(
            f"{shown} has neither patient numbers nor birth dates: two patients of one name could not be told apart.",
            "Export it with a column of either.",
        )


def _spoken(field: str) -> str:
    return {"id": "id", "source_id": "id", "email": "e-mail", "full": "whole name", "region": "state"}.get(
        field, field.replace("_", " ")
    )
