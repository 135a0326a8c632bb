"""Headers of many programs: each column is the patient's own, somebody else's, asked about, or not read."""

from __future__ import annotations

import pytest

from clinic_tui.errors import ClinicError
from clinic_tui.imports.headers import key_of, recognise

# The header; the patient's own fields in the order of their columns; what is of whom; columns that are asked about.
HEADERS: dict[str, tuple[str, str, str, list[str]]] = {
    "jane import": (
        "Patient Number,Member Since,First Name,Middle Name,Last Name,Email,Home Phone,Mobile Phone,Work Phone,"
        "Fax Phone,Street Address,Street Address 2,City,Province,Postal,Country,Birth Date,Sex,Identifying Gender,"
        "Personal Health Number,Referral Source,Referred To,Marketing Email Opt-In,Family Doctor Name,"
        "Family Doctor Phone,Family Doctor Email,Guardian Name,Medical Alert,Emergency Contact Name,"
        "Emergency Contact Phone,Emergency Contact Relationship,Occupation,Employer,Referring Professional Name,"
        "Referring Professional Email,Referring Professional Phone,Deceased At,Discharged At,Active/Inactive,"
        "Preferred Name,Pronouns",
        "number,given,middle,family,email,home_phone,mobile,work_phone,street,street2,suburb,region,postcode,"
        "country,birth_date,sex,death_date,ended_at,status,preferred",
        "guardian name,emergencycontact name,emergencycontact phone,emergencycontact relationship",
        [],
    ),
    "nookal": (
        "Client ID,Title,First Name,Middle Name,Last Name,Nickname,Gender,Date of Birth,Address Line 1,"
        "Address Line 2,City / Suburb,State,Country,Postcode,Home Phone,Mobile Phone,Work Phone,Fax,Email Address,"
        "Occupation,Employer,Emergency Contact Name,Emergency Contact Phone,Active,Deceased,Consent,Allergies,"
        "Category",
        "number,given,middle,family,preferred,sex,birth_date,street,street2,suburb,region,country,postcode,"
        "home_phone,mobile,work_phone,email,active,deceased,consent",
        "emergencycontact name,emergencycontact phone",
        [],
    ),
    "cliniko api": (
        "id,title,first_name,last_name,preferred_first_name,label,date_of_birth,sex,gender,gender_identity,email,"
        "address_1,address_2,address_3,city,state,post_code,country,country_code,time_zone,emergency_contact,"
        "invoice_default_to,invoice_email,invoice_extra_information,medicare,reminder_type,"
        "accepted_email_marketing,accepted_privacy_policy,receives_confirmation_emails,"
        "receives_cancellation_emails,created_at,archived_at,deleted_at,referral_source",
        "number,given,family,preferred,birth_date,sex,email,street,street2,suburb,region,postcode,country,"
        "archived_at,ended_at",
        "emergencycontact name",
        [],
    ),
    "halaxy": (
        "Source Key,Title,First Name,Middle Name,Last Name,Preferred Name,Date of Birth (YYYY-MM-DD),"
        "Gender Identity,Sex Assigned at Birth,Email,Mobile Phone,Home Phone,Work Phone,Home Address,Suburb,State,"
        "Postcode,Country,Billing Address,Billing Email,Emergency Contact Name,Emergency Contact Phone,Status,"
        "Review Date",
        "source_id,given,middle,family,preferred,birth_date,sex,email,mobile,home_phone,work_phone,street,suburb,"
        "region,postcode,country,status",
        "emergencycontact name,emergencycontact phone",
        [],
    ),
    "halaxy2": (
        "Patient ID,Patient Number,Title,Given Name,Surname,DOB,Gender,Main Phone,Email,Referrer,Referrer Email,"
        "Medicare Number,Funding,Payer Email,Status",
        "source_id,number,given,family,birth_date,sex,phone,email,status",
        "",
        [],
    ),
    "openemr": (
        "id,uuid,title,language,financial,fname,lname,mname,DOB,street,postal_code,city,state,country_code,"
        "drivers_license,ss,occupation,phone_home,phone_biz,phone_contact,phone_cell,pharmacy_id,status,"
        "contact_relationship,date,sex,referrer,referrerID,providerID,ref_providerID,email,email_direct,"
        "ethnoracial,race,ethnicity,religion,interpretter,family_size,pubpid,pid,hipaa_mail,hipaa_voice,"
        "hipaa_notice,hipaa_message,hipaa_allowsms,hipaa_allowemail,guardiansname,guardianrelationship,"
        "guardiansex,guardianaddress,guardianphone,guardianworkphone,guardianemail,deceased_date,county,"
        "preferred_name,gender_identity,sex_identified,street_line_2,mothersname,suffix,name_history",
        "language,given,family,middle,birth_date,street,postcode,suburb,region,country,home_phone,work_phone,"
        "mobile,sex,email,number,source_id,consent,death_date,preferred,street2",
        "emergencycontact phone,emergencycontact name,guardian name,guardian relationship,guardian phone,"
        "guardian email",
        [],
    ),
    "opendental": (
        "PatNum,LName,FName,MiddleI,Preferred,PatStatus,Gender,Position,Birthdate,SSN,Address,Address2,City,State,"
        "Zip,HmPhone,WkPhone,WirelessPhone,Guarantor,CreditType,Email,EstBalance,PriProv,SecProv,BillingType,"
        "ChartNumber,MedUrgNote,Country,Language,Title,TxtMsgOk",
        "number,family,given,middle,preferred,status,sex,birth_date,street,street2,suburb,region,postcode,"
        "home_phone,work_phone,mobile,email,country,language",
        "",
        [],
    ),
    "oscar": (
        "demographic_no,title,last_name,first_name,address,city,province,postal,phone,phone2,email,"
        "myOscarUserName,year_of_birth,month_of_birth,date_of_birth,hin,ver,roster_status,patient_status,"
        "date_joined,chart_no,official_lang,spoken_lang,provider_no,sex,family_doctor,alias",
        "number,family,given,street,suburb,region,postcode,home_phone,work_phone,email,birth_year,birth_month,"
        "birth_day,status,language,sex,preferred",
        "",
        [],
    ),
    "simplepractice": (
        "Client ID,First Name,Last Name,Middle Name,Legal Name,Preferred Name,Sex,Gender Identity,Date of Birth,"
        "Email,Phone,Status,Clinician,Address,City,State,Zip,Insurance Payer,Insurance Member ID,"
        "Responsible Party Email",
        "number,given,family,middle,preferred,sex,birth_date,email,phone,status,practitioner,street,suburb,region,"
        "postcode",
        "",
        [],
    ),
    "kareo": (
        "Patient ID,Prefix,First Name,Middle Name,Last Name,Suffix,SSN,Date of Birth,Gender,Marital Status,"
        "Street 1,Street 2,City,State,ZIP Code,Home Phone,Work Phone,Mobile Phone,Email Address,Employer Name,"
        "Primary Care Physician,Referring Provider,Guarantor First Name,Guarantor Last Name,"
        "Emergency Contact Name,Emergency Phone",
        "number,given,middle,family,birth_date,sex,street,street2,suburb,region,postcode,home_phone,work_phone,"
        "mobile,email",
        "emergencycontact name,emergency phone",
        [],
    ),
    "athena": (
        "patientid,patient firstname,patient lastname,patient middleinitial,patientdob,patientsex,"
        "patient mobile no,patient workphone,patient homephone,patient email,patient address1,patient city,"
        "patient state,patient zip,guarantor email,emergency contact name,emergency contact phone",
        "number,given,family,middle,birth_date,sex,mobile,work_phone,home_phone,email,street,suburb,region,"
        "postcode",
        "emergencycontact name,emergencycontact phone",
        [],
    ),
    "bestpractice au": (
        "INTERNALID,SURNAME,FIRSTNAME,MIDDLENAME,PREFERREDNAME,DOB,SEX,ADDRESS1,ADDRESS2,CITY,POSTCODE,HOMEPHONE,"
        "WORKPHONE,MOBILEPHONE,EMAIL,MEDICARENO,USUALDOCTOR,NOKNAME,NOKPHONE,NOKRELATION",
        "source_id,family,given,middle,preferred,birth_date,sex,street,street2,suburb,postcode,home_phone,"
        "work_phone,mobile,email,practitioner",
        "nok name,nok phone,nok relationship",
        [],
    ),
    "medical director au": (
        "Patient No,Surname,First Name,Known As,Date Of Birth,Gender,Street Address,Town,Postcode,Phone (home),"
        "Phone (work),Phone (mobile),E-mail,Medicare No,DVA No,Next of Kin Name,Next of Kin Phone",
        "number,family,given,preferred,birth_date,sex,street,suburb,postcode,home_phone,work_phone,mobile,email",
        "nextofkin name,nextofkin phone",
        [],
    ),
    "uk tm3": (
        "Patient Ref,Title,Forename,Surname,D.O.B.,NHS Number,Address 1,Address 2,Town,County,Post Code,"
        "Tel (Home),Tel (Mobile),Tel (Work),E-mail,GP Name,GP Surgery,GP Email,Insurer,Insurer Email",
        "number,given,family,birth_date,street,street2,suburb,region,postcode,home_phone,mobile,work_phone,email",
        "",
        [],
    ),
    "uk writeupp": (
        "Ref,First Name,Last Name,Date of Birth,Sex,Email,Mobile,Phone,Address,Town/City,County,Postcode,"
        "Consent To Email,Contact Name,Contact Email",
        "given,family,birth_date,sex,email,mobile,phone,street,suburb,region,postcode,consent",
        "",
        [],
    ),
    "uk": (
        "Client's Name,Client's E-mail,Client's Mobile,Client's DOB,Parent/Guardian Name,Parent/Guardian Email",
        "full,email,mobile,birth_date",
        "parentguardian name,parentguardian email",
        [],
    ),
    "ca accuro": (
        "File Number,Last,First,Preferred Name,PHN,Birth Date,Gender,Street,City,Prov/State,Postal/Zip,Home Phone,"
        "Cell,Email,Family Doctor,Referring Doctor,Referring Doctor Fax",
        "number,family,given,preferred,birth_date,sex,street,suburb,region,postcode,home_phone,mobile,email",
        "",
        [],
    ),
    "ca telus": (
        "Patient_ID,PHN,Surname,GivenName,BirthDate,Gender,Address,City,Province,PostalCode,HomePhone,"
        "BusinessPhone,CellPhone,EmailAddress,PrimaryProvider",
        "number,family,given,birth_date,sex,street,suburb,region,postcode,home_phone,work_phone,mobile,email,"
        "practitioner",
        "",
        [],
    ),
    "power diary": (
        "Client Id,Title,First Name,Last Name,Preferred Name,Date Of Birth,Gender,Mobile,Home Phone,Work Phone,"
        "Email,Address,Suburb,State,Postcode,Next of Kin,Next of Kin Phone,Client Status,Preferred Practitioner,"
        "Third Party Email,Case Manager Email",
        "number,given,family,preferred,birth_date,sex,mobile,home_phone,work_phone,email,street,suburb,region,"
        "postcode,status,practitioner",
        "nextofkin name,nextofkin phone",
        [],
    ),
    "coreplus": (
        "Client ID,Surname,Given Names,Preferred name,Birthdate,Gender,Email,Mobile phone,Home phone,Street,"
        "Suburb,State,Postcode,Parent 1 Name,Parent 1 Email,Parent 2 Email,Nominee Email,Plan Manager Email,"
        "Support Coordinator Email",
        "number,family,given,preferred,birth_date,sex,email,mobile,home_phone,street,suburb,region,postcode",
        "parent1 name,parent1 email,parent2 email,nominee email",
        [],
    ),
    "splose": (
        "Client ID,First name,Last name,Preferred name,Date of birth,Sex,Email,Phone number,Address line 1,City,"
        "State,Postcode,Emergency contact name,Emergency contact email,Payer email",
        "number,given,family,preferred,birth_date,sex,email,phone,street,suburb,region,postcode",
        "emergencycontact name,emergencycontact email",
        [],
    ),
    "plain unclear": (
        "No,Name,DOB,Contact Email,Contact Number",
        "number,full,birth_date",
        "",
        ['Contact Email'],
    ),
    "nominee only": (
        "No,Name,DOB,Nominee Email,Nominee Phone",
        "number,full,birth_date",
        "nominee email,nominee phone",
        [],
    ),
    "payer": (
        "No,Name,DOB,Payer Email,Insurer Email,Doctor Email",
        "number,full,birth_date",
        "",
        [],
    ),
    "referrer": (
        "ID,Patient,DOB,Referrer,Referrer Phone,Referrer E-mail,GP Mobile,School Email,Email",
        "number,full,birth_date,email",
        "",
        [],
    ),
}  # fmt: skip


