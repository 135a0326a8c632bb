"""Why patients are skipped, counted: the words of the rules as the desk says them."""

from __future__ import annotations

Words = tuple[str, str]  # for one patient, and for several
REASONS: dict[str, Words] = {
    "has_portal": ("has a portal account", "have a portal account"),
    "accepted": ("has accepted an invitation", "have accepted an invitation"),
    "already_invited": ("is invited already", "are invited already"),
    "no_email": ("has no e-mail", "have no e-mail"),
    "bad_email": ("has an address that takes no mail", "have an address that takes no mail"),
    "practitioner_email": ("has a practitioner's address", "have a practitioner's address"),
    "blocked_address": ("has an address that was the wrong person's", "have an address that was the wrong person's"),
    "status": ("is archived, deceased or blocked", "are archived, deceased or blocked"),
    "no_mail": ("wants no mail", "want no mail"),
    "minor_without_guardian": ("is a minor without a guardian", "are minors without a guardian"),
    "unresolved_term": ("lacks something that the message names", "lack something that the message names"),
    "no_access": ("is gone, or out of your reach", "are gone, or out of your reach"),
    "names_hidden": ("has a name hidden from you", "have names hidden from you"),
    "not_enabled": ("waits: invitations are switched off", "wait: invitations are switched off"),
    "not_pending": (
        "has no invitation that is pending or expired",
        "have no invitation that is pending or expired",
    ),
    "nothing_to_revoke": ("has no invitation to revoke", "have no invitation to revoke"),
    "being_sent": ("has an invitation that is being sent now", "have invitations that are being sent now"),
    "unchanged": ("is set so already", "are set so already"),
    "nothing_offered": ("waits: the portal offers nothing", "wait: the portal offers nothing"),
}

ABOUT_ADDRESS = frozenset(("no_email", "bad_email", "practitioner_email", "blocked_address"))


def counted(reason: str, count: int) -> str:
    """`has no e-mail`, `have no e-mail`; a reason that this has no words for by its own word."""
    one, several = REASONS.get(reason, (reason.replace("_", " "),) * 2)
    return one if count == 1 else several
