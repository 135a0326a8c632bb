"""The slip that is handed over at the desk: the set-up steps on paper. Pure, as `compose` is.

The same words and the same template as the mail with the steps, but for what one can only do with a mail. Nothing on it
says whose it is, unless the template does: a slip that is lost tells a finder the practice and its portal.
"""

from __future__ import annotations

from clinic_tui.messages.compose import by_reply_of, offered, opening, phone_of, steps_of
from clinic_tui.messages.facts import Facts
from clinic_tui.messages.languages import Wording, wording
from clinic_tui.messages.wrapping import wrapped
from clinic_tui.text import clean_text

WIDTH = 72  # fits a sheet and a terminal


def slip(facts: Facts) -> str:
    """The slip's text, in lines of at most WIDTH. `facts` are of the set-up steps; no code: it is accepted already."""
    words = wording(facts.language)
    phone = phone_of(facts, words)
    steps = steps_of(facts, words, words.your_address)
    can, elsewhere = offered(facts.language, facts.offers), by_reply_of(facts, words)
    parts = [
        "\n".join((facts.practice, phone)),
        "\n".join(line for line in (facts.portal, facts.portal_url) if line),
        *opening(facts),
        *(_to_accept(facts, words) if facts.code else ()),
        "\n".join(f"{number}. {step}" for number, step in enumerate(steps, 1)),
        *([words.you_can.format(offered=can)] if can else []),
        *([words.slip_elsewhere.format(services=elsewhere, phone=phone)] if elsewhere else []),
        words.stuck.format(phone=phone),
        words.slip_safe,
        *facts.closing,
    ]
    text = clean_text("\n\n".join(parts))
    return "\n".join(piece for line in text.split("\n") for piece in wrapped(line, WIDTH)) + "\n"


def _to_accept(facts: Facts, words: Wording) -> tuple[str, ...]:
    return (
        words.slip_code.format(phone=phone_of(facts, words), code=facts.code),
        words.works_until.format(day=words.written_day(facts.until)),
        words.slip_steps,
    )
