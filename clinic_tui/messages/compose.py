"""The words of a message. Pure: the same facts give the same mail, so that a screen previews what will be sent.

The template has subject, opening and closing; what every patient must be told stands between them, in the template's
language, whatever it says (design, section 4). No health fact; text and HTML say the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from urllib.parse import quote

from clinic_tui.messages.answers import Answer, told
from clinic_tui.messages.facts import SERVICES, Facts
from clinic_tui.messages.languages import Kind, Wording, wording
from clinic_tui.messages.terms import paragraphs
from clinic_tui.text import clean_text, header_safe

_LONGEST_GREETING = 80


@dataclass(frozen=True, slots=True)
class Composed:
    """A message as the patient gets it: one subject line, a plain part and an HTML part with the same facts."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class _Step:
    number: int
    text: str


_Block = str | _Step


def compose(facts: Facts) -> Composed:
    """The message that `facts` make."""
    words = wording(facts.language)
    blocks: list[_Block] = [
        *opening(facts),
        *_PARTS[facts.kind](facts, words),
        *facts.closing,
        "\n".join([facts.practice, *([facts.phone] if facts.phone else [])]),
        words.reference.format(token=facts.token),
    ]
    subject = f"{facts.subject} [{facts.token}]" if facts.token_in_subject else facts.subject
    return Composed(header_safe(subject), _as_text(blocks), _as_html(blocks, facts, words))


def offered(language: str, offers: Mapping[str, str]) -> str:
    """What one can do in the portal, as half a sentence; "" where nothing is offered."""
    words = wording(language)
    return words.listed([words.in_portal[name] for name in SERVICES if offers.get(name) == "portal"])


def opening(facts: Facts) -> Sequence[str]:
    """What stands first. The custom message is above the invitation: below the line that greets, where there is one.

    Between them a guardian reads whom it is about.
    """
    first = facts.opening[0] if facts.opening else ""
    greets = first.endswith((",", ":", "!")) and "\n" not in first and len(first) <= _LONGEST_GREETING
    at = 1 if greets else 0
    guardian = (facts.to_guardian,) if facts.to_guardian else ()
    return (*facts.opening[:at], *guardian, *paragraphs(facts.custom_message), *facts.opening[at:])


# What no template leaves out


def _how_to_accept(facts: Facts, words: Wording) -> list[_Block]:
    then = words.then_check if facts.identity_check else words.then_steps
    return [
        words.to_accept,
        _Step(1, words.press_reply.format(accept=_answer(facts, "acceptance"))),
        _Step(2, then),
        words.ring_code.format(phone=phone_of(facts, words), code=facts.code),
        words.works_until.format(day=words.written_day(facts.until)),
        words.otherwise.format(
            no=_answer(facts, "decline"), stop=_answer(facts, "stop"), not_me=_answer(facts, "not_me")
        ),
        words.never_asked,
    ]


def _what_happens_now(facts: Facts, words: Wording) -> list[_Block]:
    return [
        words.what_now,
        _Step(1, words.we_check),
        _Step(2, words.then_steps),
        words.questions.format(phone=phone_of(facts, words)),
        words.not_who_replied.format(not_me=_answer(facts, "not_me")),
        words.never_asked,
    ]


def _set_up_steps(facts: Facts, words: Wording) -> list[_Block]:
    phone, steps = phone_of(facts, words), steps_of(facts, words, words.this_address)
    can, by_reply = offered(facts.language, facts.offers), by_reply_of(facts, words)
    return [
        *(_Step(number, step) for number, step in enumerate(steps, 1)),
        *([words.you_can.format(offered=can)] if can else []),
        *([words.elsewhere.format(services=by_reply)] if by_reply else []),
        words.stuck.format(phone=phone),
        words.not_asked_for.format(not_me=_answer(facts, "not_me")),
        words.chosen_there,
    ]


_PARTS: Mapping[Kind, Callable[[Facts, Wording], list[_Block]]] = {
    "invitation": _how_to_accept,
    "reminder": _how_to_accept,
    "confirmation": _what_happens_now,
    "setup": _set_up_steps,
}


def steps_of(facts: Facts, words: Wording, address: str) -> list[str]:
    """The steps to set up an account, in order; `address`: how the patient's e-mail address is called."""
    phone, url = phone_of(facts, words), facts.portal_url
    opens = words.open_url.format(url=url) if url else words.open_portal.format(portal=facts.portal)
    return [step.format(open=opens, phone=phone, address=address) for step in words.register[facts.register]]


def by_reply_of(facts: Facts, words: Wording) -> str:
    """What is not in the portal and may be asked for, listed; "" for nothing."""
    return words.listed([word for name, word in words.by_reply.items() if facts.offers.get(name) == "reply"])


def _answer(facts: Facts, answer: Answer) -> str:
    return told(facts.language, answer)


def phone_of(facts: Facts, words: Wording) -> str:
    """The number to ring, and when somebody answers it."""
    number = facts.phone or words.number
    return f"{number} ({facts.hours})" if facts.hours else number


# As text and as HTML


def _as_text(blocks: Sequence[_Block]) -> str:
    text = ""
    for block in blocks:
        gap = "" if not text or (isinstance(block, _Step) and block.number > 1) else "\n"
        line = f"{block.number}. {block.text}" if isinstance(block, _Step) else block
        text += f"{gap}{line}\n"
    return clean_text(text)


def _as_html(blocks: Sequence[_Block], facts: Facts, words: Wording) -> str:
    body: list[str] = []
    for block in blocks:
        if isinstance(block, _Step):
            body.append(("<ol>" if block.number == 1 else "") + f"<li>{_html(block.text)}</li>")
            continue
        if body and body[-1].endswith("</li>"):
            body.append("</ol>")
            if facts.kind in ("invitation", "reminder") and facts.reply_to:
                accept = told(facts.language, "acceptance")
                link = mailto(facts.reply_to, f"{accept} {facts.token}", accept)
                body.append(f'<p><a href="{escape(link)}">{escape(words.press_here)}</a></p>')
        body.append(f"<p>{_html(block)}</p>")
    style = "font-family:sans-serif;font-size:16px;line-height:1.5;max-width:36em"
    page = f'<html lang="{words.code}"><body style="{style}">'
    return f"<!doctype html>\n{page}\n" + "\n".join(body) + "\n</body></html>\n"


@lru_cache(maxsize=64)  # most of what a message says, all of them say
def _html(text: str) -> str:
    return escape(clean_text(text)).replace("\n", "<br>\n")


def mailto(address: str, subject: str, body: str = "") -> str:
    """A `mailto:` link; `+` in the address is written %2B, or some programs read it as a space."""
    return f"mailto:{quote(address, safe='@')}?subject={quote(subject)}" + (f"&body={quote(body)}" if body else "")
