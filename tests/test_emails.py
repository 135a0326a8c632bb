"""The quick way says what the library says, of every address."""

from __future__ import annotations

import string
from xml.etree import ElementTree

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import example, given
from hypothesis import strategies as st

from clinic_tui.emails import normalized
from tests.published import published


def said(ask: object, address: str, strict: bool) -> str:
    """The normal form, or the library's sentence."""
    try:
        return str(ask(address, strict=strict))  # type: ignore[operator]
    except EmailNotValidError as error:
        return f"no: {error}"


def by_the_library(address: str, *, strict: bool) -> str:
    return str(validate_email(address, check_deliverability=False, test_environment=True, strict=strict).normalized)


def same(address: str) -> None:
    for strict in (False, True):
        assert said(normalized, address, strict) == said(by_the_library, address, strict)


LOCALS = st.one_of(
    st.from_regex(r"[A-Za-z0-9_+.-]{1,70}", fullmatch=True),
    st.sampled_from(["postmaster", "Info", "ABUSE", "o'brien", '"quoted"', '"a@b"', "", ".", "a..b", "jürgen", "山田"]),
    st.text(max_size=12),
)
LABEL = st.one_of(
    st.text(string.ascii_letters + string.digits + "-", min_size=1, max_size=66),
    st.sampled_from(["xn--bcher-kva", "xn--a", "bücher", "ﬁ", "Straße", "127", "[1", "1]", "", "a b", "a_b", "test"]),
)
DOMAINS = st.one_of(
    st.lists(LABEL, min_size=1, max_size=6).map(".".join),
    st.sampled_from(
        ["example.com", "Example.COM", "localhost", "host.local", "[127.0.0.1]", "example.test", "a.b@c.d"]
    ),
    st.tuples(LABEL, st.sampled_from(["com", "org", "au", "test", "arpa", "onion", "invalid"])).map(".".join),
)


@given(st.tuples(LOCALS, DOMAINS).map("@".join))
@example("A.b+c@Example.COM")
@example("Postmaster@Example.com")
@example("a" * 64 + "@" + ".".join(["b" * 62] * 3) + ".co")
@example("a" * 65 + "@example.com")
@example("a@example.com>")
@example("a@example.com ")
@example("a\n@example.com")
@example("a@exam\u00adple.com")
@example("a@example\u3002com")
@example("a@example.com.")
def test_addresses_that_were_made_up(address: str) -> None:
    same(address)


@given(st.emails())
def test_addresses_that_are_some(address: str) -> None:
    same(address)


@given(st.text(alphabet=st.sampled_from("aA1.-_+@'\"\\<>[] ()é\u0301\u200b\n"), max_size=20))
def test_near_addresses(address: str) -> None:
    same(address)


def test_the_isemail_set() -> None:
    tests = ElementTree.parse(published("hostile") / "isemail-tests.xml").getroot().findall("test")
    addresses = [test.findtext("address") or "" for test in tests]
    assert len(addresses) > 150
    # The set shows control characters by their pictures.
    pictures = {0x2400 + code: code for code in range(0x21)}
    for address in (*addresses, *(address.translate(pictures) for address in addresses)):
        same(address)


@pytest.mark.parametrize("address", ["o.k@example.com", "O.K+portal@Sub.Example.org"])
def test_plain_ones_take_the_quick_way(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    normalized(address)
    monkeypatch.setattr("clinic_tui.emails.validate_email", None)
    local, _, domain = address.partition("@")
    assert normalized(f"another.{local}@{domain}") == f"another.{local}@{domain.lower()}"
