"""What the DNS says of the sender's domain: where its mail goes (MX), who may send for it (SPF), what is wanted of the
rest (DMARC). Records are read; nothing is sent, and no sender is judged by them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from clinic_tui.errors import ClinicError
from clinic_tui.text import clean

if TYPE_CHECKING:
    from dns.resolver import Resolver

DNS_SECONDS = 3.0
MOST_LOOKUPS = 10  # RFC 7208, section 4.6.4
_DEEPEST = 20  # SPF records read for one domain
# Names that no public DNS knows (RFC 6761, RFC 2606).
_RESERVED = ("localhost", "test", "example", "invalid", "local", "internal")
_LOOKED_UP = re.compile(r"[+?~-]?(include|a|mx|ptr|exists)(?=[:/]|$)[:]?([^/]*)", re.IGNORECASE)


class Domain:
    """One domain, asked of one resolver. Each method says in a sentence what is in order; else raises ClinicError."""

    def __init__(self, name: str, resolver: Resolver | None = None) -> None:
        self.name = name
        if resolver is None:
            import dns.resolver

            resolver = dns.resolver.Resolver()
            resolver.lifetime = DNS_SECONDS
        self._resolver = resolver

    @property
    def is_public(self) -> bool:
        """Whether any DNS can know it."""
        name = self.name
        return "." in name and not name.startswith("[") and name.rpartition(".")[2] not in _RESERVED

    def mx(self) -> str:
        """Where mail for it goes."""
        found = self._ask(self.name, "MX")
        hosts = sorted(str(row.exchange).rstrip(".") for row in found or ())
        if not hosts:
            raise ClinicError(
                f"{self.name} names no mail server (MX): replies and bounces may not come back.",
                "Check from under [smtp].",
            )
        if hosts == [""]:
            raise ClinicError(f"{self.name} takes no mail at all (null MX).", "Check from under [smtp].")
        return f"Mail for {self.name} goes to {', '.join(hosts)}."

    def spf(self) -> str:
        """Who may send for it (RFC 7208)."""
        records = self._spf_of(self.name)
        if not records:
            raise ClinicError(
                f"{self.name} has no SPF record: many servers will call its mail junk, or refuse it.",
                "Your mail provider says which TXT record to make; it begins with v=spf1.",
            )
        if len(records) > 1:
            raise ClinicError(f"{self.name} has {len(records)} SPF records, which counts as none.", "Make one of them.")
        terms = records[0].lower().split()[1:]
        if "+all" in terms or "all" in terms:
            raise ClinicError(
                f"The SPF record of {self.name} lets the whole world send for it (+all).", "End it with ~all or -all."
            )
        lookups = self._lookups(records[0], {self.name})
        if lookups > MOST_LOOKUPS:
            raise ClinicError(
                f"The SPF record of {self.name} wants more than {MOST_LOOKUPS} look-ups, which counts as an error.",
                "Take includes out of it that nobody sends by any more.",
            )
        end = next((term for term in terms if term.endswith("all") or term.startswith("redirect=")), "no all")
        return f"{self.name} has one SPF record, {lookups} of {MOST_LOOKUPS} look-ups; it ends with {clean(end, 60)}."

    def dmarc(self) -> str:
        """What is wanted of mail that fails (RFC 7489): its own record, or one of a domain above."""
        name = self.name
        while "." in name:
            records = [text for text in self._texts(f"_dmarc.{name}") if re.match(r"v\s*=\s*DMARC1\s*(;|$)", text)]
            if len(records) > 1:
                raise ClinicError(f"_dmarc.{name} has {len(records)} records, which counts as none.", "Make one.")
            if records:
                return self._policy(name, records[0])
            name = name.partition(".")[2]
        raise ClinicError(
            f"{self.name} has no DMARC record: large providers want one of whoever sends much.",
            f"Make the TXT record _dmarc.{self.name}: v=DMARC1; p=none.",
        )

    def _policy(self, name: str, record: str) -> str:
        tags = dict(re.findall(r"(\w+)\s*=\s*([^;\s]+)", record.lower()))
        wanted = tags.get("p") if name == self.name else tags.get("sp", tags.get("p"))
        if wanted not in ("none", "quarantine", "reject"):
            raise ClinicError(
                f"The DMARC record of {name} has no policy that is known (p).", "It is p=none, quarantine or reject."
            )
        above = "" if name == self.name else f", by {name}"
        return f"{self.name} has a DMARC policy{above}: {wanted}."

    def _lookups(self, record: str, seen: set[str]) -> int:
        """How many look-ups a server needs for this record, those of included ones too."""
        number = 0
        for kind, name in _wanting(record):
            number += 1
            if number > MOST_LOOKUPS:
                break
            if kind in ("include", "redirect") and name not in seen and "%" not in name and len(seen) < _DEEPEST:
                seen.add(name)
                number += sum(self._lookups(text, seen) for text in self._spf_of(name)[:1])
        return number

    def _spf_of(self, name: str) -> list[str]:
        return [text for text in self._texts(name) if re.match(r"v=spf1(\s|$)", text, re.IGNORECASE)]

    def _texts(self, name: str) -> list[str]:
        found = self._ask(name, "TXT")
        return [clean(b"".join(row.strings).decode("ascii", "replace"), 4_000) for row in found or ()]

    def _ask(self, name: str, kind: str) -> list[Any] | None:
        import dns.exception
        import dns.resolver

        try:
            return list(self._resolver.resolve(name, kind))
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return None
        except (dns.exception.DNSException, OSError, UnicodeError) as error:
            raise ClinicError(
                f"DNS did not say within {DNS_SECONDS:g} seconds what {clean(name, 100)} has ({kind}).",
                "Try again later.",
            ) from error


def _wanting(record: str) -> Iterator[tuple[str, str]]:
    """The terms of an SPF record that want a look-up, and the names in them."""
    for term in record.lower().split()[1:]:
        if term.startswith("redirect="):
            yield "redirect", term.partition("=")[2]
        elif found := _LOOKED_UP.match(term):
            yield found[1], found[2]