@pytest.mark.parametrize("program", HEADERS)
def test_headers_of_many_programs(program: str) -> None:
    header, own, others, asked = HEADERS[program]
    columns = recognise(header.split(","), "x.csv")
    assert ",".join(sorted(columns.at, key=lambda field: columns.at[field])) == own
    assert ",".join(dict.fromkeys(f"{one.whose} {one.what}" for one in columns.contacts)) == others
    assert columns.questions == asked


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ('\ufeff"First Name"', "First Name"), ("\u201cLast Name\u201d", "Last Name"), ("  E_MAIL ", "email"),
        ("First Name*", "First Name"), ("Last Name (required)", "Last Name"), ("D.O.B. [DD/MM/YYYY]", "DOB"),
        ("dob_yyyymmdd", "dob"), ("Date of Birth (DOB)", "Date of birth"), ("Mobile # (optional)", "Mobile Number"),
        ("Patient #", "Patient Number"), ("Address #1", "Address 1"),
        ("Patient\u2019s E-mail", "patients email"), ("POST\u00a0CODE", "postcode"),
    ],
)  # fmt: skip
def test_what_says_nothing_in_a_header_is_passed_over(name: str, plain: str) -> None:
    assert key_of(name) == key_of(plain)


@pytest.mark.parametrize("whose", ["Guardian", "Doctor", "Nominee", "Payer", "work", "Parent/Patient"])
def test_whose_it_is_is_never_passed_over(whose: str) -> None:
    for name in (f"Email ({whose})", f"Phone of {whose}'s patient", f"Patient's {whose}'s Email"):
        columns = recognise(["given", "family", "dob", name], "x.csv")
        assert columns.at.keys() <= {"given", "family", "birth_date"}


