"""Taking messages from the queue and making their mails, ready for the lines."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from clinic_tui import log, outbox
from clinic_tui.db.connection import session
from clinic_tui.errors import ClinicError
from clinic_tui.mail.lines import error_of_ours
from clinic_tui.mail.sender import Delivery

if TYPE_CHECKING:
    from clinic_tui.config_mail import Smtp
    from clinic_tui.outbox import Claim, Envelope


class Filled(NamedTuple):
    """What was taken from the queue: ready to go, or met by an error of ours; `error`: why no more can be taken."""

    ready: list[Envelope]
    broken: list[tuple[Claim, Delivery]]
    taken: int
    error: ClinicError | None = None


def fill(account: Smtp, worker: str, size: int) -> Filled:
    """Claim up to `size` messages and make their mails. Never raises: whoever waits for them would wait for ever."""
    claims: list[Claim] = []
    try:
        with session():
            if not outbox.is_original():
                return Filled([], [], 0)
            claims = outbox.claim(worker, size)
            try:
                return Filled(outbox.prepare_many(claims, account.sender), [], len(claims))
            except ClinicError:
                raise
            except Exception:  # an error of ours over one of them: the others go on
                return _each(account, claims)
    except Exception as error:  # of whatever kind: or the lines would wait for ever
        said = error if isinstance(error, ClinicError) else ClinicError(error_of_ours(error), "The queue waits.")
        if said is not error:
            log.trouble(error, "taking messages from the queue")
        with suppress(Exception):
            outbox.release(claims)
        return Filled([], [], len(claims), said)


def _each(account: Smtp, claims: Sequence[Claim]) -> Filled:
    filled = Filled([], [], len(claims))
    for claimed in claims:
        try:
            filled.ready.extend(outbox.prepare_many([claimed], account.sender))
        except ClinicError:
            raise
        except Exception as error:
            log.trouble(error, f"preparing message {claimed.message_id}")
            filled.broken.append((claimed, Delivery("failed", error_of_ours(error))))
    return filled
