# ruff: noqa: E501 (the lines of mail are as long as they are)
"""Notices as mail systems write them, from the standards and from how those systems are known to speak.

Each is whole: head, words, and where the system makes them the fields of RFC 3464 and what it returns. `EXPECTED` has
what each must be read as: kind, who failed, and whether for good (None: no bounce).
"""

from __future__ import annotations

import base64
from typing import NamedTuple

TOKEN = "abcdefghijklmnopqrstuvwxy2"
REF = f"<0123456789abcdef.{TOKEN}@practice.example>"


class Notice(NamedTuple):
    """A mail, and what it is."""

    name: str
    raw: bytes
    kind: str
    recipients: tuple[str, ...]
    permanent: bool | None


ORIGINAL = f"""\
Received: from practice.example by mx.example.org with ESMTPS; Mon, 1 Jun 2026 10:00:00 +0000
Message-ID: {REF}
From: Harbour Street Practice <desk@practice.example>
Reply-To: desk+{TOKEN}@practice.example
To: {{to}}
Subject: An invitation to our patient portal

Press Reply, type

ACCEPT

and send. Or reply NO, STOP or NOT ME.
"""
DAEMON = "Mail Delivery System <MAILER-DAEMON@mx.example.org>"


def plain(
    sender: str, subject: str, words: str, *, head: str = "Return-Path: <>\n", to: str = "ada@mail.example"
) -> bytes:
    """A notice in words alone. `{original}` in them is the message that came back."""
    body = words.replace("{original}", ORIGINAL.format(to=to))
    fields = f"From: {sender}\nTo: desk+{TOKEN}@practice.example\nSubject: {subject}\n{head}"
    return f"{fields}MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n{body}".encode()


def report(
    words: str, fields: str, *, sender: str = DAEMON, subject: str = "Undelivered Mail Returned to Sender",
    head: str = "Return-Path: <>\nAuto-Submitted: auto-replied\n", to: str = "ada@mail.example", html: bool = False,
    returned: str = "message/rfc822", mta: str = "Reporting-MTA: dns; mx.example.org\n",
) -> bytes:  # fmt: skip
    """A report of RFC 3464."""
    kind = "html" if html else "plain"
    return (
        f"From: {sender}\nTo: desk+{TOKEN}@practice.example\nSubject: {subject}\n{head}MIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="=_b"\n\n'
        f"--=_b\nContent-Type: text/{kind}; charset=utf-8\n\n{words}\n"
        f"--=_b\nContent-Type: message/delivery-status\n\n{mta}\n{fields}\n"
        f"--=_b\nContent-Type: {returned}\n\n{ORIGINAL.format(to=to)}\n--=_b--\n"
    ).encode()


def group(to: str, status: str, said: str = "", action: str = "failed") -> str:
    """One recipient's fields."""
    diagnostic = f"Diagnostic-Code: smtp; {said}\n" if said else ""
    return f"Final-Recipient: rfc822; {to}\nAction: {action}\nStatus: {status}\n{diagnostic}"


ADA, BOB = "ada@mail.example", "bob@other.example"
POSTFIX = """\
This is the mail system at host mx.example.org.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients. It's attached below.

For further assistance, please send mail to postmaster.

                   The mail system

"""


def _fields(name: str, status: str, said: str, permanent: bool) -> Notice:
    words = f"{POSTFIX}<{ADA}>: host mx.mail.example[192.0.2.1] said: {said}\n    (in reply to RCPT TO command)\n"
    return Notice(name, report(words, group(ADA, status, said)), "bounce", (ADA,), permanent)