def test_the_one_who_is_asked_is_told_what_to_say() -> None:
    header = ["Chart #", "Acct #", "Pt Last Name", "Pt First Name", "Pt DOB"]
    with pytest.raises(ClinicError, match="patient's number: 'Chart #' and 'Acct #'") as caught:
        recognise(header, "x.csv")
    assert '"Acct #" = ""' in caught.value.advice
    assert recognise(header, "x.csv", mapping={"acctnumber": ""}).at["number"] == 0


def test_of_several_of_one_kind_the_first_listed_is_read_or_what_is_said() -> None:
    header = ["no", "name", "dob", "Gender", "Sex", "Country Code", "Country"]
    assert [header[recognise(header, "x.csv").at[field]] for field in ("sex", "country")] == ["Sex", "Country"]
    said = recognise(header, "x.csv", mapping={"gender": "sex"})
    assert header[said.at["sex"]] == "Gender"
    assert "Sex" in said.unused


@pytest.mark.parametrize(
    "header",
    ["Preferred Email", "Email (preferred)", "Contact Email", "Best email", "Correspondence E-mail", "Home mail"],
)
def test_an_address_of_nobody_in_particular_is_asked_about(header: str) -> None:
    assert recognise(["First Name", "Last Name", "DOB", header], "patients.csv").questions == [header]


@pytest.mark.parametrize("header", ["Referrer Email", "Referring Doctor E-mail", "GP email"])
def test_an_address_of_a_stranger_is_not_read(header: str) -> None:
    columns = recognise(["First Name", "Last Name", "DOB", header], "patients.csv")
    assert ("email" in columns.at, columns.questions, columns.unused) == (False, [], [header])
