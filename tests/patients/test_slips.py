"""Slips in addresses: found where there is one, and nothing said where there is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_tui.patients import slips

ADDRESSES = st.text("abm.19", max_size=9)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("jo@gmial.com", "jo@gmail.com"), ("jo@gamil.com", "jo@gmail.com"), ("jo@gmai.com", "jo@gmail.com"),
        ("jo@hotmial.com", "jo@hotmail.com"), ("jo@hotmial.con", "jo@hotmail.com"), ("jo@yaho.com", "jo@yahoo.com"),
        ("jo@gmail.con", "jo@gmail.com"), ("jo@gmail.cmo", "jo@gmail.com"), ("jo@gmail.co", "jo@gmail.com"),
        ("jo@bigpond.com.au", "jo@bigpond.com"), ("jo@outlok.com.au", "jo@outlook.com.au"),
        ("jo@clinic.example.con", "jo@clinic.example.com"), ("jo@iclod.com", "jo@icloud.com"),
        ("jo@optusnet.con.au", "jo@optusnet.com.au"),
    ],
)  # fmt: skip
def test_a_slip_in_a_domain(typed: str, meant: str) -> None:
    assert slips.domain_meant(typed) == meant


@pytest.mark.parametrize("domain", ["mail.com", "example.com", "five.com", "gms.de", "yahoo.co.jp", "exmaple.org"])
def test_what_is_no_slip(domain: str) -> None:
    assert slips.domain_meant(f"jo@{domain}") is None


def test_no_provider_is_a_slip_of_another() -> None:
    assert [one for one in slips.PROVIDERS if slips.domain_meant(f"jo@{one}")] == []


@given(ADDRESSES)
def test_every_neighbour_is_one_slip_away(address: str) -> None:
    assert all(slips.one_slip(address, near) for near in set(slips.neighbours(address)) - {address})


@given(ADDRESSES, ADDRESSES)
def test_whoever_is_one_slip_away_is_a_neighbour(one: str, other: str) -> None:
    assert slips.one_slip(one, other) == slips.one_slip(other, one)
    assert slips.one_slip(one, other) == (other != one and other in set(slips.neighbours(one)))
