"""The patients whom the sample practice's story is about, each there for a reason; the rest are made by chance."""

from __future__ import annotations

from datetime import date

from clinic_tui.demo.people import PRACTITIONERS
from clinic_tui.demo.records import Appointment, Contact, Household, Patient, Portal, Practitioner


def practitioners() -> list[Practitioner]:
    """The practice's practitioners."""
    return [Practitioner(name, email or None) for name, email in PRACTITIONERS]


def cast() -> list[Household]:
    """The first patients of every sample, whatever its size."""
    households = [_alone(line) for line in _LINES.strip().splitlines()]
    return [*households, _brennans(), _twins()]


# number|given|family|preferred|born|sex|mobile|phone|email|practitioner|status|mail|language|last|next|portal
_LINES = """
000101|Joanna|Smith|Jo|1984-03-12|female|0412 555 018||jo.smith@example.com|0|current|all|en|-80|1 10:40|active -410
000102|Joel|Smithers||1984-07-03|male|0412 555 377||joel.smithers@example.net|0|current|all|en|-81|2 09:20|
000103|John|Smyth||1984-11-30|male|0412 555 904|||0|current|all|en|-81|2 10:40|
000104|Aníbal|de Smit-Jonker||1984-01-09|male||02 5550 1234|anibal.dsj@post.example|5|current|all|es|-12|9 15:00|
000105|Siobhán|O'Shaughnessy||1991-06-21|female|0417 555 220||siobhan.os@example.org|3|current|all|en|-30|5 11:00|
000106|Łukasz|Łoś||1978-10-02|male|0433 555 641||lukasz.los@example.com|1|current|all|pl|-44|3 08:40|
000107|Jürgen|Weiß||1949-05-08|male||02 5550 1777|j.weiss@mail.example|1|current|all|de|-6|12 09:00|
000108|Işıl|Işık||1996-12-01|female|0421 555 090||isil.isik@example.net|7|current|all|tr|-19|6 16:20|
000109|Minh Anh|Nguyễn||1988-02-29|female|0488 555 316||minhanh.nguyen@example.com|2|current|all|vi|-3|4 13:20|
000110|María José|García Márquez|Pepa|1969-08-15|female|0450 555 733||pepa.garcia@example.org|5|current|all|es|-25|8 10:00|
000111|美玲|王|Mei|1975-04-04|female|0466 555 128||mei.wang@example.com|2|current|all|zh|-60|10 14:40|
000112||Suyatmi||1952-01-01|female|0405 555 402||suyatmi@post.example|4|current|all|id|-90|14 09:40|
000113|Rāwiri|Te Rangi||1961-02-06|male|0472 555 550||rawiri.terangi@example.net|4|current|all|mi|-15|7 12:00|
000114|Tomasz|Wiśniewski||1972-09-19|male|0498 555 011||tomasz.wisniewski@harbourstreet.example|0|current|all|pl|-200||
000115|Ana|Ibáñez||1980-03-27|female|0419 555 633||mateo.ibanez@example.com|5|current|all|es|-33|11 15:20|
000116|Walter|Pemberton||1931-11-11|male||02 5550 1931|walter.pemberton@example.org|6|deceased|all|en|-160||
000117|Daphne|Quayle||1944-07-30|female||02 5550 1444|daphne.quayle@example.com|6|archived|all|en|-900||
000118|Craig|Redfern||1990-05-05|male|0431 555 818||craig.redfern@example.net|7|blocked|all|en|-240||
000119|Hodan|Warsame||2001-09-09|female|0484 555 272||hodan.warsame@example.com|7|waiting|all|so||13 11:20|
000120|Agnieszka|Żółkiewska||1966-06-16|female|0429 555 660||aga.zolkiewska@example.org|1|current|none|pl|-20|9 10:20|
000121|Stanley|Armitage|Stan|1939-01-28|male||02 5550 1939|stan.armitage@mail.example|6|current|phone|en|-9|5 09:00|
000122|Harpreet|Kaur||1999-04-13|female|0470 555 841||harpreet.kaur@example.com|4|current|email|pa|-2|2 15:40|
000123|Conceição|dos Santos Araújo||1957-12-08|female|0418 555 577||conceicao@post.example|3|current|all|pt|-8|16 11:40|
000124|Jean-Loïc|d'Aubigné||1983-10-24|male|0439 555 924||jl.daubigne@example.net|3|current|all|fr|-27|3 14:00|
000125|Priya|Venkataraman||1993-03-03|female|0456 555 390||priya.venkat@example.com|2|current|all|hi|-14|6 08:20|active -120
000126|Omar|Al-Masri||1986-08-22|male|0477 555 104||omar.almasri@example.org|7|current|all|ar|-50|15 16:00|disabled -35
000127|Featherstonehaugh-Cholmondeley|Wetherby-Nightingale-Merriweather||1948-02-14|other|0403 555 148||fcwnm@example.com|0|current|all|en|-70||
000128|Maria|Nguyễn||1977-07-07|female|0402 555 707||maria.n@example.com|2|current|all|vi|-11|7 09:40|
000129|Maria|Nguyen||1977-01-07|female|0402 555 708||maria.nguyen@example.net|2|current|all|en|-10|7 10:00|
000130|Edna|Thackeray||1924-10-17|female||02 5550 1924||6|current|all|en|-5|1 09:00|
000131|Kenji|Ōno||1995-05-15|male|0490 555 515||kenji.ono@mial.example|2|current|all|ja|-13|4 11:40|
000132|Ngozi|Eze||1982-06-27|female|0481 555 863||ngozi.eze@example.org|0|current|all|ig|-21|8 13:00|
000133|Thijs|'t Hooft||1970-11-02|male|0414 555 117||thijs@mail.example|1|current|all|nl|-18|10 09:20|
000134|Linnéa|Ångström||1989-09-13|female|0463 555 239||linnea@post.example|3|current|all|sv|-16|5 14:20|
000135|Chukwuemeka|Okonkwo-Bello|Emeka|1968-01-20|male|0499 555 681||emeka.ob@no-such-host.example|0|current|all|ig|-24|9 16:40|
000136|Leilani|Kaʻahumanu||1998-07-18|female|0407 555 798||leilani.k@line-drops.example|4|current|all|haw|-7|6 10:40|
"""  # noqa: E501


