"""What can be kept of a patient from a file, each with the keys (`headers.key_of`) of the headers that say it.

A key belongs to one field alone. Of the fields in FIRST_WINS several columns may stand in one file: the one listed
first is read, the others are not.
"""

from __future__ import annotations

NAMES: dict[str, str] = {
    "source_id": "uuid guid externalid sourceid sourcekey patientuuid patientguid recid recordid internalid",
    "id": "id",
    "number": "number no patientnumber patientno patientnr patientnum patientid ptid clientid clientnumber clientno "
    "mrn medicalrecordnumber medicalrecordno mrnumber chart chartno chartnumber urn ur urno urnumber fileno "
    "filenumber recordno recordnumber accountno accountnumber acctno acctnumber hospitalnumber pubpid patnum "
    "demographicno patientref patientreference clientref clientreference",
    "given": "given givenname givennames first firstname firstnames forename forenames fname firstgivenname "
    "legalfirstname legalgivenname legalgivennames christianname christiannames",
    "middle": "middle middlename middlenames middlegivenname secondgivenname mname middlei middleinitial "
    "middleinitials othergivennames mi",
    "family": "family familyname last lastname surname surnames lname legallastname legalsurname legalfamilyname",
    "preferred": "preferred preferredname preferredfirstname preferredgivenname knownas nickname alias callname "
    "usualname goesby preferredfirst",
    "full": "name fullname patientname clientname patient client displayname legalname nameinfull",
    "birth_date": "dob dateofbirth birthdate birthday birth born birthdt datebirth dobdate bday",
    "sex": "sex administrativesex legalsex sexatbirth birthsex sexassignedatbirth gender administrativegender "
    "genderidentity identifyinggender",
    "mobile": "mobile mobilephone mobilenumber mobileno mobilephonenumber mobilephoneno cell cellphone cellnumber "
    "cellno cellphonenumber phonemobile phonecell wirelessphone mobiletelephone mobiletel mob telmobile phonem "
    "mobileph",
    "home_phone": "homephone homephonenumber phonehome homenumber hometelephone telhome homeph hphone phoneah phoneh "
    "hmphone hometel afterhoursphone",
    "phone": "phone phonenumber phoneno telephone telephonenumber telephoneno tel telno ph primaryphone "
    "primaryphonenumber mainphone mainphonenumber landline phone1",
    "work_phone": "workphone workphonenumber phonework worknumber worktelephone telwork workph wphone businessphone "
    "wkphone phonebusiness phonebiz phonew worktel phone2 secondaryphone",
    "email": "email emailaddress mail emailaddr homeemail emailhome primaryemail primaryemailaddress personalemail "
    "emailpersonal emailprimary email1 emailid",
    "street_number": "streetnumber streetno housenumber houseno",
    "street": "address address1 addressline1 addressline street streetaddress street1 streetname addr addr1 "
    "address01 homeaddress residentialaddress homeaddress1 homeaddressline1 addressstreet streetaddress1 streetline1 "
    "residentialaddress1 residentialaddressline1 residentialstreet homestreet",
    "street2": "address2 addressline2 street2 addr2 homeaddress2 homeaddressline2 streetaddress2 streetline2 "
    "residentialaddress2 residentialaddressline2 unit apartment",
    "suburb": "suburb city town locality suburbtown citysuburb suburbcity citytown towncity addresscity "
    "addresssuburb addresstown homecity homesuburb residentialsuburb residentialcity village",
    "region": "state province region addressstate homestate residentialstate stateterritory territory stateprovince "
    "provincestate provstate county",
    "postcode": "postcode postal postalcode zip zipcode pcode postcodezip zippostcode zippostalcode postalzip "
    "addresspostcode addresspostalcode addresszip homepostcode homepostalcode homezip residentialpostcode postzip",
    "country": "country addresscountry homecountry countryname countrycode",
    "language": "language preferredlanguage spokenlanguage primarylanguage mainlanguage languagespoken",
    "status": "status patientstatus recordstatus clientstatus activeinactive",
    "deceased": "deceased isdeceased dead",
    "active": "active isactive",
    "death_date": "deathdate dateofdeath deceaseddate deceasedat datedeceased deathday dod deceasedon died",
    "archived_at": "archivedat archivedon archiveddate datearchived archivedate",
    "ended_at": "deletedat deletedon dischargedat",
    "birth_year": "yearofbirth birthyear",
    "birth_month": "monthofbirth birthmonth",
    "birth_day": "dayofbirth dobday",
    "portal": "portal portalstatus portalstate portalaccount portalaccess patientportal onlineaccount portaluser "
    "portalaccountstatus onlineaccess hasportal portalenabled portalregistered",
    "portal_since": "portalsince portalactivated portalactivatedon portalregisteredon portalregistrationdate "
    "portalactivationdate",
    "practitioner": "practitioner practitionername usualpractitioner primarypractitioner treatingpractitioner "
    "preferredpractitioner clinician clinicianname usualprovider primaryprovider provider providername usualdoctor "
    "usualgp doctor doctorname",
    "communication": "communicationpreference communicationpreferences contactpreference preferredcontactmethod "
    "preferredcontact preferredcommunication communication contactmethod communicationmethod "
    "preferredmethodofcontact",
    "consent": "emailconsent consent consentemail emailoptin optin consenttoemail marketingconsent "
    "communicationconsent consenttocommunication emailallowed",
    "opt_out": "emailoptout optout donotemail noemail donotcontact unsubscribed",
}
FIRST_WINS = frozenset(
    ("sex", "home_phone", "phone", "work_phone", "street", "suburb", "region", "postcode", "country", "language",
     "practitioner")
)  # fmt: skip

# What a field is called, where it is not its own name.
_CALLED = {
    "source_id": "the other program's own id", "id": "number, or the other program's id", "number": "patient number",
    "given": "given name", "middle": "middle names", "family": "family name", "preferred": "preferred name",
    "full": "the whole name", "email": "e-mail", "street2": "second line of the address", "region": "state or region",
    "consent": "whether e-mail is welcome", "opt_out": "whether e-mail is unwelcome",
    "communication": "how they want to be reached", "ended_at": "when they were deleted or discharged",
}  # fmt: skip


def called(field: str) -> str:
    """A field of a patient in words: `birth date`, `the whole name`."""
    return _CALLED.get(field, field.replace("_", " "))


def field_of(key: str) -> str | None:
    """The field that a header with this key says; None where it says none."""
    return _FIELD_OF.get(key)


def place_of(key: str) -> int:
    """Where the key stands among those of all fields: of two of one field the one that stands first is read first."""
    return _PLACE_OF.get(key, len(_PLACE_OF))


_FIELD_OF = {name: field for field, names in NAMES.items() for name in names.split()}
_PLACE_OF = {name: place for place, name in enumerate(_FIELD_OF)}
