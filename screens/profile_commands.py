"""What can be done on a patient's profile."""

from __future__ import annotations

from screens.commands import BACK, Command
from screens.incidents import WRONG_PERSON

INVITE = Command("invite", "Invite to the portal", "i", "invite", "Send an invitation to the patient portal.")
IDENTITY = Command("identity", "Check identity", "k", "identity", "Record how you know that it is the patient.")
RESEND = Command("resend", "Resend the invitation", "r", "resend", "A new invitation in place of the newest one.")
OF_AGE = Command(
    "of_age", "Came of age: seen to", "v", "seen to", "What follows from the patient's coming of age has been settled."
)
# What each state of the newest invitation lets one do about it; the rules are asked again when it is done.
ABOUT_STATE: dict[str, tuple[str, ...]] = {
    "queued": ("take_back", "slip"),
    "sent": ("accept", "slip", "resend", "revoke"),
    "unconfirmed": ("accept", "slip", "resend", "revoke"),
    "failed": ("resend",),
    "bounced": ("resend",),
    "accepted": ("slip", "revoke"),
}
KEYS = (
    INVITE,
    Command("accept", "Accept by code", "c", "code", "The patient reads the code of the invitation to you."),
    IDENTITY,
    Command("slip", "Hand over a slip", "p", "slip", "Code and steps on paper, for a patient at the desk."),
    RESEND,
    Command("revoke", "Revoke the invitation", "x", "revoke", "Take the invitation back: it no longer counts."),
    WRONG_PERSON,
    Command("take_back", "Take the invitation back", "u", "take back", "It is still held: no mail goes out."),
    Command("undo_accept", "Undo the acceptance", "u", "undo", "The desk accepted it by mistake; no steps are out."),
    Command("ask_again", "Ask again later", "d", "ask again", "The patient declined: say from which day to ask."),
    OF_AGE,
    Command("texts", "What was sent", "t", "sent texts", "Every message as it went out, its code masked."),
    Command("edit", "Edit the record", "e", "edit", "Change what the record has of the patient."),
    Command("contacts", "Contacts and guardians", "o", "contacts", "Add, change or remove whom the patient has."),
    Command("account", "Portal account", "a", "account", "Active, disabled or none, and since when: set by hand."),
    BACK,
    Command("copy", "Copy", "y", "copy", "Copy the e-mail or a number to the terminal's clipboard."),
)
