"""Authentication-Results, as RFC 8601 section 5 lets a reader use them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_tui.mail.authentication import doubt_of
from clinic_tui.mail.parts import Headers

OURS = "mx.practice.example"
FIELD = "authentication-results"


def found(*fields: str, trusted: str | None = OURS) -> str:
    """`R` among the fields is a Received."""
    return doubt_of(Headers(tuple(("received", "from x") if f == "R" else (FIELD, f) for f in fields)), trusted)


@pytest.mark.parametrize(
    ("fields", "doubt"),
    [
        ((f"{OURS}; dmarc=fail (p=NONE) header.from=mail.example",), "dmarc=fail"),
        ((f"{OURS} 1; dmarc=fail",), "dmarc=fail"),
        ((f'"{OURS}"; dmarc = fail',), "dmarc=fail"),
        ((f"{OURS.upper()}; spf=pass; DMARC=FAIL",), "dmarc=fail"),
        ((f"{OURS}; spf=fail smtp.mailfrom=mail.example; dkim=none",), "spf=fail"),
        ((f"{OURS}; dkim=fail; spf=hardfail",), "spf=hardfail"),
        ((f"{OURS}; spf=fail; dkim=pass header.d=mail.example",), ""),
        ((f"{OURS}; spf=fail; dmarc=pass",), ""),
        ((f"{OURS}; spf=softfail; dkim=none",), ""),
        ((f"{OURS}; none",), ""),
        ((f"{OURS} (a ; dmarc=fail (inner) comment); dmarc=pass",), ""),
        ((f'{OURS}; dkim=pass reason="; dmarc=fail"',), ""),
        ((f"{OURS} 2; dmarc=fail",), ""),
        ((f"{OURS}.evil.example; dmarc=fail",), ""),
        (("other.example; dmarc=fail",), ""),
        (("other.example; dmarc=pass", f"{OURS}; dmarc=fail"), "dmarc=fail"),
        ((f"{OURS}; spf=pass", f"{OURS}; dmarc=fail"), "dmarc=fail"),
        # What came with the mail stands below the hop that took it in.
        (("R", f"{OURS}; dmarc=pass", "R", f"{OURS}; dmarc=fail"), ""),
        ((f"{OURS}; dmarc=fail", "R", f"{OURS}; dmarc=pass"), "dmarc=fail"),
        ((f"{OURS}; spf=pass", "other.example; x=y", f"{OURS}; dmarc=fail"), ""),
        ((), ""),
    ],
)  # fmt: skip
def test_only_our_servers_topmost_results_count(fields: tuple[str, ...], doubt: str) -> None:
    assert found(*fields) == doubt


def test_nothing_counts_where_no_server_is_named() -> None:
    assert found(f"{OURS}; dmarc=fail", trusted=None) == ""


@given(st.lists(st.text(' ;="()mx.practice.example dmarc=fail', max_size=120), max_size=4))
def test_no_value_raises(values: list[str]) -> None:
    assert found(*values) in ("", "dmarc=fail", "spf=fail", "spf=hardfail")
