# ruff: noqa: E501 (the lines of mail are as long as they are)
"""What else a mailbox gets that no person wrote as an answer: auto-replies, receipts, reports, lists, reactions."""

from __future__ import annotations

from typing import NamedTuple

TOKEN = "abcdefghijklmnopqrstuvwxy2"
TO = f"desk+{TOKEN}@practice.example"
QUOTE = "\n\nOn Mon, 1 Jun 2026 at 10:00, Desk <desk@practice.example> wrote:\n> Press Reply, type\n>\n> ACCEPT\n"


class Machine(NamedTuple):
    """A mail, and what it is."""

    name: str
    raw: bytes
    kinds: tuple[str, ...]


def mail(head: str, body: str, subject: str = "Re: An invitation", sender: str = "Ada <ada@mail.example>") -> bytes:
    kind = "" if "content-type" in head.lower() else "Content-Type: text/plain; charset=utf-8\n"
    return f"From: {sender}\nTo: {TO}\nSubject: {subject}\n{head}MIME-Version: 1.0\n{kind}\n{body}".encode()


def parts(kind: str, *inner: tuple[str, str]) -> tuple[str, str]:
    """The head line and the body of a multipart."""
    body = "".join(f"--b\nContent-Type: {name}\n\n{text}\n" for name, text in inner)
    return f'Content-Type: {kind}; boundary="b"\n', f"{body}--b--\n"


AWAY = "ACCEPT\n\nI am away until Friday."


def _away(name: str, head: str = "", subject: str = "Re: An invitation", body: str = AWAY) -> Machine:
    return Machine(name, mail(head, body, subject), ("auto_reply",))


def _of_parts(
    name: str, kinds: tuple[str, ...], made: tuple[str, str], head: str = "", subject: str = "Re: x"
) -> Machine:
    return Machine(name, mail(head + made[0], made[1], subject), kinds)


