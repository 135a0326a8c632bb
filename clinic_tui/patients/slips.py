"""One slip of the finger in an address: a letter too few, too many, another one, or two changed about. Pure.

The domains are those that patients have most, and the slips in them that mail to a practice bounces from: our own
table, for no library has one without a list that has to be downloaded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789.-_+"
_MOST_DOMAINS, _MOST_SAID = 10_000, 5
LONGEST = 64  # an address longer than this is compared with the record's own alone

PROVIDERS = frozenset(
    ("gmail.com", "googlemail.com", "hotmail.com", "hotmail.com.au", "hotmail.co.uk", "hotmail.fr", "hotmail.de",
     "hotmail.it", "hotmail.es", "outlook.com", "outlook.com.au", "outlook.co.uk", "outlook.fr", "outlook.de",
     "outlook.es", "yahoo.com", "yahoo.com.au", "yahoo.co.uk", "yahoo.co.nz", "yahoo.ca", "yahoo.de", "yahoo.fr",
     "yahoo.es", "yahoo.it", "ymail.com", "rocketmail.com", "icloud.com", "protonmail.com", "proton.me",
     "bigpond.com", "bigpond.net.au", "optusnet.com.au", "iinet.net.au", "internode.on.net", "dodo.com.au",
     "westnet.com.au", "tpg.com.au", "xtra.co.nz", "btinternet.com", "talktalk.net", "virginmedia.com",
     "comcast.net", "verizon.net", "sbcglobal.net", "bellsouth.net", "t-online.de", "freenet.de", "orange.fr",
     "wanadoo.fr", "laposte.net", "libero.it", "fastmail.com")
)  # fmt: skip
# Real ones that are a slip away from one of those, or too short to tell: nothing is said of them.
_REAL = frozenset(
    ("mail.com", "email.com", "live.com", "live.com.au", "msn.com", "me.com", "mac.com", "aol.com", "gmx.com",
     "gmx.de", "gmx.net", "gmx.at", "web.de", "hey.com", "pm.me", "tiscali.it", "yahoo.co.in", "yahoo.co.jp",
     "yahoo.com.br", "yahoo.com.mx", "outlook.it", "outlook.jp")
)  # fmt: skip
_SHORT = 5  # letters before the dot: in fewer, one slip makes another real domain
_WHOLE = {
    "gmail.com.au": "gmail.com", "gmail.co.uk": "gmail.com", "gmail.net": "gmail.com", "gmail.org": "gmail.com",
    "gmail.de": "gmail.com", "gmail.fr": "gmail.com", "hotmail.net": "hotmail.com", "icloud.co.uk": "icloud.com",
    "icloud.com.au": "icloud.com", "bigpond.com.au": "bigpond.com", "bigpond.net": "bigpond.net.au",
    "hotmale.com": "hotmail.com", "gmaul.con": "gmail.com", "outlook.net": "outlook.com", "yahoo.net": "yahoo.com",
}  # fmt: skip
# Endings that are no domain's.
_ENDINGS = {
    "con": "com", "cmo": "com", "ocm": "com", "vom": "com", "xom": "com", "cpm": "com", "clm": "com", "coom": "com",
    "comm": "com", "ccom": "com", "como": "com", "cim": "com", "nte": "net", "ner": "net", "nett": "net", "ogr": "org",
    "rog": "org", "orgg": "org", "con.au": "com.au", "cmo.au": "com.au", "com.uk": "co.uk", "comau": "com.au",
    "couk": "co.uk",
}  # fmt: skip


def domain_meant(address: str) -> str | None:
    """The (folded) address as it was probably meant, where its domain looks like a slip; None where it does not."""
    local, at, domain = address.rpartition("@")
    if not at or domain in PROVIDERS or domain in _REAL:
        return None
    meant = _WHOLE.get(domain) or _ended(domain)
    near = next((one for one in sorted(PROVIDERS) if _close(meant, one)), None)
    meant = near or meant
    return None if meant == domain else f"{local}@{meant}"


class Mistyped:
    """The domains, of many addresses, that look like a slip: each with what was meant, and how many have it."""

    def __init__(self, addresses: Iterable[str] = ()) -> None:
        self._meant: dict[str, str] = {}  # "" for a domain of which there is nothing to say
        self.number: Counter[str] = Counter()
        self.count(addresses)

    def count(self, addresses: Iterable[str]) -> None:
        """Look at more of them."""
        for address in addresses:
            domain = address.rpartition("@")[2].lower()
            if domain not in self._meant:
                if len(self._meant) >= _MOST_DOMAINS:
                    continue
                self._meant[domain] = (domain_meant(f"a@{domain}") or "").rpartition("@")[2]
            if self._meant[domain]:
                self.number[domain] += 1

    def sentences(self) -> list[str]:
        """One for each of the domains, the commonest first; of many, a last one says how many more there are."""
        said = [
            f"{number:,} address{'' if number == 1 else 'es'} at {domain}: is it {self._meant[domain]}?"
            for domain, number in self.number.most_common(_MOST_SAID)
        ]
        more = len(self.number) - len(said)
        return [*said, f"{more:,} more domains look mistyped."] if more > 0 else said


def _ended(domain: str) -> str:
    for dots in (2, 1):
        parts = domain.rsplit(".", dots)
        if len(parts) == dots + 1 and (right := _ENDINGS.get(".".join(parts[1:]))):
            return f"{parts[0]}.{right}"
    return domain


def _close(domain: str, provider: str) -> bool:
    if domain == provider or domain in PROVIDERS or domain in _REAL:
        return domain == provider
    return len(provider.partition(".")[0]) >= _SHORT and one_slip(domain, provider)


def one_slip(one: str, other: str) -> bool:
    """Whether the two differ by one slip, and only by that."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    start = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    left, right = one[start:], other[start:]
    if len(left) != len(right):
        return left[1:] == right or left == right[1:]
    return left[1:] == right[1:] or (left[1::-1] == right[:2] and left[2:] == right[2:])


def neighbours(local: str) -> Iterator[str]:
    """Every text one slip away from what is before the @, in ASCII: some 1,000 of 12 letters. One may come twice."""
    for at in range(len(local) + 1):
        start, rest = local[:at], local[at:]
        if rest:
            yield start + rest[1:]
        if len(rest) > 1:
            yield start + rest[1] + rest[0] + rest[2:]
        for letter in _LETTERS:
            if rest:
                yield start + letter + rest[1:]
            yield start + letter + rest
