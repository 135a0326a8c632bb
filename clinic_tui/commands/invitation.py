"""`clinic-tui invitation ID ACTION`: acts on one invitation."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from clinic_tui.commands import output
from clinic_tui.commands.asked import ROW_ID, Asked, pass_asked
from clinic_tui.errors import ClinicError

if TYPE_CHECKING:
    from clinic_tui.access import Viewer

ACTIONS = ("show", "resend", "revoke", "cancel", "accept", "sent", "identity", "ask-again")


@click.command("invitation")
@click.argument("invitation_id", metavar="ID", type=ROW_ID)
@click.argument("action", type=click.Choice(ACTIONS), default="show")
@click.option("--email", metavar="E", help="resend: to another address.")
@click.option("--message", metavar="M", help="resend: another message above the invitation.")
@click.option(
    "--hold", metavar="SECONDS", type=click.IntRange(0, 86_400), help="resend: how long it can be taken back."
)
@click.option("--how", metavar="TEXT", help="identity: how you know that it is the patient.")
@click.option("--undo", is_flag=True, help="accept: take back an acceptance that the desk made by mistake.")
@click.option("--on", metavar="DAY", help="ask-again: from which day on, such as 2027-02-28; none for no such day.")
@click.option("--text", "with_text", is_flag=True, help="show: what was sent as well, its code masked.")
@pass_asked
def command(
    asked: Asked,
    invitation_id: int,
    action: str,
    email: str | None,
    message: str | None,
    hold: int | None,
    how: str | None,
    undo: bool,
    on: str | None,
    with_text: bool,
) -> None:
    """Act on one invitation.

    \b
    show      what it is doing (also without an action)
    resend    a new one in its place
    revoke    its code and its reply no longer count
    cancel    take it back before it goes
    accept    by the code that the patient reads out: asked for, or read from standard input;
              with --undo: the desk accepted it by mistake, and no set-up steps went out yet
    sent      it was sent after all (when it is unconfirmed)
    identity  you checked, --how, that it is the patient: the set-up steps go out
    ask-again the patient declined, and may be asked again from --on
    """
    for name, value, only in (("email", email, "resend"), ("message", message, "resend"), ("hold", hold, "resend"),
                              ("how", how, "identity"), ("undo", undo or None, "accept"),
                              ("on", on, "ask-again")):  # fmt: skip
        if value is not None and action != only:
            raise click.UsageError(f"--{name} goes with {only}.")
    if action == "identity" and not (how or "").strip():
        raise click.UsageError("identity needs --how: how you know that it is the patient.")
    if action == "ask-again" and on is None:
        raise click.UsageError("ask-again needs --on: the day, or none.")
    if with_text and action != "show":
        raise click.UsageError("--text goes with show.")
    viewer = asked.viewer()
    shown, said = invitation_id, ""
    if action == "resend":
        shown, said = _resend(viewer, invitation_id, email, message, hold)
    elif action == "accept":
        said = _undo(viewer, invitation_id) if undo else _accept(viewer, invitation_id)
    elif action == "ask-again":
        said = _ask_again(viewer, invitation_id, on or "")
    elif action != "show":
        said = _act(viewer, invitation_id, action, how or "")
    _show(asked, viewer, shown, said, with_text)


def _resend(
    viewer: Viewer, invitation_id: int, email: str | None, message: str | None, hold: int | None
) -> tuple[int, str]:
    from clinic_tui.invitations import inviting

    invited = inviting.resend(viewer, invitation_id, email=email, custom_message=message, hold=hold)
    return invited.invitation_id, f"Invitation {invited.invitation_id} is queued in place of {invitation_id}."


def _accept(viewer: Viewer, invitation_id: int) -> str:
    from clinic_tui.invitations import accepting

    accepted = accepting.accept_by_code(viewer, invitation_id, _code())
    if accepted.identity_wanted:
        return f"Accepted. Check the patient's identity, then: clinic-tui invitation {invitation_id} identity --how ..."
    return "Accepted. The set-up steps are queued."


def _undo(viewer: Viewer, invitation_id: int) -> str:
    from clinic_tui.invitations import undoing

    return f"Undone: the invitation is {undoing.undo_accept(viewer, invitation_id)} again."


def _ask_again(viewer: Viewer, invitation_id: int, on: str) -> str:
    from clinic_tui.invitations import asking_again

    day = asking_again.read_day(on)
    asking_again.ask_again(viewer, invitation_id, day)
    return "There is no day to ask again." if day is None else f"Ask again from {day.isoformat()} on."


def _code() -> str:
    """The code that the patient read out. Never an argument: those are seen by every user of the host."""
    if sys.stdin.isatty():
        return str(click.prompt("Code", err=True))
    code = sys.stdin.readline(200).strip()
    if not code:
        raise ClinicError("There is no code on standard input.", "Type it when asked, or pipe it in.")
    return code


def _act(viewer: Viewer, invitation_id: int, action: str, how: str) -> str:
    from clinic_tui import outbox
    from clinic_tui.invitations import accepting, inviting

    if action == "revoke":
        inviting.revoke(viewer, invitation_id)
        return "Taken back: its code and its reply no longer count."
    if action == "cancel":
        inviting.cancel(viewer, invitation_id)
        return "Taken back before it went."
    if action == "sent":
        outbox.confirm_sent(viewer, invitation_id, f"{viewer.login} says so")
        return "Sent, as you say."
    accepting.check_identity(viewer, invitation_id, how)
    return "Kept. The set-up steps are queued."


def _show(asked: Asked, viewer: Viewer, invitation_id: int, said: str, with_text: bool) -> None:
    from clinic_tui.commands import records
    from clinic_tui.invitations import reading

    row = reading.one(viewer, invitation_id)
    texts = reading.texts(viewer, invitation_id) if with_text else []
    if asked.json:
        document = records.invitation(row)
        if with_text:
            document["texts"] = [
                {"kind": text.kind, "state": text.state, "made": output.moment(text.made_at), "subject": text.subject,
                 "text": text.body}
                for text in texts
            ]  # fmt: skip
        output.document(document)
        return
    if said:
        output.line(said)
        return
    output.fields(
        (
            ("invitation", row.id), ("patient", row.patient_id), ("e-mail", row.email),
            ("to a guardian", row.for_guardian or None), ("state", row.state), ("reason", row.reason),
            ("message", row.message_state), ("due", row.due_at), ("created", row.created_at),
            ("by", row.staff), ("sent", row.sent_at), ("expires", row.expires_at),
            ("reminders", row.reminded or None), ("last reminder", row.reminded_at), ("closed", row.closed_at),
            ("closed by", row.closed_by), ("accepted", row.accepted_at), ("accepted by", row.accepted_how),
            ("identity", row.identity_at), ("identity by", row.identity_by), ("identity how", row.identity_how),
            ("steps queued", row.steps_at), ("slip", row.slip_at), ("slip by", row.slip_by),
            ("ask again", row.ask_again), ("server's answer", row.answer),
        )
    )  # fmt: skip
    for text in texts:
        output.line()
        output.fields((("message", f"{text.kind} ({text.state})"), ("made", text.made_at), ("subject", text.subject)))
        output.quoted(text.body)