# What servers answer, and whether that is the end of the address.
REFUSALS = [
    _fields("gmail: no such user", "5.1.1",
            "550-5.1.1 The email account that you tried to reach does not exist. Please try "
            "550-5.1.1 double-checking the recipient's email address for typos or unnecessary spaces. "
            "550 5.1.1 https://support.google.com/mail/?p=NoSuchUser d2si123 - gsmtp", True),
    _fields("gmail: inactive", "5.2.1",
            "550-5.2.1 The email account that you tried to reach is inactive. "
            "550 5.2.1 https://support.google.com/mail/?p=DisabledUser x - gsmtp", False),
    _fields("gmail: over quota", "5.2.2",
            "552-5.2.2 The recipient's inbox is out of storage space. Please direct the recipient to "
            "552 5.2.2 https://support.google.com/mail/?p=OverQuotaPerm x - gsmtp", False),
    _fields("gmail: receiving too much", "4.2.1",
            "450-4.2.1 The user you are trying to contact is receiving mail too quickly. Please resend", False),
    _fields("gmail: likely unsolicited", "5.7.1",
            "550-5.7.1 [192.0.2.9] Our system has detected that this message is likely unsolicited mail.", False),
    _fields("gmail: unauthenticated", "5.7.26",
            "550-5.7.26 This mail has been blocked because the sender is unauthenticated. SPF = did not pass", False),
    _fields("outlook: mailbox unavailable", "5.5.0",
            "550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302). [x.prod.protection.outlook.com]",
            True),
    _fields("outlook: recipient not found", "5.1.10",
            "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient ada@mail.example not found by SMTP address lookup",
            True),
    _fields("outlook: address rejected", "5.4.1",
            "550 5.4.1 Recipient address rejected: Access denied. AS(201806281) [x.eop-EUR05.prod.outlook.com]", True),
    _fields("outlook: blocked list", "5.7.1",
            "550 5.7.1 Unfortunately, messages from [192.0.2.9] weren't sent. Please contact your Internet service "
            "provider since part of their network is on our block list (S3140).", False),
    _fields("outlook: access denied, banned", "5.7.606",
            "550 5.7.606 Access denied, banned sending IP [192.0.2.9]", False),
    _fields("outlook: storage", "5.2.2", "554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException",
            False),
    _fields("yahoo: no such user", "5.0.0",
            "554 delivery error: dd This user doesn't have a yahoo.com account (ada@mail.example) [0] - mta1", True),
    _fields("yahoo: disabled", "5.0.0",
            "554 delivery error: dd Sorry, your message to ada@mail.example cannot be delivered. This mailbox is "
            "disabled (554.30). - mta4", False),
    _fields("yahoo: over quota", "5.0.0",
            "552 1 Requested mail action aborted, mailbox not found; dd ada@mail.example: over quota", False),
    _fields("yahoo: complaints", "4.7.0",
            "421 4.7.0 [TSS04] Messages from 192.0.2.9 temporarily deferred due to unexpected volume or user "
            "complaints", False),
    _fields("icloud: no such user", "5.1.1", "550 5.1.1 unknown or illegal alias: ada@mail.example", True),
    _fields("icloud: full", "5.2.2", "552 5.2.2 <ada@mail.example>: user is over quota", False),
    _fields("gmx: no such user", "5.0.0",
            "550 Requested action not taken: mailbox unavailable. For explanation visit https://postmaster.gmx.net",
            True),
    _fields("t-online: no such user", "5.0.0", "550 user unknown", True),
    _fields("orange: invalid", "5.1.1", "550 5.1.1 Adresse d au moins un destinataire invalide. Invalid recipient. "
            "OFR_416 [416]", True),
    _fields("orange: spam", "5.7.1", "550 5.7.1 Mail refuse. Mail rejected. OFR_506 [506]", False),
    _fields("laposte: full", "5.2.2", "552 5.2.2 Boite aux lettres pleine. Mailbox full. LPN007_404", False),
    _fields("free: no such user", "5.1.1", "550 5.1.1 <ada@mail.example>: Recipient address rejected: "
            "User unknown in virtual mailbox table", True),
    _fields("postfix: relay denied", "5.7.1", "554 5.7.1 <ada@mail.example>: Relay access denied", False),
    _fields("postfix: greylisted too long", "4.2.0",
            "450 4.2.0 <ada@mail.example>: Recipient address rejected: Greylisted, see https://postgrey.example",
            False),
    _fields("exim: unrouteable", "5.0.0", "550 Unrouteable address", True),
    _fields("exim: no such user", "5.0.0", "550 No Such User Here", True),
    _fields("exim: sender verify", "5.0.0", "550 Sender verify failed", False),
    _fields("proofpoint: no such user", "5.1.1", "550 5.1.1 User Unknown", True),
    _fields("proofpoint: blocked", "5.7.0", "554 5.7.0 Blocked - see https://ipcheck.proofpoint.com/?ip=192.0.2.9",
            False),
    _fields("mimecast: rejected", "5.0.0",
            "550 Invalid Recipient - https://community.mimecast.com/docs/DOC-1369#550 [x.gb1]", True),
    _fields("mimecast: policy", "5.0.0", "550 Administrative prohibition - envelope blocked - https://mimecast", False),
    _fields("barracuda: blocked", "5.0.0", "550 permanent failure for one or more recipients (ada@mail.example:blocked)",
            False),
    _fields("amavis: spam", "5.7.0", "554 5.7.0 Reject, id=00000-00 - SPAM", False),
    _fields("amavis: virus", "5.7.0", "554 5.7.0 Reject, id=00000-00 - INFECTED: Eicar", False),
    _fields("kopano: suspended", "5.2.1", "550 5.2.1 The account is suspended", False),
    _fields("zimbra: quota", "5.2.2", "552 5.2.2 Over quota", False),
    _fields("zimbra: lmtp no such user", "5.1.1", "550 5.1.1 No such user here", True),
    _fields("dovecot lmtp: unknown", "5.1.1", "550 5.1.1 <ada@mail.example> User doesn't exist: ada@mail.example", True),
    _fields("dovecot lmtp: quota", "5.2.2", "552 5.2.2 <ada@mail.example> Quota exceeded (mailbox for user is full)",
            False),
    _fields("null mx", "5.1.10", "556 5.1.10 Recipient address has null MX", True),
    _fields("nullmx by postfix", "5.1.0", "Domain mail.example does not accept mail (nullMX)", True),
    _fields("moved", "5.1.6", "551 5.1.6 User has moved; please try <ada@new.example>", True),
    _fields("no longer employed", "5.1.1", "550 5.1.1 The person you are writing to no longer works here", True),
    _fields("host unknown", "5.1.2", "550 5.1.2 Host unknown (Name server: mail.example: host not found)", True),
    _fields("name service", "5.4.4", "Host or domain name not found. Name service error for name=mail.example "
            "type=AAAA: Host not found", True),
    _fields("name service, try again", "4.4.3", "Host or domain name not found. Name service error for "
            "name=mail.example type=MX: Host not found, try again", False),
    _fields("timed out", "4.4.1", "connect to mx.mail.example[192.0.2.1]:25: Connection timed out", False),
    _fields("expired", "5.4.7", "delivery time expired", False),
    _fields("throttled", "4.7.1", "451 4.7.1 Greylisting in action, please come back later", False),
    _fields("too big", "5.3.4", "552 5.3.4 Message size exceeds fixed limit", False),
    _fields("5.2.1 alone", "5.2.1", "", False),
    _fields("5.2.2 alone", "5.2.2", "", False),
    _fields("5.1.1 alone", "5.1.1", "", True),
    _fields("5.1.2 alone", "5.1.2", "", True),
    _fields("5.4.4 alone", "5.4.4", "", True),
    _fields("5.4.7 alone", "5.4.7", "", False),
    _fields("5.7.1 alone", "5.7.1", "", False),
    _fields("5.0.0 alone", "5.0.0", "", False),
    _fields("4.4.7 alone", "4.4.7", "", False),
    _fields("sender's domain unknown", "5.1.8", "553 5.1.8 <desk@practice.example>... Domain of sender address "
            "desk@practice.example does not exist", False),
    _fields("ldap lookup fault", "4.3.0", "451 4.3.0 <ada@mail.example>: Temporary lookup failure", False),
    _fields("mailbox busy", "4.2.0", "450 4.2.0 mailbox busy, try again", False),
    _fields("docomo", "5.0.0", "550 Unknown user ada@docomo.ne.jp", True),
    _fields("au: filtered after data", "5.0.0", "550 : User unknown (in reply to end of DATA command)", False),
    _fields("softbank", "5.1.1", "550 Invalid recipient: <ada@mail.example>", True),
    _fields("tencent: no such user", "5.0.0", "550 Mailbox not found. http://service.mail.qq.com/cgi-bin/help", True),
    _fields("tencent: too often", "5.0.0", "550 Ip frequency limited. http://service.mail.qq.com/cgi-bin/help", False),
    _fields("163: no such user", "5.0.0", "550 User not found: ada@mail.example", True),
    _fields("mail.ru: no such user", "5.0.0", "550 Message was not accepted -- invalid mailbox. Local mailbox "
            "ada@mail.example is unavailable: user not found", True),
    _fields("mail.ru: full", "5.0.0", "552 Message was not accepted -- Local mailbox ada@mail.example is full: "
            "quota exceeded", False),
    _fields("yandex: no such user", "5.7.1", "550 5.7.1 No such user!", True),
    _fields("comcast: not found", "5.1.1", "550 5.1.1 Not our Customer", True),
    _fields("bigpond: full", "5.2.2", "552 5.2.2 user has exceeded quota, message rejected", False),
    _fields("german: unknown", "5.1.1", "550 5.1.1 Empfänger unbekannt", True),
    _fields("german: full", "5.2.2", "552 5.2.2 Postfach voll", False),
    _fields("spanish: unknown", "5.1.1", "550 5.1.1 El usuario no existe", True),
    _fields("deactivated", "5.0.0", "550 This account has been deactivated", False),
    _fields("address no longer valid", "5.0.0", "550 Email address is no longer valid", True),
    _fields("mailbox temporarily disabled", "4.2.1", "450 4.2.1 Mailbox temporarily disabled", False),
    _fields("account expired", "5.0.0", "550 Account expired", False),
    _fields("recipient unknown in ldap", "5.1.1", "550 5.1.1 <ada@mail.example>: Recipient address rejected: "
            "undeliverable address: host lmtp[192.0.2.3] said: 550 5.1.1 User doesn't exist", True),
    _fields("verification in progress", "4.1.1", "450 4.1.1 <ada@mail.example>: Recipient address rejected: unverified "
            "address: Address verification in progress", False),
]  # fmt: skip