def _alone(line: str) -> Household:
    (number, given, family, preferred, born, sex, mobile, phone, email, practitioner, status, mail, language, last,
     following, portal) = line.split("|")  # fmt: skip
    who = PRACTITIONERS[int(practitioner)][0]
    place = int(number) - 101
    patient = Patient(
        number, given, family, preferred or None, date.fromisoformat(born), sex, mobile or None, phone or None,
        email or None, f"{3 + place * 2} Lighthouse Road", "Harbourside", "NSW", "2999", "AU", language, status, mail,
        who,
    )  # fmt: skip
    visits: list[Appointment] = []
    if last:
        day = int(last)
        visits = [Appointment(number, who, day - 91 * back, "10:20", 20, "seen") for back in range(3, 0, -1)]
        visits.append(Appointment(number, who, day, "09:40", 20, "seen"))
    if following:
        coming, _, time = following.partition(" ")
        visits.append(Appointment(number, who, int(coming), time, 20, "booked"))
    state, _, since = portal.partition(" ")
    accounts = (Portal(number, state, int(since)),) if state else ()
    return Household((patient,), (), tuple(visits), accounts)


def _brennans() -> Household:
    """A child, her brother and their mother, who share an address at home and by e-mail."""
    who, home = PRACTITIONERS[3][0], ("7 Jetty Parade", "Old Jetty", "NSW", "2997", "AU", "en")
    mail = "the.brennans@example.com"
    mother = Patient("000137", "Aoife", "Brennan", None, date(1987, 5, 19), "female", "0416 555 870", None, mail, *home,
                     "current", "all", who)  # fmt: skip
    mia = Patient("000138", "Mia", "Brennan", None, date(2019, 8, 2), "female", None, "02 5550 1387", mail, *home,
                  "current", "all", who)  # fmt: skip
    finn = Patient("000139", "Fionn", "Brennan", "Finn", date(2022, 1, 25), "male", None, "02 5550 1387", mail, *home,
                   "current", "all", who)  # fmt: skip
    guardians = tuple(
        Contact(child.number, "Aoife Brennan", "mother", True, mail, "0416 555 870") for child in (mia, finn)
    )
    kin = Contact("000137", "Declan Brennan", "husband", False, None, "0416 555 871")
    visits = tuple(
        Appointment(number, who, day, time, 15, "seen" if day < 0 else "booked")
        for number, day, time in (("000137", -35, "08:40"), ("000138", -34, "15:20"), ("000138", 3, "15:40"),
                                  ("000139", -34, "15:40"), ("000139", 3, "16:00"))
    )  # fmt: skip
    return Household((mother, mia, finn), (*guardians, kin), visits, ())


def _twins() -> Household:
    """Two of one family name and one birth date at one address, each with an e-mail of their own."""
    who, home = PRACTITIONERS[1][0], ("22 Anchor Lane", "Pelican Point", "NSW", "2998", "AU", "el")
    born = date(1994, 2, 11)
    eleni = Patient("000140", "Eleni", "Papadimitriou", None, born, "female", "0434 555 211", None,
                    "eleni.p@example.org", *home, "current", "all", who)  # fmt: skip
    sofia = Patient("000141", "Sofia", "Papadimitriou", None, born, "female", "0434 555 212", None,
                    "sofia.p@example.org", *home, "current", "all", who)  # fmt: skip
    visits = (
        Appointment("000140", who, -17, "12:20", 20, "seen"),
        Appointment("000141", who, -62, "09:00", 20, "missed"),
        Appointment("000141", who, 4, "12:20", 20, "booked"),
    )
    return Household((eleni, sofia), (), visits, ())