MACHINES = [
    _away("RFC 3834", "Auto-Submitted: auto-replied\n"),
    _away("RFC 3834 with a comment", 'Auto-Submitted: auto-replied (vacation); owner-email="ada@mail.example"\n'),
    _away("generated", "Auto-Submitted: auto-generated\n"),
    _away("auto-notified", "Auto-Submitted: auto-notified\n"),
    _away("exchange", "X-Auto-Response-Suppress: All\nX-MS-Exchange-Inbox-Rules-Loop: ada@mail.example\n",
          "Automatic reply: An invitation"),
    _away("exchange, by a rule", "X-MS-Exchange-Generated-Message-Source: Mailbox Rules Agent\n"),
    _away("exchange, german", "X-Auto-Response-Suppress: All\n", "Automatische Antwort: Eine Einladung"),
    _away("exchange, spanish", "", "Respuesta automática: Una invitación"),
    _away("exchange, french", "", "Réponse automatique : Une invitation"),
    _away("outlook, away notice", "", "Abwesenheitsnotiz: Einladung"),
    _away("gmail", "Precedence: bulk\nX-Autoreply: yes\nAuto-Submitted: auto-replied\n"),
    _away("old vacation(1)", "Precedence: junk\n", "away from my mail"),
    _away("x-autoreply", "X-Autoreply: yes\n"),
    _away("x-autorespond", "X-Autorespond: An invitation\n"),
    _away("cpanel", "X-Autorespond: x\nPrecedence: auto_reply\n"),
    _away("zimbra", "Precedence: bulk\nAuto-Submitted: auto-replied (zimbra; vacation)\n"),
    _away("apple", "X-Apple-Action: VACATION\n"),
    _away("domino", "X-Notes-Out-Of-Office: 1\n", "Ada is out of the office"),
    _away("empty return path", "Return-Path: <>\n"),
    _away("english subject", "", "Out of office Re: An invitation"),
    _away("bracketed subject", "", "[Auto-Reply] An invitation"),
    _away("on leave", "", "On annual leave Re: An invitation"),
    Machine("on holiday, by subject", mail("", AWAY, "I am on holiday: An invitation"), ("reply",)),
    _away("german holiday", "", "Urlaub: Einladung"),
    _away("spanish", "", "Fuera de la oficina: Invitación"),
    _away("japanese", "", "自動応答: 招待"),
    _away("words alone", body="This is an automatic reply. ACCEPT"),
    _away("words below a greeting", body="Thank you for your email.\n\nI am currently out of the office, back on Friday."),
    _away("german words", body="Vielen Dank für Ihre Nachricht. Ich bin bis zum 12.6. nicht im Büro."),
    _away("spanish words", body="Gracias por su mensaje. Estoy fuera de la oficina hasta el viernes."),
    _away("french words", body="Bonjour, je suis absente du bureau jusqu'au 12 juin."),
    _away("ticket system", "X-Zendesk-Auto: yes\n", "[Request received] An invitation",
          "Your request (1234) has been received and is being reviewed."),
    _away("ticket words alone", "", "Ticket received - An invitation",
          "Thank you for contacting us. This is an automated response confirming the receipt of your ticket."),
    _away("servicenow", "X-ServiceNow-Generated: true\n"),
    _away("freshdesk", "X-Freshdesk-Ticket: 1\nAuto-Submitted: auto-replied\n"),
    _away("mailbox no longer read", "", "Automatic reply: x", "I no longer work here."),
    _away("boxtrapper", "X-Boxtrapper: y\n", "Your email requires verification verify#abc",
          "The message you sent requires that you verify that you are a real live human being and not a spam source.\n"
          "To complete this verification, simply reply to this message and leave the subject line intact."),
    _away("boxtrapper without its mark", "", "Your email requires verification verify#5Wq3Tb",
          "The message you sent requires that you verify that you are a real live human being and not a spam source."),
    _away("spamarrest", "", "Re: An invitation (Please verify)",
          "I'm protecting myself from receiving junk mail.\nJust this once, click the link below so I can receive your "
          "emails.\n\nhttps://www.spamarrest.com/a2?AAA"),
    _away("tmda", "X-Delivery-Agent: TMDA/1.1.12\n", "Please confirm your message",
          "This message was created automatically by mail delivery software (TMDA).\n\nYour message attached below is "
          "being held because the address ada@mail.example has not been verified."),
    _away("tmda by words", "", "Please confirm your message",
          "Your message is being held because your address has not been verified. To release your message, reply."),
    _away("earthlink spamblocker", "", "Re: An invitation",
          "I apologize for this automatic reply to your email.\n\nTo control spam, I now allow incoming messages only "
          "from senders I have approved beforehand."),
    _away("active spam killer", "", "Please confirm (conf#1b2c)",
          "Your e-mail is awaiting confirmation. Reply to this message to confirm."),
    _away("boxbe", "X-Boxbe: y\n", "Re: An invitation (Action Required)", "Your message is waiting in Boxbe."),
    _away("uol antispam", "", "AntiSpam UOL » An invitation", "ANTISPAM UOL - confirme o envio da mensagem"),
    _of_parts("read receipt", ("delivered",), parts(
        "multipart/report; report-type=disposition-notification",
        ("text/plain", "Your message was read on Monday.\nACCEPT"),
        ("message/disposition-notification", "Final-Recipient: rfc822; ada@mail.example\n"
         "Disposition: manual-action/MDN-sent-manually; displayed\n")), subject="Read: An invitation"),
    _of_parts("read receipt of exchange, no report", ("delivered",), parts(
        "multipart/report; report-type=disposition-notification", ("text/plain", "Your message was read")),
        subject="Read: An invitation"),
    _of_parts("deleted unread", ("delivered",), parts(
        "multipart/report; report-type=disposition-notification", ("text/plain", "Your message was deleted without being read"),
        ("message/disposition-notification", "Final-Recipient: rfc822;ada@mail.example\nDisposition: "
         "automatic-action/MDN-sent-automatically; deleted\n")), subject="Not read: An invitation"),
    Machine("read receipt in words alone", mail("", "This is a receipt for the mail that you sent to ada@mail.example\n"
            "Your message was read on 1 June.", "Read: An invitation"), ("delivered", "auto_reply", "reply")),
    _of_parts("complaint", ("feedback",), parts(
        "multipart/report; report-type=feedback-report", ("text/plain", "This is an email abuse report.\nACCEPT"),
        ("message/feedback-report", "Feedback-Type: abuse\nUser-Agent: x/1\nVersion: 1\n"),
        ("message/rfc822", "From: desk@practice.example\nSubject: x\n\nACCEPT")), subject="FW: An invitation"),
    _of_parts("not-spam report", ("feedback",), parts(
        "multipart/report; report-type=feedback-report", ("text/plain", "ok"),
        ("message/feedback-report", "Feedback-Type: not-spam\n"))),
    _of_parts("dmarc report", ("other", "auto_reply"), parts(
        "multipart/mixed", ("text/plain", "This is an aggregate report from mail.example."),
        ("application/gzip; name=mail.example!practice.example!1!2.xml.gz", "x")),
        subject="Report Domain: practice.example Submitter: mail.example Report-ID: <1>"),
    Machine("dmarc failure report", mail(
        "Content-Type: multipart/report; report-type=feedback-report; boundary=b\n",
        "--b\n\nDMARC failure\n--b\nContent-Type: message/feedback-report\n\nFeedback-Type: auth-failure\n\n--b--\n"),
        ("feedback",)),
    Machine("list", mail("List-Id: <x.lists.example>\n", "ACCEPT"), ("other",)),
    Machine("newsletter", mail("List-Unsubscribe: <mailto:x@y.example>\nPrecedence: bulk\n", "ACCEPT"), ("other",)),
    Machine("newsletter of today", mail("List-Unsubscribe: <https://x.example>\nFeedback-ID: a:b:c\n", "Big sale!"),
            ("other", "reply")),
    _of_parts("gmail reaction", ("reply", "other"), parts(
        "multipart/alternative", ("text/plain", "👍\n\nAda reacted via Gmail" + QUOTE),
        ("text/vnd.google.email-reaction+json", '{"emoji":"👍","version":1}'), ("text/html", "<p>👍</p>"))),
    Machine("gmail reaction that says ACCEPT", mail(*parts(
        "multipart/alternative", ("text/plain", "ACCEPT"), ("text/vnd.google.email-reaction+json", '{"emoji":"👍"}'))),
        ("reply", "other")),
    Machine("outlook reaction", mail("X-MS-Reactions: like\n", "Ada reacted to your message:\n👍"), ("reply", "other")),
    Machine("apple tapback by mail", mail("", "Liked “Press Reply, type ACCEPT”"), ("reply",)),
    _of_parts("calendar: accepted", ("other", "auto_reply"), parts(
        "multipart/alternative", ("text/plain", "ACCEPT"),
        ("text/calendar; method=REPLY", "BEGIN:VCALENDAR\nMETHOD:REPLY\nEND:VCALENDAR")), subject="Accepted: An invitation"),
    Machine("calendar alone", mail("Content-Type: text/calendar; method=REPLY; charset=utf-8\n",
                                   "BEGIN:VCALENDAR\nMETHOD:REPLY\nATTENDEE;PARTSTAT=ACCEPTED:mailto:ada@mail.example\n"
                                   "END:VCALENDAR", "Accepted: An invitation"), ("other", "auto_reply")),
    Machine("calendar, by its class", mail("Content-Class: urn:content-classes:calendarmessage\n", "ACCEPT",
                                           "Accepted: An invitation"), ("other",)),
    Machine("inbox rule of exchange", mail("X-MS-Exchange-Inbox-Rules-Loop: ada@mail.example\n", "ACCEPT"), ("reply",)),
    Machine("daemon without a report", mail("", "ACCEPT", sender="MAILER-DAEMON@mail.example"), ("other",)),
    _away("nobody there any more", "Return-Path: <>\nAuto-Submitted: auto-generated\nX-Auto-Response-Suppress: All\n",
          "Automatic reply: An invitation", "It could not be delivered to me, since I no longer work here."),
    Machine("quarantine", mail("", "Your message to ada@mail.example was quarantined because it may be spam.\nAn "
                               "administrator can release it.", "Message quarantined: An invitation",
                               "quarantine@messaging.microsoft.com"), ("auto_reply", "other")),
    Machine("quarantine digest", mail("Precedence: bulk\n", "You have 3 new messages in your quarantine.",
                                      "Spam quarantine summary", "noreply@barracuda.example"), ("auto_reply", "other")),
    Machine("virus notice", mail("Auto-Submitted: auto-generated\n", "A virus was found in your message.",
                                 "VIRUS ALERT"), ("auto_reply", "other", "bounce")),
    Machine("noreply account notice", mail("Auto-Submitted: auto-generated\n", "NO", "Security alert",
                                           "no-reply@accounts.google.com"), ("auto_reply", "other")),
    Machine("moderation", mail("Precedence: list\n", "Your mail is held", "Your message awaits approval",
                               "x-bounces@lists.example"), ("other", "auto_reply")),
    Machine("ping by a monitoring robot", mail("X-Jira-Fingerprint: 1\n", "ACCEPT"), ("auto_reply",)),
]  # fmt: skip

# People who look like machines: each must reach the desk, or count where it is the word alone.
PEOPLE = [
    ("Auto-Submitted: no", mail("Auto-Submitted: no\n", f"ACCEPT{QUOTE}"), "acceptance"),
    ("on holiday in words", mail("", f"I'm on holiday till Friday, please ring me then.{QUOTE}"), "reply"),
    ("away from the desk, in a person's answer", mail("", f"ACCEPT\n\nSent from my iPhone{QUOTE}"), "acceptance"),
    ("not at the desk, in german", mail("", f"Ich bin nicht im Büro erreichbar, bitte rufen Sie an.{QUOTE}"), "reply"),
    ("reply to our own bounce words", mail("", f"Could you verify that my address is right?{QUOTE}"), "reply"),
    ("accepts in a sentence", mail("", f"I accept{QUOTE}"), "reply"),
    ("priority", mail("Importance: high\nX-Priority: 1\n", f"ACCEPT{QUOTE}"), "acceptance"),
    ("auto in the name", mail("", f"ACCEPT{QUOTE}", sender="Otto Auto <auto@mail.example>"), "acceptance"),
    (
        "a school's holiday question",
        mail("", f"Is the practice open in the school holidays?{QUOTE}", "Holidays"),
        "reply",
    ),
]
