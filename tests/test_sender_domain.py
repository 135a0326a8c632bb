"""What the DNS says of the sender's domain, read from a real server on loopback."""

from __future__ import annotations

import pytest

from clinic_tui.errors import ClinicError
from clinic_tui.sender_domain import Domain
from tests.servers.dns import DnsServer, Records

NAME = "clinic.example.org"


def said(what: str, records: Records, silent: frozenset[str] = frozenset(), seconds: float = 3.0) -> str:
    """The sentence, or the error's with NOT OK before it."""
    with DnsServer(records, silent) as server:
        try:
            return str(getattr(Domain(NAME, server.resolver(seconds)), what)())
        except ClinicError as error:
            return f"NOT OK {error}"


def txt(*texts: str, name: str = NAME) -> Records:
    return {(name, "TXT"): [f'"{text}"' for text in texts]}


@pytest.mark.parametrize(
    ("records", "words"),
    [
        (txt("v=spf1 include:_spf.example.net ~all"), "1 of 10 look-ups; it ends with ~all"),
        (txt("google-site-verification=x", "v=spf1 mx a:x.example.net ip4:192.0.2.1 -all"), "2 of 10"),
        (txt("v=spf1 redirect=_spf.example.net"), "it ends with redirect=_spf.example.net"),
        (txt("v=spf1 mx"), "ends with no all"),
        (txt("v=spf1 amx:x -all"), "0 of 10"),
        (txt("v=spf10 -all"), "NOT OK clinic.example.org has no SPF record"),
        ({}, "NOT OK clinic.example.org has no SPF record"),
        (txt("v=spf1 -all", "v=spf1 mx -all"), "NOT OK clinic.example.org has 2 SPF records"),
        (txt("v=spf1 mx +all"), "NOT OK The SPF record of clinic.example.org lets the whole world"),
        (txt("V=SPF1 ALL"), "NOT OK The SPF record of clinic.example.org lets the whole world"),
        (txt("v=spf1 " + " ".join(f"a:{n}.example.net" for n in range(10)) + " -all"), "10 of 10"),
        (txt("v=spf1 " + " ".join(f"a:{n}.example.net" for n in range(11)) + " -all"), "NOT OK"),
    ],
)
def test_spf(records: Records, words: str) -> None:
    assert words in said("spf", records)


def test_the_look_ups_of_what_is_included_count_and_a_loop_ends() -> None:
    inner = txt("v=spf1 a mx ptr exists:%{i}.example.net include:_spf.example.net ?all", name="_spf.example.net")
    assert "6 of 10" in said("spf", txt("v=spf1 include:_spf.example.net -all") | inner)
    twice = txt("v=spf1 include:_spf.example.net include:_b.example.net -all") | inner
    assert "more than 10 look-ups" in said("spf", twice | txt("v=spf1 a mx ptr a:x.example.net", name="_b.example.net"))


@pytest.mark.parametrize(
    ("records", "words"),
    [
        (txt("v=DMARC1; p=none; rua=mailto:a@b.example", name=f"_dmarc.{NAME}"), "policy: none"),
        (txt("v=DMARC1;p=reject", name="_dmarc.example.org"), "by example.org: reject"),
        (txt("v=DMARC1; p=reject; sp=quarantine", name="_dmarc.example.org"), "by example.org: quarantine"),
        (txt("v=DMARC1; p=maybe", name=f"_dmarc.{NAME}"), "NOT OK The DMARC record"),
        (txt("v=DMARC1; p=none", "v=DMARC1; p=reject", name=f"_dmarc.{NAME}"), "has 2 records"),
        (txt("v=spf1 -all", name=f"_dmarc.{NAME}"), "has no DMARC record"),
        ({}, f"TXT record _dmarc.{NAME}: v=DMARC1; p=none"),
    ],
)
def test_dmarc(records: Records, words: str) -> None:
    assert words in said("dmarc", records)


def test_mx() -> None:
    assert said("mx", {(NAME, "MX"): ["10 b.example.net.", "5 a.example.net."]}).endswith(
        "a.example.net, b.example.net."
    )
    assert "NOT OK clinic.example.org names no mail server" in said("mx", {})
    assert "takes no mail at all" in said("mx", {(NAME, "MX"): ["0 ."]})


def test_a_server_that_does_not_answer_is_waited_for_so_long_and_no_longer() -> None:
    assert "NOT OK DNS did not say" in said("spf", {}, frozenset({NAME}), seconds=0.3)


def test_names_that_no_public_dns_knows_are_not_asked() -> None:
    assert [Domain(name).is_public for name in ("localhost", "desk.local", "[127.0.0.1]", "a.example", NAME)] == [
        False, False, False, False, True,
    ]  # fmt: skip
