"""Incidents: messages that reached the wrong person, with what happened and what there is to assess."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from screens.commands import BACK, Command
from screens.listing import MOST, RETRY, ListScreen
from screens.widgets.cells import fit, line
from screens.widgets.dates import moment
from screens.widgets.marks import Rule
from screens.widgets.person import listed
from screens.widgets.rows import Rows

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


class IncidentsScreen(ListScreen["IncidentRow"]):
    """The list above, one incident below: what is known, what there is to assess, what happened."""

    HEADING = "Incidents"
    ABOUT = (
        "An invitation that reached the wrong person: its address is blocked, and somebody has 30 days to assess what "
        "that means. What is known stands here, and what happened in its order; the decision is a person's. An owner "
        "closes an incident with a note that says what was found and decided. PgDn and PgUp scroll."
    )
    KEYS = (
        Command("open", "Open the patient", "enter", "patient", "The patient's profile."),
        Command("close_incident", "Close the incident", "c", "close", "Say what was found and decided; for owners."),
        Command("closed", "Show closed ones", "h", "closed", "Also those that were closed, with their notes."),
        Command("scroll(1)", "Down", "pagedown", "read on", "Scroll what is said of it down.", priority=True),
        Command("scroll(-1)", "Up", "pageup", "", "Scroll it up.", priority=True),
        RETRY,
        BACK,
    )

    def __init__(self) -> None:
        super().__init__()
        self._with_closed = False
        self._told: Incident | None = None

    def below(self) -> ComposeResult:
        """The incident."""
        yield Rule(self.look, id="about-rule")
        yield Static("", id="about", markup=False)
        with VerticalScroll(id="reply", can_focus=False):
            yield Static("", id="text", markup=False)

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
            self.rows.styles.height = max(1, min(len(rows), max(4, self.app.size.height // 4)))
            self.show_rows(rows)

    # Showing

    def draw(self, row: IncidentRow, width: int, marked: bool) -> Content:
        """Patient, address, until when."""
        marks = self.look.symbols
        name = 24 if width < 110 else 32
        rest = width - 3 - name - 2 - DUE - 3
        name = name if rest > 8 else max(8, width - 3 - DUE - 3)
        if row.closed_at is not None:
            due, style = f"closed {moment(row.closed_at)}", "$quiet"
        else:
            due, style = f"due {moment(row.due_at)}", "$error" if row.is_late else "$warning"
        parts: list[str | tuple[str, str]] = [
            f" {marks.cursor if marked else ' '} ",
            fit(listed(row) or "no patient any more", name, ellipsis=marks.ellipsis), "  ",
        ]  # fmt: skip
        if rest > 8:
            parts += [(fit(line(row.email), rest, ellipsis=marks.ellipsis), "$quiet"), "  "]
        return Content.assemble(*parts, (fit(due, DUE, right=True), style))

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
            self.query_one("#text", Static).update("")
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
        self.query_one("#text", Static).update(Content.assemble(*parts))
        self.query_one("#reply", VerticalScroll).scroll_home(animate=False)

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
        if action == "open":
            return row is not None and row.patient_id is not None
        if action == "close_incident":
            viewer = self.clinic.viewer
            return row is not None and row.closed_at is None and viewer is not None and viewer.role == "owner"
        if action == "scroll":
            return row is not None
        return super().offers(action)

    @on(Rows.Chosen)
    def _chosen(self) -> None:
        self.action_open()

    def action_open(self) -> None:
        """The patient."""
        if self.current is not None and self.current.patient_id is not None:
            self.clinic.open_patient(self.current.patient_id)

    def action_scroll(self, by: int) -> None:
        """What is said of it, a page down or up."""
        said = self.query_one("#reply", VerticalScroll)
        said.scroll_relative(y=by * max(1, said.size.height - 1), animate=False)

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