NOTICES = [
    Notice("qmail: several", plain(
        "MAILER-DAEMON@mx.example.org", "failure notice",
        "Hi. This is the qmail-send program at mx.example.org.\nI'm afraid I wasn't able to deliver your message to the "
        "following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n"
        f"<{ADA}>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n<{BOB}>:\n192.0.2.1 does not like recipient.\n"
        "Remote host said: 550 5.1.1 unknown user\nGiving up on 192.0.2.1.\n\n"
        "--- Below this line is a copy of the message.\n\n{original}"), "bounce", (ADA, BOB), True),
    Notice("qmail: could not find host", plain(
        "MAILER-DAEMON@mx.example.org", "failure notice",
        "Hi. This is the qmail-send program at mx.example.org.\nI'm afraid I wasn't able to deliver your message to the "
        "following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n"
        f"<{ADA}>:\nSorry, I couldn't find any host named mail.example. (#5.1.2)\n\n"
        "--- Below this line is a copy of the message.\n\n{original}"), "bounce", (ADA,), True),
    Notice("qmail: in the queue too long", plain(
        "MAILER-DAEMON@mx.example.org", "failure notice",
        "Hi. This is the qmail-send program at mx.example.org.\nI'm afraid I wasn't able to deliver your message to the "
        "following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n"
        f"<{ADA}>:\nCNAME lookup failed temporarily. (#4.4.3)\nI'm not going to try again; this message has been in "
        "the queue too long.\n\n--- Below this line is a copy of the message.\n\n{original}"),
        "bounce", (ADA,), False),
    Notice("exim: unknown", plain(
        "Mail Delivery System <Mailer-Daemon@mx.example.org>", "Mail delivery failed: returning message to sender",
        "This message was created automatically by mail delivery software.\n\nA message that you sent could not be "
        "delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n"
        f"  {ADA}\n    host mx.mail.example [192.0.2.1]\n    SMTP error from remote mail server after RCPT TO:<{ADA}>:\n"
        "    550 5.1.1 User unknown\n\n------ This is a copy of the message, including all the headers. ------\n\n"
        "{original}", head=f"X-Failed-Recipients: {ADA}\nAuto-Submitted: auto-replied\n"), "bounce", (ADA,), True),
    Notice("exim: retry timeout", plain(
        "Mail Delivery System <Mailer-Daemon@mx.example.org>", "Mail delivery failed: returning message to sender",
        "This message was created automatically by mail delivery software.\n\nA message that you sent could not be "
        "delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n"
        f"  {ADA}\n    host mx.mail.example [192.0.2.1]: Connection timed out: retry timeout exceeded\n\n"
        "------ This is a copy of the message, including all the headers. ------\n\n{original}",
        head=f"X-Failed-Recipients: {ADA}\n"), "bounce", (ADA,), False),
    Notice("exim: delay warning", plain(
        "Mail Delivery System <Mailer-Daemon@mx.example.org>", "Warning: message 1abcde-000000-00 delayed 24 hours",
        "This message was created automatically by mail delivery software.\nA message that you sent has not yet been "
        "delivered to one or more of its\nrecipients after more than 24 hours on the queue on mx.example.org.\n\n"
        f"The message identifier is:     1abcde-000000-00\nThe subject of the message is: An invitation\n\nThe address to "
        f"which the message has not yet been delivered is:\n\n  {ADA}\n    host mx.mail.example [192.0.2.1]\n"
        "    Delay reason: Connection refused\n\nNo action is required on your part. Delivery attempts will continue "
        "for\nsome time, and this warning may be repeated at intervals if the message\nremains undelivered.\n",
        head="Auto-Submitted: auto-replied\n"), "bounce", (ADA,), False),
    Notice("sendmail: unknown", report(
        "The original message was received at Mon, 1 Jun 2026 10:00:00 GMT\nfrom practice.example [192.0.2.9]\n\n"
        f"   ----- The following addresses had permanent fatal errors -----\n<{ADA}>\n    (reason: 550 5.1.1 <{ADA}>... "
        "User unknown)\n\n   ----- Transcript of session follows -----\n... while talking to mx.mail.example.:\n"
        f">>> DATA\n<<< 550 5.1.1 <{ADA}>... User unknown\n550 5.1.1 <{ADA}>... User unknown\n"
        "<<< 503 5.0.0 Need RCPT (recipient)\n",
        f"Final-Recipient: RFC822; {ADA}\nAction: failed\nStatus: 5.1.1\nRemote-MTA: DNS; mx.mail.example\n"
        f"Diagnostic-Code: SMTP; 550 5.1.1 <{ADA}>... User unknown\n",
        sender="Mail Delivery Subsystem <MAILER-DAEMON@mx.example.org>",
        subject="Returned mail: see transcript for details"), "bounce", (ADA,), True),
    Notice("sendmail: warning", report(
        "    **********************************************\n    **      THIS IS A WARNING MESSAGE ONLY      **\n"
        "    **  YOU DO NOT NEED TO RESEND YOUR MESSAGE  **\n"
        "    **********************************************\n\nThe original message was received at x\n\n"
        f"   ----- Transcript of session follows -----\n<{ADA}>... Deferred: Connection timed out with mx.mail.example.\n"
        "Warning: message still undelivered after 4 hours\nWill keep trying until message is 5 days old\n",
        group(ADA, "4.4.1", action="delayed"), subject="Warning: could not send message for past 4 hours"),
        "bounce", (ADA,), False),
    Notice("postfix: delayed", report(
        POSTFIX.replace("could not", "has not yet"), group(ADA, "4.4.1", "connect: Connection timed out", "delayed"),
        subject="Delayed Mail (still being retried)"), "bounce", (ADA,), False),
    Notice("postfix: relayed", report(
        "This is the mail system at host mx.example.org.\n\nYour message was successfully delivered to the\n"
        f"destination(s) listed below.\n\n<{ADA}>: delivery via mx.mail.example: 250 2.0.0 OK\n",
        group(ADA, "2.0.0", "250 2.0.0 OK", "relayed"), subject="Successful Mail Delivery Report"),
        "delivered", (ADA,), None),
    Notice("expanded", report(
        "Your message was forwarded to the members of a list.\n", group(ADA, "2.0.0", action="expanded"),
        subject="Delivery Status Notification (Success)"), "delivered", (ADA,), None),
    Notice("postfix: two failed, one delivered", report(
        POSTFIX, f"{group(ADA, '5.1.1', '550 5.1.1 User unknown')}\n{group('ok@mail.example', '2.0.0', action='delivered')}"
        f"\n{group(BOB, '5.1.1', '550 5.1.1 no such user')}"), "bounce", (ADA, BOB), True),
    Notice("exchange online: not found", report(
        f"Delivery has failed to these recipients or groups:\n\nAda ({ADA})<mailto:{ADA}>\nThe email address you entered "
        "couldn't be found. Please check the recipient's email address and try to resend the message.\n\n"
        "Diagnostic information for administrators:\n\nGenerating server: AB1PR01MB1234.eurprd01.prod.outlook.com\n\n"
        f"{ADA}\nRemote server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address "
        "lookup'\n\nOriginal message headers:\n",
        f"Final-Recipient: rfc822;{ADA}\nAction: failed\nStatus: 5.1.10\nDiagnostic-Code: smtp;550 5.1.10 "
        "RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup\nX-Display-Name: Ada\n",
        sender='"Microsoft Outlook" <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@practice.example>',
        subject="Undeliverable: An invitation to our patient portal", mta="Reporting-MTA: dns;AB1PR01.outlook.com\n"),
        "bounce", (ADA,), True),
    Notice("exchange on site: quota", report(
        f"Delivery has failed to these recipients or groups:\n\n{ADA}<mailto:{ADA}>\nThe recipient's mailbox is full and "
        "can't accept messages now. Please try resending your message later, or contact the recipient directly.\n",
        f"Final-Recipient: rfc822;{ADA}\nAction: failed\nStatus: 5.2.2\nDiagnostic-Code: smtp;554 5.2.2 mailbox full; "
        "554 5.2.2 STOREDRV.Deliver.Exception:QuotaExceededException.MapiExceptionShutoffQuotaExceeded\n",
        sender="postmaster@mail.example", subject="Undeliverable: An invitation"), "bounce", (ADA,), False),
    Notice("exchange: german, words alone", plain(
        "postmaster@mail.example", "Unzustellbar: Eine Einladung",
        f"Fehler bei der Nachrichtenzustellung an folgende Empfänger oder Gruppen:\n\nAda ({ADA})\nDie eingegebene "
        "E-Mail-Adresse konnte nicht gefunden werden. Überprüfen Sie die E-Mail-Adresse des Empfängers.\n\n"
        "Diagnoseinformationen für Administratoren:\n\nGenerierender Server: mail.example\n\n"
        f"{ADA}\nRemote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound'\n"), "bounce", (ADA,), True),
    Notice("exchange: french, words alone", plain(
        "postmaster@mail.example", "Non remis : Une invitation",
        f"Échec de la remise pour ces destinataires ou groupes :\n\nAda ({ADA})\nL’adresse de messagerie que vous avez "
        "entrée est introuvable.\n\nInformations de diagnostic pour les administrateurs :\n\n"
        f"{ADA}\n#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##\n"), "bounce", (ADA,), True),
    Notice("exchange: spanish, words alone", plain(
        "postmaster@mail.example", "No se puede entregar: Una invitación",
        f"No se pudo entregar el mensaje a estos destinatarios o grupos:\n\nAda ({ADA})\nEl buzón del destinatario está "
        "lleno y no puede aceptar mensajes en este momento.\n\nInformación de diagnóstico para administradores:\n"
        f"\n{ADA}\n#554 5.2.2 mailbox full ##\n"), "bounce", (ADA,), False),
    Notice("exchange: delayed", report(
        f"Delivery is delayed to these recipients or groups:\n\n{ADA}\n\nThis message hasn't been delivered yet. Delivery "
        "will continue to be attempted.\n", group(ADA, "4.4.7", "400 4.4.7 Message delayed", "delayed"),
        sender="postmaster@practice.example", subject="Delivery delayed: An invitation"), "bounce", (ADA,), False),
    Notice("exchange 2003", report(
        f"Your message did not reach some or all of the intended recipients.\n\n      Subject: An invitation\n      Sent: "
        "6/1/2026 10:00 AM\n\nThe following recipient(s) could not be reached:\n\n      "
        f"{ADA} on 6/1/2026 10:00 AM\n            The e-mail account does not exist at the organization this message was "
        f"sent to.\n            <mx.mail.example #5.1.1>\n", group(ADA, "5.1.1"),
        sender="System Administrator <postmaster@mail.example>", subject="Undeliverable: An invitation"),
        "bounce", (ADA,), True),
    Notice("gmail: address not found", report(
        f"** Address not found **\n\nYour message wasn't delivered to {ADA} because the address couldn't be found, or is "
        "unable to receive mail.\n\nLearn more here: https://support.google.com/mail/?p=NoSuchUser\n\nThe response was:"
        "\n\n550 5.1.1 The email account that you tried to reach does not exist.\n",
        group(ADA, "5.1.1", "550-5.1.1 The email account that you tried to reach does not exist."),
        sender="Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
        subject="Delivery Status Notification (Failure)", head=f"X-Failed-Recipients: {ADA}\n"
        "Auto-Submitted: auto-replied\n"), "bounce", (ADA,), True),
    Notice("gmail: delay", report(
        f"** Delivery incomplete **\n\nThere was a temporary problem delivering your message to {ADA}. Gmail will retry "
        "for 47 more hours. You'll be notified if the delivery fails permanently.\n\nThe response was:\n\nThe recipient "
        "server did not accept our requests to connect.\n", group(ADA, "4.4.1", "connection timed out", "delayed"),
        sender="Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
        subject="Delivery Status Notification (Delay)"), "bounce", (ADA,), False),
    Notice("gmail: old, words alone", plain(
        "Mail Delivery Subsystem <mailer-daemon@googlemail.com>", "Delivery Status Notification (Failure)",
        f"Delivery to the following recipient failed permanently:\n\n     {ADA}\n\nTechnical details of permanent failure: "
        "\nGoogle tried to deliver your message, but it was rejected by the server for the recipient domain mail.example."
        "\n\nThe error that the other server returned was:\n550 5.1.1 User unknown\n\n----- Original message -----\n\n"
        "{original}"), "bounce", (ADA,), True),
    Notice("yahoo: words alone", plain(
        "MAILER-DAEMON@yahoo.com", "Failure Notice",
        "Sorry, we were unable to deliver your message to the following address.\n\n"
        f"<{ADA}>:\n550: User unknown\n\n--- Below this line is a copy of the message.\n\n{{original}}"),
        "bounce", (ADA,), True),
    Notice("yahoo: no mx", plain(
        "MAILER-DAEMON@yahoo.com", "Failure Notice",
        "Sorry, we were unable to deliver your message to the following address.\n\n"
        f"<{ADA}>:\nNo MX or A records for mail.example\n\n--- Below this line is a copy of the message.\n\n{{original}}"),
        "bounce", (ADA,), True),
    Notice("amazon ses", report(
        f"An error occurred while trying to deliver the mail to the following recipients:\n{ADA}\n",
        f"Action: failed\nFinal-Recipient: rfc822; {ADA}\nDiagnostic-Code: smtp; 550 5.1.1 user unknown\n"
        "Status: 5.1.1\n", sender="MAILER-DAEMON@amazonses.com", subject="Delivery Status Notification (Failure)"),
        "bounce", (ADA,), True),
    Notice("amazon ses: notice by sns", plain(
        "AWS Notifications <no-reply@sns.amazonaws.com>", "AWS Notification Message",
        '{"notificationType":"Bounce","bounce":{"bounceType":"Permanent","bounceSubType":"General","bouncedRecipients":'
        f'[{{"emailAddress":"{ADA}","action":"failed","status":"5.1.1","diagnosticCode":"smtp; 550 5.1.1 user unknown"}}'
        ']},"mail":{"messageId":"x"}}\n', head=""), "bounce", (ADA,), True),
    Notice("amazon ses: transient by sns", plain(
        "AWS Notifications <no-reply@sns.amazonaws.com>", "AWS Notification Message",
        '{"notificationType":"Bounce","bounce":{"bounceType":"Transient","bounceSubType":"MailboxFull",'
        f'"bouncedRecipients":[{{"emailAddress":"{ADA}"}}]}},"mail":{{"messageId":"x"}}}}\n', head=""),
        "bounce", (ADA,), False),
    Notice("amazon ses: permanent without a code", plain(
        "AWS Notifications <no-reply@sns.amazonaws.com>", "AWS Notification Message",
        '{"notificationType":"Bounce","bounce":{"bounceType":"Permanent","bounceSubType":"NoEmail",'
        f'"bouncedRecipients":[{{"emailAddress":"{ADA}"}}]}},"mail":{{"messageId":"x"}}}}\n', head=""),
        "bounce", (ADA,), True),
    Notice("courier", report(
        f"This is a delivery status notification from mx.example.org,\nrunning the Courier mail server, version 0.75.\n\n"
        "The original message was received on Mon, 01 Jun 2026 10:00:00 +0000\n\n"
        "---------------------------------------------------------------------------\n\n"
        "                           UNDELIVERABLE MAIL\n\nYour message to the following recipients cannot be delivered:"
        f"\n\n<{ADA}>:\n    mx.mail.example [192.0.2.1]:\n <<< 550 User unknown.\n", group(ADA, "5.0.0", "550 User unknown."),
        sender='"Courier mail server at mx.example.org" <@>', subject="NOTICE: mail delivery status."),
        "bounce", (ADA,), True),
    Notice("domino", report(
        f"Your message\n\n  Subject: An invitation\n\nwas not delivered to:\n\n  {ADA}\n\nbecause:\n\n  User ada (ada@mail.example"
        ") not listed in Domino Directory\n", group(ADA, "5.1.1", "550 5.1.1 User not listed in Domino Directory"),
        sender="postmaster@mail.example", subject="DELIVERY FAILURE: User ada not listed in Domino Directory"),
        "bounce", (ADA,), True),
    Notice("domino: words alone", plain(
        "Postmaster <postmaster@mail.example>", "DELIVERY FAILURE: User ada (ada@mail.example) not listed in public "
        "Name & Address Book",
        f"Your message\n\n  Subject: An invitation\n\nwas not delivered to:\n\n  {ADA}\n\nbecause:\n\n  User ada (ada@mail."
        "example) not listed in public Name & Address Book\n"), "bounce", (ADA,), True),
    Notice("james", plain(
        "postmaster@mx.example.org", "Re: An invitation",
        "Hi. This is the James mail server at mx.example.org.\nI'm afraid I wasn't able to deliver your message to the "
        "following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.  Below\nI include the "
        f"list of recipients and the reason why I was unable to deliver\nyour message.\n\nFailed recipient(s):\n{ADA}\n\n"
        "Error message:\n550 5.1.1 unknown user\n\n"), "bounce", (ADA,), True),
    Notice("mailenable", plain(
        "Postmaster <postmaster@mx.example.org>", "Message Delivery Failure",
        f"Message Delivery Failure - ME-ERROR\n\nMailEnable: Message Delivery Failure.\n\nThe following recipient(s) could "
        f"not be reached:\n\nRecipient: [SMTP:{ADA}]\nReason: The message could not be delivered because the domain name "
        "does not exist.\n\nMessage headers follow:\n{original}"), "bounce", (ADA,), True),
    Notice("mdaemon", plain(
        "MDaemon at mx.example.org <MDaemon@mx.example.org>", "Permanent Delivery Failure",
        "The attached message had PERMANENT fatal delivery errors!\n\nAfter one or more unsuccessful delivery attempts the"
        " attached message has\nbeen removed from the mail queue on this server.\n\nFailed address: "
        f"{ADA}\n\n--- Session Transcript ---\n Mon 2026-06-01 10:00:00: <-- 550 5.1.1 Recipient unknown\n"
        "--- End Transcript ---\n"), "bounce", (ADA,), True),
    Notice("opensmtpd", report(
        "    Hi!\n\n    This is the MAILER-DAEMON, please DO NOT REPLY to this email.\n\n    An error has occurred while "
        f"attempting to deliver a message for\n    the following list of recipients:\n\n{ADA}: 550 5.1.1 No such user\n\n"
        "    Below is a copy of the original message:\n", group(ADA, "5.0.0"),
        subject="Delivery status notification: error"), "bounce", (ADA,), True),
    Notice("dragonfly", plain(
        "MAILER-DAEMON <>", "Mail delivery failed",
        "This is the DragonFly Mail Agent v0.13 at mx.example.org.\n\nThere was an error delivering your mail to "
        f"<{ADA}>.\n\nmx.mail.example [192.0.2.1] did not like our RCPT TO:\n550 5.1.1 user unknown\n\n"
        "Message headers follow\n\n{original}"), "bounce", (ADA,), True),
    Notice("zoho", plain(
        "mailer-daemon@mail.zoho.com", "Undelivered Mail Returned to Sender",
        f"This message was created automatically by mail delivery software.\nA message that you sent could not be delivered "
        f"to one or more of its recipients. This is a permanent error.\n\n{ADA} Invalid Address, ERROR_CODE :550, ERROR_CODE"
        " :550 5.1.1 User does not exist\n\n"), "bounce", (ADA,), True),
    Notice("hostgator-like html alone", (
        f"From: Mail Delivery System <mailer-daemon@mx.example.org>\nTo: desk@practice.example\nReturn-Path: <>\nSubject: "
        "Message undeliverable\nContent-Type: text/html; charset=utf-8\n\n<html><body><p>Your message could not be "
        f"delivered to the following recipient:</p><p><b>{ADA}</b></p><p>550 5.1.1 mailbox unavailable</p></body></html>"
    ).encode(), "bounce", (ADA,), True),
    Notice("japanese carrier", plain(
        "MAILER-DAEMON@docomo.ne.jp", "メール配信エラー",
        f"次のあて先へのメッセージはエラーのため送信できませんでした。\n\n{ADA}\n\n送信先メールアドレスが見つかりませんでした。\n"),
        "bounce", (ADA,), True),
    Notice("japanese: full", plain(
        "postmaster@mail.example", "配信不能通知",
        f"以下の宛先へのメールは配信できませんでした。\n\n{ADA}\n\n受信者のメールボックスの容量が一杯です。\n"), "bounce", (ADA,), False),
    Notice("german words", plain(
        "Mailer-Daemon@mail.example", "Ihre E-Mail konnte nicht zugestellt werden",
        f"Ihre Nachricht konnte nicht zugestellt werden.\n\nEmpfänger: {ADA}\nGrund: Das Postfach des Empfängers ist voll.\n"),
        "bounce", (ADA,), False),
    Notice("german: unknown", plain(
        "Mailer-Daemon@mail.example", "Unzustellbare E-Mail",
        f"Ihre Nachricht an <{ADA}> konnte nicht zugestellt werden: Benutzer unbekannt.\n"), "bounce", (ADA,), True),
    Notice("french: unknown", plain(
        "MAILER-DAEMON@mail.example", "Échec de la distribution",
        f"Votre message n'a pas pu être distribué à l'adresse suivante :\n\n{ADA}\n\nUtilisateur inconnu.\n"),
        "bounce", (ADA,), True),
    Notice("spanish: unknown", plain(
        "MAILER-DAEMON@mail.example", "Error de entrega",
        f"Su mensaje no pudo ser entregado a:\n\n{ADA}\n\nLa dirección de correo no existe.\n"), "bounce", (ADA,), True),
    Notice("italian: full", plain(
        "MAILER-DAEMON@mail.example", "Mancata consegna",
        f"Non è stato possibile consegnare il messaggio a:\n\n{ADA}\n\nLa casella è piena.\n"), "bounce", (ADA,), False),
    Notice("portuguese: unknown", plain(
        "MAILER-DAEMON@mail.example", "Não entregue: Convite",
        f"A sua mensagem não pôde ser entregue a:\n\n{ADA}\n\nUsuário desconhecido.\n"), "bounce", (ADA,), True),
    Notice("dutch: unknown", plain(
        "MAILER-DAEMON@mail.example", "Niet bezorgd",
        f"Uw bericht kon niet worden bezorgd aan:\n\n{ADA}\n\nGebruiker onbekend.\n"), "bounce", (ADA,), True),
    Notice("nothing returned, no fields", plain(
        "MAILER-DAEMON@mx.example.org", "Returned mail: User unknown", f"{ADA}\n550 User unknown\n"),
        "bounce", (ADA,), True),
    Notice("reported without a diagnostic", report(
        "Your message could not be delivered.\n", f"Final-Recipient: rfc822;{ADA}\nAction: failed\nStatus: 5.1.1\n"),
        "bounce", (ADA,), True),
    Notice("utf-8 addresses (RFC 6533)", report(
        "Could not be delivered.\n", "Final-Recipient: utf-8; ada@mail.example\nAction: failed\nStatus: 5.1.1\n",
        returned="message/global-headers"), "bounce", (ADA,), True),
    Notice("x.400 address type", report(
        "Could not be delivered.\n", f"Original-Recipient: rfc822;{ADA}\nFinal-Recipient: x400; /c=us/admd=x/\n"
        "Action: failed\nStatus: 5.1.1\n"), "bounce", (ADA,), True),
    Notice("forwarded on: a different final address", report(
        "Could not be delivered.\n", f"Original-Recipient: rfc822;{ADA}\nFinal-Recipient: rfc822;ada@hidden.example\n"
        "Action: failed\nStatus: 5.2.2\nDiagnostic-Code: smtp; 552 5.2.2 mailbox full\n"), "bounce", (ADA,), False),
    Notice("a report in a forward", (
        b"From: Desk <desk@practice.example>\nTo: desk@practice.example\nSubject: Fwd: failure notice\n"
        b"Return-Path: <desk@practice.example>\nContent-Type: text/plain\n\nWhat is this?\n\n"
        b"---------- Forwarded message ----------\nFrom: MAILER-DAEMON@mx.example.org\n\n> could not be delivered to\n"
        b"> ada@mail.example: 550 5.1.1 user unknown\n"), "reply", ("desk@practice.example",), None),
    Notice("several with one cause each", report(
        POSTFIX, f"{group(ADA, '5.2.2', '552 5.2.2 mailbox full')}\n{group(BOB, '5.2.2', '552 5.2.2 over quota')}"),
        "bounce", (ADA, BOB), False),
    Notice("mailman: held", plain(
        "list-bounces@lists.example", "Your message to List awaits moderator approval",
        "Your mail to 'List' with the subject\n\n    An invitation\n\nIs being held until the list moderator can review it "
        "for approval.\n", head="Precedence: bulk\nX-BeenThere: list@lists.example\nList-Id: <list.lists.example>\n"),
        "other", (f"desk+{TOKEN}@practice.example",), None),
]  # fmt: skip


