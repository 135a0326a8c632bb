"""Incidents: messages that reached the wrong person, with what happened and what there is to assess."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from screens.commands import BACK, Command
from screens.listing import MOST, RETRY
from screens.reading_list import OPEN, READ_BACK, READ_ON, ReadingList
from screens.widgets.cells import line
from screens.widgets.dates import moment
from screens.widgets.person import listed

if TYPE_CHECKING:
    from clinic_tui.access import Viewer
    from clinic_tui.invitations.incidents import Incident, IncidentRow

DUE = 22
WRONG_PERSON = Command(
    "wrong_person", "Wrong person", "w", "wrong person", "Somebody else has that mailbox: revoke, block, and assess."
)


def question(address: str | None) -> str:
    """What is asked before an invitation is taken for one that reached the wrong person."""
    return (
        f"Did the invitation to {line(address)} reach the wrong person? It is revoked, nothing is sent to that address "
        "any more, and an incident is opened: you then have 30 days to assess it."
    )


def opened(incident_id: int) -> str:
    """What is said once that was done."""
    return f"Revoked, and the address is blocked. Incident {incident_id} is open: see Incidents in the menu."


class IncidentsScreen(ReadingList["IncidentRow"]):
    """The list above, one incident below: what is known, what there is to assess, what happened."""

    HEADING = "Incidents"
    ABOUT = (
        "An invitation that reached the wrong person: its address is blocked, and somebody has 30 days to assess what "
        "that means. What is known stands here, and what happened in its order; the decision is a person's. An owner "
        "closes an incident with a note that says what was found and decided. PgDn and PgUp scroll."
    )
    KEYS = (
        OPEN,
        Command("close_incident", "Close the incident", "c", "close", "Say what was found and decided; for owners."),
        Command("closed", "Show closed ones", "h", "closed", "Also those that were closed, with their notes."),
        READ_ON,
        READ_BACK,
        RETRY,
        BACK,
    )

    def __init__(self) -> None:
        super().__init__()
        self._with_closed = False
        self._told: Incident | None = None

    def read(self) -> None:
        """Ask for them."""
        everything = self._with_closed

        def rule(viewer: Viewer) -> tuple[bool, list[IncidentRow]]:
            from clinic_tui.invitations.incidents import listing

            return everything, listing(viewer, include_closed=everything, limit=MOST)

        self.ask(rule, self._listed, failed=self.lost)

    def _listed(self, answer: tuple[bool, list[IncidentRow]]) -> None:
        everything, rows = answer
        if everything == self._with_closed:
            self._told = None
            self.list_rows(rows)

    # Showing

    def draw(self, row: IncidentRow, width: int, marked: bool) -> Content:
        """Patient, address, until when."""
        if row.closed_at is not None:
            due, style = f"closed {moment(row.closed_at)}", "$quiet"
        else:
            due, style = f"due {moment(row.due_at)}", "$error" if row.is_late else "$warning"
        return self.one_line(listed(row) or "no patient any more", row.email or "", (due, style, DUE), width, marked)

    def about_row(self, row: IncidentRow) -> Content:
        """Who opened it when; who closed it, and why."""
        dot = f" {self.look.symbols.dot} "
        said = f"incident {row.id}{dot}opened {moment(row.opened_at)} by {line(row.opened_by)}"
        if row.closed_at is not None:
            said += f"{dot}closed by {line(row.closed_by)}"
        return Content.assemble((said, "$quiet"), "\n", line(row.note))

    def say_about(self) -> None:
        """What is known of it as well, once it is read."""
        super().say_about()
        row = self.current
        if row is None:
            self.say(Content(""))
        elif self._told is None or self._told.row.id != row.id:
            incident_id = row.id

            def rule(viewer: Viewer) -> Incident:
                from clinic_tui.invitations.incidents import one

                return one(viewer, incident_id)

            self.ask(rule, self._tell)

    def _tell(self, incident: Incident) -> None:
        from clinic_tui.invitations.incidents import TO_ASSESS

        if self.current is None or self.current.id != incident.row.id:
            return
        self._told = incident
        dash = f" {self.look.symbols.dot} "
        parts: list[str | tuple[str, str]] = []
        for heading, sentences in (("Known", incident.facts), ("To assess", TO_ASSESS)):
            parts += [(f"{heading}\n", "bold"), *(f"{dash}{line(sentence)}\n" for sentence in sentences), "\n"]
        parts.append(("What happened\n", "bold"))
        parts += [f"   {moment(at)}  {line(who)}: {line(what)}\n" for at, who, what in incident.timeline]
        self.say(Content.assemble(*parts))

    def nothing(self) -> tuple[str, ...]:
        """What will appear here."""
        return (
            "No incident yet." if self._with_closed else "No incident is open.",
            "Where somebody replies NOT ME, or a profile or a review says that the wrong person was reached, it is "
            "assessed here.",
            "" if self._with_closed else f"{self.key_of('closed')} shows those that were closed.",
        )

    def count(self) -> Content:
        """How many are open."""
        number = sum(row.closed_at is None for row in self.rows.rows)
        return Content.styled(f"{number} open" if number else "", "$quiet")

    # Keys

    def offers(self, action: str) -> bool:
        """Only what works for the incident under the cursor."""
        row = self.current
        if action == "close_incident":
            viewer = self.clinic.viewer
            return row is not None and row.closed_at is None and viewer is not None and viewer.role == "owner"
        return super().offers(action)

    def action_closed(self) -> None:
        """With those that were closed, or without them."""
        self._with_closed = not self._with_closed
        self.read()

    def action_close_incident(self) -> None:
        """Ask what was found and decided."""
        from screens.dialogs.close_incident import CloseIncidentDialog

        if self.current is not None:
            self.app.push_screen(CloseIncidentDialog(self.current.id), self._closed_one)

    def _closed_one(self, said: str | None) -> None:
        if said:
            self.show_done(said)
            self.read()
