"""What the reasons that mail systems give mean, in plain words.

Permanent is what no waiting mends: the mailbox or its domain is not there. A full, suspended or filtering mailbox, a
refusal of the sender and everything on the way there may be different next week, whatever digit the code begins with.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Reason:
    """Why a message came back, in plain words, and whether the address is dead."""

    plain: str
    permanent: bool


@dataclass(frozen=True)
class Failure:
    """What a report says about the addresses it names."""

    recipients: tuple[str, ...]
    status: str | None  # "5.1.1"
    reason: Reason
    delivered: bool  # it reports a delivery and no failure
    evidence: str
    delayed: bool = False  # a warning: the mail system is still trying


_NO_MAILBOX = Reason("no such mailbox", True)
_FILTERED = Reason("the recipient's filter turned it away", False)
_BLOCKED = Reason("their server turns away ours", False)
_SPAM = Reason("looks like spam to them", False)
_AUTH = Reason("our mail did not pass their check of the sender", False)
_SENDER = Reason("they do not take mail from this sender", False)
_FULL = Reason("mailbox full", False)
_SUSPENDED = Reason("mailbox disabled or suspended", False)
_MOVED = Reason("the person has moved from this address", True)
_NO_DOMAIN = Reason("domain does not exist", True)
_NO_MAIL = Reason("the domain takes no mail", True)
_POLICY = Reason("against their rules", False)
_GREYLISTED = Reason("their server lets new senders wait (greylisting)", False)
_NOT_NOW = Reason("their server does not take it for now", False)
_TOO_BIG = Reason("message too big", False)
_TOO_MANY = Reason("too many messages at a time", False)
_VIRUS = Reason("a virus scanner stopped it", False)
_CONTENT = Reason("they refuse what is in the message", False)
_NETWORK = Reason("their server could not be reached", False)
_EXPIRED = Reason("given up after many tries", False)
_DELAYED = Reason("not delivered yet, still trying", False)
_SYSTEM = Reason("a fault of the mail system", False)
_NO_RELAY = Reason("their server does not take mail for this address", False)
_MEMBERS = Reason("only members may write to this list", False)
_DONE = Reason("delivered", False)
UNKNOWN = Reason("not delivered; no reason that we know is given", False)

# The first that matches counts: who is refused comes before who is unknown, since refusals name other people's domains.
_WORDS: tuple[tuple[Reason, str], ...] = (
    (_NO_DOMAIN, r"account or domain may not exist"),
    (_GREYLISTED, r"\bgr[ea]y[- ]?list"),
    (_VIRUS, r"\bvirus|malware|infected|security policies - "),
    (_AUTH, r"dmarc|\bspf\b|dkim|unauthenticated|authentication (?:required|failed)|authrequired|"
            r"smtp authentication|"
            r"purported responsible"),
    (_BLOCKED, r"reverse dns|\bptr\b|rdns|fcrdns|dns ptr"),
    (_TOO_MANY, r"rate limit|too many (?:recipients|connections|messages|concurrent)|frequency limited|throttl|"
                r"unexpected volume|sent to too many|receiving e?mail (?:too|at a rate)"),
    (_SPAM, r"\bspam\b(?!\s+sent to)|\bube\b|unsolicited|bulk (?:e-?)?mail|content rejected, ube|\bofr_?506|"
            r"reputation"),
    (_FULL, r"exceeded storage allocation|mailbox (?:is |size )?(?:full|exceed|limit|quota)|mailbox exceeds|"
            r"(?:over|exceed\w*|shutoff|"
            r"storage|disk|mail|"
            r"user)[ -]?quota|quota (?:exceed|full|is full|violat)|quota ?exceeded|full mailbox|"
            r"mailbox for .{1,60} is full|"
            r"insufficient (?:disk|storage)|out of storage|boîte .{0,30}pleine|postfach (?:ist )?(?:voll|"
            r"überfüllt)|postfach[^\n]{0,30}\b(?:voll|überfüllt)|buz[oó]n[^\n]{0,40}lleno|casella[^\n]{0,20}piena|"
            r"mailboxfull|(?:postvak|mailbox)[^\n]{0,30}\bvol\b|caixa[^\n]{0,30}cheia|kvot[ae]n? (?:er |"
            r"är )?överskriden|"
            r"(?:メールボックス|受信箱|容量)[^\n]{0,20}(?:一杯|いっぱい|満|超)|邮箱(?:已满|空间不足)|容量(?:已满|"
            r"不足)|переполнен"),
    (_BLOCKED, r"blocked (?:using|by|for|ip)|\bblocklist|blacklist|\brbl\b|dnsbl|banned sending|"
               r"client host rejected|black ?list|"
               r"not accepting connections|use the smtp server of your isp|open relay|^\W*blocked\b|"
               r"blocked - see|"
               r"connections not accepted|access denied\.\.\.|error - blocked"),
    (_NO_RELAY, r"relay(?:ing)? (?:access )?(?:is )?(?:denied|not permitted|not allowed|prohibited)|"
                r"not configured to relay|"
                r"unable to relay|we do not relay"),
    (_MOVED, r"has moved|no longer (?:on server|works|with|available|valid|employed)|not our user|"
             r"user (?:has )?moved|"
             r"address(?:e)? (?:has )?changed"),
    (_SUSPENDED, r"(?:account|mailbox|user)[^.\n]{0,60}(?:is |has been |been )?(?:disabled|suspended|"
                 r"deactivated|discontinued|locked|blocked|on hold)|"
                 r"account is (?:blocked|bloque)|destinataire est bloque"),
    (_SENDER, r"sender (?:address )?(?:was |is )?(?:rejected|denied|refused)|domain of sender|"
              r"not authorized to send|restrictedtorecip|sender address|from: domain is invalid|"
              r"after mail from:[^\n]{0,200}[\s\S]{0,200}?does not exist|bad sender|invalid sender"),
    (_MEMBERS, r"groups\.google\.com/support|not (?:a )?member of this|only members|not a subscriber|"
               r"restricted to members"),
    (_NO_MAIL, r"no mx(?: record)? found|null ?mx|doesn't (?:receive|accept) (?:email|mail) according|"
               r"couldn't find a mail exchanger|no mx or a records?|no smtp service|"
               r"does not accept (?:any )?mail|system not accepting network|unexpected name server reply|"
               r"nullmx"),
    (_NETWORK, r"dns error(?!.{0,200}nxdomain)|dns query failed|host not found, try again|"
               r"name service error(?![^\n]{0,200}host not found)|"
               r"hop count|"
               r"mail(?:ing)? loop|routing loop|"
               r"too many hops|hop limit|loops back to (?:myself|me)|lost connection"),
    (_NO_DOMAIN, r"domain (?:name )?(?:does not|doesn't) exist|host (?:is )?unknown|unknown host|"
                 r"no such (?:domain|host)|host not found|"
                 r"couldn't find any host|invalid domain|domain (?:is )?(?:not (?:reachable|found|exist\w*)|"
                 r"invalid)|unrouteable|unroutable|"
                 r"host/domain does not|non-?existent hosts|host .{1,80} not found|bad destination system|"
                 r"account or domain may not exist|"
                 r"nxdomain|unknown domain|[a-z0-9]\.[a-z]{2,10} does not exist"),
    (_NO_MAILBOX, r"(?:user|recipient|mailbox|address|account|alias)(?: \S{1,80})? (?:is |was )?(?:unknown|"
                  r"not found|not known|not recognized|"
                  r"not listed|does not exist|doesn't exist|doesn['’]t have|invalid|unavailable|"
                  r"undeliverable|not exist)|"
                  r"(?:unknown|no such|invalid|non-?existent|bad|illegal|inactive) (?:or illegal |"
                  r"final )?(?:user|recipient|mailbox|address|"
                  r"account|alias|e-?mail|local|person|name)|no mailbox (?:here|by)|no such (?:user|person)|"
                  r"recip(?:ient)?notfound|"
                  r"not listed in|name is not recognized|user\(s\) .{0,40}unknown|user (?:account )?doesn|"
                  r"does not exist|"
                  r"not a valid (?:user|mailbox|recipient)|mailbox unavailable|destinataire invalide|"
                  r"unbekannt|addressee unknown|mailbox syntax|"
                  r"find the (?:recipient|address|user)|"
                  r"couldn['’]t be found|address rejected(?:\.|$|: access denied)|inactive email|"
                  r"recipient (?:rejected|unknown)|"
                  r"no (?:valid )?account|\b5\d\d <? ?@ ?>? rejected\b|unknown$|rcpttoaddress|answer=6596|nosuchuser|"
                  r"(?:account|address|mailbox)[^\n.]{0,20} (?:been )?closed|has left the|ungültig|inconnue?\b|"
                  r"n['’]existe pas|introuvable|existiert nicht|nicht (?:gefunden|vorhanden)|desconocid[oa]|"
                  r"no existe|sconosciut[oa]|inesistente|non esiste|onbekend|bestaat niet|desconhecid[oa]|"
                  r"não existe|inexistante|"
                  r"inexistente|okänd|finns inte|ukendt|ukjent|findes ikke|nie istnieje|nieznany|не существует|"
                  r"не найден|見つか|存在しま|宛先不明|不存在|未找到|없는 (?:사용자|주소)"),
    (_TOO_BIG, r"(?:message|mail|size)[^\n]{0,30}(?:(?<!queue )too (?:big|large|long)|exceed)|size limit|"
               r"maximum message size"),
    (_POLICY, r"policy|policies|header error|potentially|not rfc|5322|multiple \d{0,3}|presents a potential|"
              r"not allowed"),
    (_CONTENT, r"content (?:is )?rejected|headers too large|duplicate header|message content|"
               r"transaction failed: duplicate"),
    (_FILTERED, r"recipient preferences|refused due to|filter"),
    (_BLOCKED, r"access denied|service refused?|banned|not accept(?:ed|ing) (?:connection|mail from)"),
    (_NETWORK, r"connection (?:refused|timed|reset)|timed out|could ?n[o']t (?:connect|establish)|"
               r"establish an smtp connection|no route|"
               r"host (?:is )?(?:not reachable|unreachable)|unable to connect|network|"
               r"did not accept our requests|socket error"),
    (_EXPIRED, r"expired|retry timeout|too long|giving up|multiple retries|given up|"
               r"delivery failed \d+ attempts|for the last \d+|"
               r"could not be delivered for|has been delayed|not yet been delivered|will be retried|delay"),
    (_SYSTEM, r"system error|ldap|temporar|internal error|server error|service (?:currently )?unavailable|"
              r"couldn't create|failed to|"
              r"improper sequence|could not load"),
)  # fmt: skip
_COMPILED = tuple((reason, re.compile(words, re.IGNORECASE)) for reason, words in _WORDS)

# RFC 3463, where the words say nothing we know.
_CODES: dict[str, Reason] = {
    "1.1": _NO_MAILBOX, "1.2": _NO_DOMAIN, "1.3": _NO_MAILBOX, "1.6": _MOVED, "1.10": _NO_MAIL, "1.0": _NO_MAILBOX,
    "1.7": _SENDER, "1.8": _SENDER, "2.1": _SUSPENDED, "2.2": _FULL, "2.3": _TOO_BIG, "2.0": _FILTERED,
    "3.2": _SYSTEM, "3.4": _TOO_BIG, "3.1": _SYSTEM, "3.0": _SYSTEM, "4.1": _NETWORK, "4.2": _NETWORK, "4.3": _SYSTEM,
    "4.4": _NO_DOMAIN, "4.6": _NETWORK, "4.7": _EXPIRED, "4.0": _NETWORK, "5.3": _TOO_MANY, "6.0": _CONTENT,
    "7.1": _POLICY, "7.0": _POLICY, "7.26": _AUTH, "7.25": _BLOCKED, "7.9": _POLICY,
}  # fmt: skip
_SUBJECTS = {"7": _POLICY}  # of a status whose detail is a mail system's own: 5.7.129
_AFTER_DATA = re.compile(r">>> ?DATA|in reply to (?:end of )?DATA|after end of data|end of data", re.IGNORECASE)
_AT_RCPT = re.compile(r"RCPT[ _]TO\b", re.IGNORECASE)
_AGAIN = re.compile(r"unverified|verification|unavailable|temporar|busy|try again|try later|retry|later", re.IGNORECASE)
_OF_NOBODY = re.compile(r"(?<!\S): user unknown", re.IGNORECASE)  # a mobile carrier's filter names no address
_BARE_UNKNOWN = re.compile(r"user unknown|unknown user", re.IGNORECASE)


def reason_of(words: str, status: str, delayed: bool = False, notice: str = "") -> Reason:
    """What a diagnostic (or a whole notice) and its status mean; `notice` is what stands around the diagnostic."""
    if status.startswith("2"):
        return _DONE
    text = re.sub(r"https?://\S{1,300}", " ", " ".join(words[:8_000].split()))
    text = re.sub(r"[\w.+=-]{1,64}@[\w.-]{1,200}", " @ ", text)  # people call mailboxes anything
    text = re.sub(r"\d\.\d\.\d - [\w ]{3,40} (?=[45]\d\d[- ])", " ", text)  # IronPort's own class, before their words
    found = next((reason for reason, pattern in _COMPILED if pattern.search(text)), None)
    words_say = found
    by_code = _CODES.get(status.partition(".")[2]) or _SUBJECTS.get(status.partition(".")[2].partition(".")[0])
    bare = found is _NO_MAILBOX and not status.endswith("1.1") and _BARE_UNKNOWN.search(text)
    if bare and (_AFTER_DATA.search(f"{words[:8_000]} {notice[:8_000]}") or _OF_NOBODY.search(text)):
        return _FILTERED  # the mailbox was taken at RCPT, and "unknown" is what a filter says afterwards
    there = status.partition(".")[2] in ("2.1", "2.2")  # RFC 3463: such a mailbox exists
    if found is _NO_MAILBOX and by_code is _SENDER:
        found = _SENDER
    if found is _NO_MAILBOX and there and not _AT_RCPT.search(f"{words[:8_000]} {notice[:8_000]}"):
        found = by_code
    if found is None or (found in (_EXPIRED, _SYSTEM) and by_code in (_FULL, _SUSPENDED, _NO_DOMAIN, _NO_MAILBOX)):
        found = by_code or found
    if status.startswith("4"):
        found = _not_yet(found, text, told=found is words_say)
    if delayed and found in (None, _EXPIRED):
        return _DELAYED
    return found or UNKNOWN


def _not_yet(found: Reason | None, text: str, *, told: bool) -> Reason | None:
    """The reason under a status of class 4 (RFC 3463): it may yet arrive, whatever the DNS said or a busy server.

    `told`: in words. Only a mailbox that is said not to be there, and not for now, stays so: who gives up on it after
    days of that answer knows.
    """
    if found in (_NO_MAIL, _NO_DOMAIN):
        return _NETWORK
    if _AGAIN.search(text) and (found in (_NO_MAILBOX, _MOVED, _POLICY) or (not told and found in (_SUSPENDED, None))):
        return _NOT_NOW
    if found is _POLICY and not told:
        return _NOT_NOW
    return None if found in (_NO_MAILBOX, _MOVED) and not told else found