def words(name: str, sender: str, subject: str, said: str, permanent: bool, head: str = "Return-Path: <>\n") -> Notice:
    """A notice in words alone about one address."""
    return Notice(name, plain(sender, subject, said, head=head), "bounce", (ADA,), permanent)


MORE = [
    words(
        "barracuda's service",
        "Barracuda Email Security Service <noreply@barracudanetworks.com>",
        "Message you sent blocked",
        f"The following email message was blocked by Mail Server:\n\nFrom:    desk@practice.example\nTo:      {ADA}\nSubject: An invitation\n\nIt could not be delivered.\n",
        False,
    ),
    words(
        "groupwise",
        "Mailer-Daemon@mail.example",
        "Message status - undeliverable",
        f"The message that you sent was undeliverable to the following:\n\t{ADA} (user not found)\n\nPossibly truncated original message follows:\n\n{{original}}",
        True,
    ),
    words(
        "imail",
        "Postmaster <postmaster@mail.example>",
        "Undeliverable Mail",
        f"Unknown user: {ADA}\n\nOriginal message follows.\n\n{{original}}",
        True,
    ),
    words(
        "imail2",
        "Postmaster <postmaster@mail.example>",
        "Undeliverable Mail",
        f"undeliverable to {ADA}\nUser mailbox exceeds allowed size: {ADA}\n\nOriginal message follows.\n\n{{original}}",
        False,
    ),
    words(
        "smartermail",
        "System Administrator <postmaster@mail.example>",
        "Delivery Failure",
        f"Could not deliver message to the following recipient(s):\n\nFailed Recipient: {ADA}\nReason: Remote host said: 550 No such user here\n\n   -- The header and top 20 lines of the message follows --\n\n{{original}}",
        True,
    ),
    words(
        "hmailserver",
        "mailer-daemon@mx.example.org",
        "Message undeliverable: An invitation",
        f"Your message did not reach some or all of the intended recipients.\n\n   Sent: Mon, 1 Jun 2026\n   Subject: An invitation\n\nThe following recipient(s) could not be reached:\n\n{ADA}\n   Error Type: SMTP\n   Remote server (192.0.2.1) issued an error.\n   hMailServer sent: RCPT TO:<{ADA}>\n   Remote server replied: 550 No such user\n\nhMailServer\n",
        True,
    ),
    words(
        "communigate",
        "MAILER-DAEMON@mail.example",
        "Undeliverable mail: An invitation",
        f"Failed to deliver to '<{ADA}>'\nSMTP module(domain mail.example) reports:\n host mx.mail.example says:\n 550 5.1.1 unknown user account\n\n",
        True,
    ),
    words(
        "mailmarshal",
        "postmaster@mail.example",
        "Undeliverable: An invitation",
        f"Your message:\n   From:    desk@practice.example\n   Subject: An invitation\n\nCould not be delivered because of\n\n550 5.1.1 User unknown\n\nThe following recipients were affected: \n    {ADA}\n\n",
        True,
    ),
    words(
        "barracuda",
        "postmaster@barracuda.mail.example",
        "**Message you sent blocked by our bulk email filter**",
        f"Your message to: {ADA}\nwas blocked by our Spam Firewall. The email you sent with the following subject has NOT BEEN DELIVERED:\n\nSubject: An invitation\n",
        False,
    ),
    words(
        "ezweb",
        "Postmaster@ezweb.ne.jp",
        "Mail System Error - Returned Mail",
        f"The user(s) account is temporarily over quota.\n<{ADA}>\n\n{{original}}",
        False,
    ),
    words(
        "ezweb2",
        "Postmaster@ezweb.ne.jp",
        "Mail System Error - Returned Mail",
        f"Your mail sent on: Thu, 29 Apr 2010 23:34:45 +0900\n    Could not be delivered to: {ADA}\n    Each of the following recipients was rejected by a remote mail server.\n\n    Recipient: <{ADA}>\n    >>> RCPT TO:<{ADA}>\n    <<< 550 <{ADA}>: User unknown\n",
        True,
    ),
    words(
        "mail.ru",
        "mailer-daemon@corp.mail.ru",
        "Недоставленное сообщение",
        f"Ваше сообщение не может быть доставлено следующим адресатам:\n\n{ADA}\n    пользователь не найден\n",
        True,
    ),
    words(
        "qq",
        "PostMaster@qq.com",
        "系统退信/Systems bounce",
        f"抱歉，您的邮件被退回来了……\n\n原邮件信息：\n收件人 {ADA}\n退信原因： 收件人邮件地址 ({ADA}) 不存在，邮件无法送达。\n",
        True,
    ),
    words(
        "163",
        "Postmaster@163.com",
        "系统退信",
        f"很抱歉，您发送的邮件被系统退回。\n收 件 人：{ADA}\n退信原因：该用户邮箱已满\n",
        False,
    ),
    words(
        "t-online",
        "MAILER-DAEMON@t-online.de",
        "Mail delivery failed: returning message to sender",
        f"|------------------------- Message log follows: -------------------------|\n no valid recipients were found for this message\n|------------------------- Failed addresses follow: ---------------------|\n <{ADA}> ... unknown user\n|------------------------- Message text follows: ------------------------|\n{{original}}",
        True,
    ),
    words(
        "sprint",
        "MAILER-DAEMON@mail.example",
        "Delivery Status Notification (Failure)",
        f"This is an automatically generated Delivery Status Notification.\n\nUnable to deliver message to the following recipients, due to being unable to connect successfully to the destination mail server.\n\n       {ADA}\n",
        False,
    ),
    words(
        "win2003",
        "postmaster@mail.example",
        "Delivery Status Notification (Failure)",
        f"This is an automatically generated Delivery Status Notification.\n\nDelivery to the following recipients failed.\n\n       {ADA}\n",
        False,
    ),
    Notice(
        "mixed with status",
        report("Your message could not be delivered", group(ADA, "5.1.1", "550 user unknown")).replace(
            b"multipart/report; report-type=delivery-status", b"multipart/mixed"
        ),
        "bounce",
        (ADA,),
        True,
    ),
    Notice(
        "base64 status",
        (
            f"From: {DAEMON}\nTo: x@practice.example\nSubject: Undelivered Mail\nContent-Type: multipart/report; boundary=b\n\n--b\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n"
            + base64.b64encode(b"could not be delivered").decode()
            + "\n--b\nContent-Type: message/delivery-status\nContent-Transfer-Encoding: base64\n\n"
            + base64.b64encode(
                f"Reporting-MTA: dns; x\n\nFinal-Recipient: rfc822; {ADA}\nAction: failed\nStatus: 5.1.1\n".encode()
            ).decode()
            + "\n--b--\n"
        ).encode(),
        "bounce",
        (ADA,),
        True,
    ),
    words(
        "x-failed only",
        "mailer-daemon@mail.example",
        "Delivery Status Notification (Failure)",
        "Something.\n550 5.1.1 unknown user\n",
        True,
        head=f"X-Failed-Recipients: {ADA}\n",
    ),
    words(
        "sendgrid-like",
        "MAILER-DAEMON@sendgrid.net",
        "Undelivered Mail Returned to Sender",
        f"Hello, this is the mail server on o1.sendgrid.net.\n\nI am sending you this message to inform you on the delivery status of a\nmessage you previously sent.  Immediately below you will find a list of\nthe affected recipients;\n\n  <{ADA}>; Failed; 5.1.1 (bad destination mailbox address)\n    Remote MTA mx: SMTP diagnostic: 550 5.1.1 The email account that you tried to reach does not exist.\n",
        True,
    ),
    words(
        "kerio",
        "postmaster@mail.example",
        "Delivery status notification: failed",
        f"Your message was not delivered to the following recipients.\n\n<{ADA}>: 552 5.2.2 Quota exceeded\n",
        False,
    ),
    words(
        "gmail storage",
        "mailer-daemon@googlemail.com",
        "Delivery Status Notification (Failure)",
        f"** Message not delivered **\n\nYour message couldn't be delivered to {ADA} because the recipient's inbox is full.\n\nThe response was:\n452 4.2.2 The email account that you tried to reach is over quota.\n",
        False,
    ),
    words(
        "gmail domain",
        "mailer-daemon@googlemail.com",
        "Delivery Status Notification (Failure)",
        f"** Address not found **\n\nYour message wasn't delivered to {ADA} because the domain mail.example couldn't be found. Check for typos or unnecessary spaces and try again.\n\nThe response was:\nDNS Error: DNS type 'mx' lookup of mail.example responded with code NXDOMAIN Domain name not found: mail.example\n",
        True,
    ),
    words(
        "gmail policy",
        "mailer-daemon@googlemail.com",
        "Delivery Status Notification (Failure)",
        f"** Message blocked **\n\nYour message to {ADA} has been blocked. See technical details below for more information.\n\nThe response was:\n550 5.7.1 Message blocked\n",
        False,
    ),
    words(
        "o365 html-ish",
        "postmaster@practice.example",
        "Undeliverable: An invitation",
        f"Your message to {ADA} couldn't be delivered.\n\nada wasn't found at mail.example.\n\ndesk\tOffice 365\tada\nAction Required\t\tRecipient\n\nUnknown To address\n\n\nHow to Fix It\nThe address may be misspelled or may not exist.\n\n{ADA}\nRemote Server returned '550 5.1.1 The email account that you tried to reach does not exist'\n",
        True,
    ),
    words(
        "o365 domain",
        "postmaster@practice.example",
        "Undeliverable: An invitation",
        f"Your message to {ADA} couldn't be delivered.\n\nmail.example couldn't be found or isn't configured to receive mail.\n\nStatus code: 550 5.4.310\n\nError: 550 5.4.310 DNS domain mail.example does not exist [Message=InfoDomainNonexistent]\n",
        True,
    ),
    words(
        "exim host lookup",
        "Mailer-Daemon@mx.example.org",
        "Mail delivery failed: returning message to sender",
        f"This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  {ADA}\n    Unrouteable address\n",
        True,
    ),
    words(
        "exim quota",
        "Mailer-Daemon@mx.example.org",
        "Mail delivery failed: returning message to sender",
        f"This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  {ADA}\n    mailbox is full: retry timeout exceeded\n",
        False,
    ),
    words(
        "exim frozen domain",
        "Mailer-Daemon@mx.example.org",
        "Mail delivery failed: returning message to sender",
        f"A message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  {ADA}\n    all hosts for 'mail.example' have been failing for a long time (and retry time not reached)\n",
        False,
    ),
    words(
        "exim forced fail",
        "Mailer-Daemon@mx.example.org",
        "Mail delivery failed",
        f"A message that you sent could not be delivered to all of its recipients.\nThe following address(es) failed:\n\n  {ADA}:\n    SMTP error from remote server for RCPT TO command, host: mx (192.0.2.1) reason: 550 Requested action not taken: mailbox unavailable\n",
        True,
    ),
    words(
        "swedish",
        "postmaster@mail.example",
        "Kan inte levereras: Inbjudan",
        f"Leveransen misslyckades till följande mottagare:\n\n{ADA}\nE-postadressen du angav kunde inte hittas.\n\n550 5.1.10 RESOLVER.ADR.RecipientNotFound\n",
        True,
    ),
    words(
        "danish",
        "postmaster@mail.example",
        "Kan ikke leveres: Invitation",
        f"Levering til disse modtagere eller grupper mislykkedes:\n\n{ADA}\nModtagerens postkasse er fuld.\n\n#554 5.2.2 mailbox full##\n",
        False,
    ),
    words(
        "polish",
        "postmaster@mail.example",
        "Niedostarczalne: Zaproszenie",
        f"Dostarczanie do następujących adresatów lub grup nie powiodło się:\n\n{ADA}\nNie można odnaleźć wprowadzonego adresu.\n550 5.1.1 RecipNotFound\n",
        True,
    ),
    words(
        "italian o365",
        "postmaster@mail.example",
        "Non recapitabile: Invito",
        f"Recapito non riuscito per i seguenti destinatari o gruppi:\n\n{ADA}\nImpossibile trovare l'indirizzo di posta elettronica immesso.\n550 5.1.10\n",
        True,
    ),
    words(
        "portuguese o365",
        "postmaster@mail.example",
        "Não é possível entregar: Convite",
        f"A entrega falhou para estes destinatários ou grupos:\n\n{ADA}\nNão foi possível encontrar o endereço de email que você inseriu.\n550 5.1.10 RESOLVER.ADR.RecipientNotFound\n",
        True,
    ),
    words(
        "dutch o365",
        "postmaster@mail.example",
        "Onbestelbaar: Uitnodiging",
        f"De bezorging bij de volgende geadresseerden of groepen is mislukt:\n\n{ADA}\nHet opgegeven e-mailadres kan niet worden gevonden.\n550 5.1.10\n",
        True,
    ),
    words(
        "japanese o365",
        "postmaster@mail.example",
        "配信不能: 招待",
        f"次の受信者またはグループへの配信に失敗しました:\n\n{ADA}\n入力した電子メール アドレスは見つかりませんでした。\n550 5.1.10\n",
        True,
    ),
    words(
        "us postmaster dk",
        "Postmaster@one.com",
        "Undelivered Mail Returned to Sender",
        f"This is the mail system at host mailrelay.one.com.\n\nI'm sorry to have to inform you that your message could not\nbe delivered to one or more recipients.\n\n<{ADA}>: Host or domain name not found. Name service error for name=mail.example type=A: Host not found\n",
        True,
    ),
]
