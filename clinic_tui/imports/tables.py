"""What a CSV file lists, told by its header: patients, practitioners, appointments, portal users, or nothing kept here.

Only exact, known names count, as in `headers`. The names are those of Synthea's tables (every version that it has had:
`ID` or `Id`, with and without STOP, PROVIDER or an encounter's class) and of practice programs' own lists.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from clinic_tui.errors import ClinicError
from clinic_tui.imports.headers import key_of
from clinic_tui.text import clean

Kind = Literal["patients", "practitioners", "appointments", "portal", "other"]

PRACTITIONER = {
    "source_id": "id practitionerid providerid providerno staffid userid",
    "name": "name fullname practitioner practitionername provider providername doctor doctorname displayname",
    "given": "given givenname first firstname forename fname",
    "family": "family familyname last lastname surname lname",
    "email": "email emailaddress mail workemail",
    "active": "active isactive status enabled",
}
APPOINTMENT = {
    "source_id": "id appointmentid apptid encounterid visitid bookingid aptnum",
    "start": "start starts startsat startat starttime startdatetime startdate date appointmentdate appointmentdatetime "
    "datetime visitdate encounterdate appointmentstart "
    "appointmentstartdate appointmentstartdatetime from aptdatetime",
    "clock": "time appointmenttime timeofday",
    "stop": "stop end ends endsat endat endtime enddatetime enddate appointmentend appointmentenddatetime finish to",
    "minutes": "minutes duration length durationminutes durationmins",
    "patient": "patient patientid patientguid clientid patnum demographicno pid patientnumber clientnumber mrn chartno",
    "provider": "provider providerid practitionerid",
    "practitioner": "practitioner practitionername providername doctor doctorname staffmember staffmembername staff",
    "status": "status appointmentstatus state arrivalstatus attendance bookingstatus aptstatus",
}
PORTAL = {
    "number": "patientid patientnumber clientid clientnumber mrn chart chartno chartnumber number patientno urn pid "
    "demographicno patnum",
    "email": "email emailaddress mail login loginemail useremail username user account",
    "full": "name fullname patientname clientname patient client displayname",
    "given": "given givenname first firstname forename fname",
    "family": "family familyname last lastname surname lname",
    "state": "status state accountstatus portalstatus portalstate active enabled accountstate userstatus "
    "portalaccess portal access isactive",
    "since": "since registered registeredon registeredat created createdat createdon activated activatedon activatedat "
    "registrationdate registereddate signup signupdate joined joinedon datejoined dateregistered activationdate "
    "createddate",
}
FIELDS: Mapping[str, Mapping[str, str]] = {
    "practitioners": PRACTITIONER, "appointments": APPOINTMENT, "portal": PORTAL,
}  # fmt: skip
_CALLED = {
    "source_id": "the other program's own id", "email": "e-mail", "full": "the whole name", "start": "when it begins",
    "stop": "when it ends", "clock": "the time of day", "minutes": "how long it is", "number": "patient number",
    "patient": "the patient, by number or id", "provider": "the practitioner, by id",
    "practitioner": "the practitioner, by name", "state": "state of the account", "since": "since when",
    "given": "given name", "family": "family name",
}  # fmt: skip
_VISITS = frozenset(
    ("encounterclass", "reasoncode", "appointmenttype", "appointmentdate", "appointmentid", "encounterid",
     "appointmentstatus", "appointmentdatetime", "apptid", "aptdatetime", "bookingid", "visitid", "startat",
     "appointmentstart", "appointmentstartdatetime")
)  # fmt: skip
_PRACTITIONERS = frozenset(
    ("speciality", "specialty", "npi", "providernumber", "prescribernumber", "ahpra", "qualifications", "discipline",
     "profession", "jobtitle")
)  # fmt: skip
_PORTAL = frozenset(
    ("lastlogin", "lastloginat", "lastlogindate", "lastsignin", "lastsignedin", "lastseen", "login", "username",
     "accountstatus", "portalstatus", "portalstate", "userstatus", "registeredon", "registeredat", "activatedon",
     "activatedat", "registrationdate", "portalaccess", "loginemail", "useremail", "activationdate", "signupdate",
     "accountstate", "mfa", "lastaccess", "dateactivated")
)  # fmt: skip
_PERSON = frozenset(("given", "first", "firstname", "givenname", "fname", "birthdate", "dob", "dateofbirth"))
_REACHED = frozenset(("suburb", "city", "postcode", "zip", "mobile", "mobilephone", "homephone", "phone", "address"))
_BORN = frozenset(("birthdate", "dob", "dateofbirth", "birthday", "yearofbirth"))


class Table(NamedTuple):
    """What a file lists, where each of its fields stands, and which program it comes from."""

    kind: Kind
    at: Mapping[str, int]
    source: str


def kind_of(header: Sequence[str]) -> Kind:
    """What a file with this header lists; `patients` where nothing says otherwise."""
    keys = frozenset(key_of(name) for name in header)
    if keys & _BORN:
        return "patients"
    if "revenue" in keys or ("utilization" in keys and not keys & {"speciality", "specialty", "organization"}):
        return "other"
    if keys & _PRACTITIONERS:
        return "practitioners"
    if "patient" in keys or keys & frozenset(APPOINTMENT["patient"].split()):
        dated = keys & frozenset(APPOINTMENT["start"].split())
        if dated and keys & {"encounter", "encounterid"} - ({"encounterid"} if "encounterclass" in keys else set()):
            return "other"  # Synthea's conditions, procedures and the like hang on an encounter
        if dated and (keys & _VISITS or keys >= {"id", "start", "stop"} or keys >= {"id", "date", "patient", "code"}):
            return "appointments"
    if keys & _PORTAL and not keys & _REACHED and keys & frozenset(f"{PORTAL['number']} {PORTAL['email']}".split()):
        return "portal"
    return "patients"


def called(field: str) -> str:
    """A field of such a table in words."""
    return _CALLED.get(field, field)


def read_header(
    header: Sequence[str], kind: Kind, shown: str, source: str | None = None, mapping: Mapping[str, str] | None = None
) -> Table:
    """Where the fields of a table of practitioners, appointments or portal users stand.

    `mapping`: what columns hold, by the key of their header, where that is said; "" for nothing kept; a field that such
    a table has not is passed over.

    Raises ClinicError where what it cannot do without is not there.
    """
    names = FIELDS[kind]
    keys = [key_of(name) for name in header]
    said = {key: field for key, field in (mapping or {}).items() if not field or field in names}
    at = {said[key]: index for index, key in reversed([*enumerate(keys)]) if said.get(key)}
    for field, words in names.items():
        for word in words.split():
            if field not in at and word in keys and word not in said and keys.index(word) not in at.values():
                at[field] = keys.index(word)
    needed = {
        "practitioners": ("name", "family"), "appointments": ("patient",), "portal": ("number", "email"),
    }[kind]  # fmt: skip
    if not at.keys() & set(needed) or (kind == "appointments" and "start" not in at):
        seen = ", ".join(repr(clean(name.strip(), 30)) for name in header[:6])
        lacks = "a patient and a start" if kind == "appointments" else " or ".join(needed)
        raise ClinicError(f"{shown} has no column with {lacks}: its first row reads {seen}.", "Export it again.")
    return Table(kind, at, source or ("synthea" if _is_synthea(frozenset(keys), kind) else "csv"))


def _is_synthea(keys: frozenset[str], kind: Kind) -> bool:
    if kind == "practitioners":
        return keys >= {"id", "organization", "name"}
    return kind == "appointments" and keys >= {"id", "patient", "code", "description"}
