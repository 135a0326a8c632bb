"""The story of the sample practice without a screen: the functions that the app calls, and each step printed."""

from __future__ import annotations

from collections.abc import Callable

from clinic_tui import notifications, outbox
from clinic_tui.clock import local
from clinic_tui.demo.opening import Demo
from clinic_tui.demo.post import Answer, Opened
from clinic_tui.demo.telling import Teller, on
from clinic_tui.emails import difference
from clinic_tui.errors import ClinicError, FieldError
from clinic_tui.invitations import accepting, eligibility, inviting, reading, reviewing
from clinic_tui.invitations.states import portal_line
from clinic_tui.messages.gather import MASKED_CODE
from clinic_tui.patients import lookup
from clinic_tui.patients.lookup import PatientRow
from clinic_tui.text import clean

JOEL, JOHN = "000102", "000103"
HOLD = 0  # the desk's two minutes of grace are left out: nobody is there to take anything back


def play(demo: Demo, say: Callable[[str], object], *, symbols: bool = True) -> None:
    """Tell the story with `say`, line by line. Raises ClinicError where this practice cannot tell it (again)."""
    _Story(demo, Teller(say, symbols=symbols)).play()


class _Story:
    def __init__(self, demo: Demo, teller: Teller) -> None:
        self._demo = demo
        self._viewer = demo.viewer
        self._teller = teller
        self._joel = self._cast(JOEL)
        self._john = self._cast(JOHN)

    def play(self) -> None:
        self._opening()
        row = self._lookup()
        self._not_everybody()
        invitation = self._invite(row)
        self._accept(row, invitation)
        self._identity(row, invitation)
        code = self._second()
        self._read_out(code)
        self._what_else()
        self._end()

    def _cast(self, number: str) -> PatientRow:
        """The patient with this number, whom nobody has invited yet."""
        row = next((row for row in lookup.search(self._viewer, number).rows if row.number == number), None)
        if row is None:
            raise ClinicError("The story needs the first patients of the sample.", "Play it with more --patients.")
        if eligibility.refusal(self._viewer, row.id) is not None:
            raise ClinicError(
                "The story has been told in this practice already.", "Name another --dir, or none, to hear it again."
            )
        return row

    def _opening(self) -> None:
        tell = self._teller
        config = self._demo.config
        port = config.smtp.port if config.smtp else 0
        tell.title("clinic-tui: the sample practice")
        tell.tell(
            f"Harbour Street Practice has {self._demo.patients:,} patients, all of them invented. Its database is a "
            f"file of its own, its mail server listens on 127.0.0.1:{port} and hands on to nobody: nothing leaves this "
            "machine."
        )
        tell.line()
        tell.tell("What follows is done by the functions that the app's keys call. Alice is at the front desk.")

    def _lookup(self) -> PatientRow:
        tell = self._teller
        tell.chapter("The desk finds a patient")
        tell.line("Typed:  smi jo 1984")
        tell.line()
        found = lookup.search(self._viewer, "smi jo 1984", 4).rows
        for row in found:
            tell.patient(row, chosen=row.id == self._joel.id)
        tell.line()
        tell.tell(f"Alice opens the profile of {clean(lookup.display_name(self._joel))}.")
        return self._joel

    def _not_everybody(self) -> None:
        tell = self._teller
        tell.chapter("Not everybody may be invited")
        for number in ("000101", "000116", "000120", "000115"):
            row = next((row for row in lookup.search(self._viewer, number).rows if row.number == number), None)
            if row is None:
                continue
            why: ClinicError | None = eligibility.refusal(self._viewer, row.id)
            if why is None:
                try:
                    eligibility.check_address(self._viewer, row.email)
                except FieldError as error:
                    why = error
            tell.line(f"{clean(lookup.display_name(row), 24):<25}{why.title if why else 'may be invited'}")

    def _invite(self, row: PatientRow) -> int:
        tell = self._teller
        words = "Hi [Patient First Name], as promised on the phone."
        tell.chapter("The invitation")
        tell.line(f"E-mail, typed twice        {row.email}")
        tell.line(f"Your message               {words}")
        tell.line(f"The code, as staff see it  {MASKED_CODE}")
        eligibility.check_address(self._viewer, row.email, row.email)
        invited = inviting.invite(self._viewer, row.id, custom_message=words, hold=HOLD)
        tell.line(f"Portal line                {self._portal(row.id)}")
        self._post()
        sent = reading.one(self._viewer, invited.invitation_id)
        tell.line()
        tell.line(f"The mail server says       {clean(sent.answer or '')}")
        tell.line(f"Portal line                {self._portal(row.id)}, until {on(sent.expires_at)}")
        tell.line()
        tell.tell("What Joel finds in his mailbox, the code in full:")
        tell.line()
        tell.message(self._newest(invited.email).mail)
        return invited.invitation_id

    def _accept(self, row: PatientRow, invitation_id: int) -> None:
        tell = self._teller
        tell.chapter("The patient accepts")
        self._reply(str(row.email), "accept", "Joel presses Reply, types one word above the quoted message, and sends:")
        self._post()
        tell.tell("The practice reads its mailbox, and the desk is told:")
        tell.line()
        self._notification(invitation_id)
        tell.line()
        tell.tell(
            f"Joel now is: {self._portal(row.id)}. A reply proves the mailbox, not the person, so nothing of the "
            "portal goes out yet. He is told so:"
        )
        tell.line()
        tell.line(f"Subject: {clean(self._newest(str(row.email)).received.subject)}")

    def _identity(self, row: PatientRow, invitation_id: int) -> None:
        tell = self._teller
        tell.chapter("The desk checks who it is, and the set-up steps go out")
        accepting.check_identity(self._viewer, invitation_id, "photo card at the desk")
        self._post()
        done = reading.one(self._viewer, invitation_id)
        tell.tell(f"Checked by {done.identity_by}: {done.identity_how}. Joel now is: {self._portal(row.id)}.")
        tell.line()
        tell.message(self._newest(str(row.email)).mail)

    def _second(self) -> str:
        """Invites John, whose record has no address; the code that his message holds."""
        tell = self._teller
        tell.chapter("A second patient, who rings instead")
        tell.tell("John Smyth has no e-mail on his record. He gives it at the desk, and Alice types it twice:")
        tell.line()
        email, slip = "john.smyth@example.com", "john.smyth@exmaple.com"
        tell.line(f"E-mail          {email}")
        tell.line(f"Confirm e-mail  {slip}")
        differs = difference(email, slip)
        try:
            eligibility.check_address(self._viewer, email, slip)
        except FieldError as error:
            start, end = differs or (0, 0)
            tell.line(f"                {' ' * start}{'^' * (end - start)} {error.title}")
        tell.line(f"Confirm e-mail  {eligibility.check_address(self._viewer, email, email)}")
        inviting.invite(self._viewer, self._john.id, email=email, store_email=True, hold=HOLD)
        self._post()
        opened = self._newest(email)
        line = next(line for line in opened.text.splitlines() if "code:" in line)
        tell.line()
        tell.tell("The address is kept on his record, and the message is in his mailbox. One line of it:")
        tell.line()
        tell.quoted(line)
        return line.partition("code:")[2].strip()

    def _read_out(self, code: str) -> None:
        tell = self._teller
        tell.chapter("The code, read to the desk")
        invitation = reading.of_patient(self._viewer, self._john.id)[0]
        heard = code[:-1] + str((int(code[-1]) + 1) % 10)
        for typed in (heard, code):
            try:
                accepting.accept_by_code(self._viewer, invitation.id, typed)
                answer = f"Accepted. John now is: {self._portal(self._john.id)}"
            except FieldError as error:
                answer = error.title
            tell.line(f"Alice types  {typed}")
            tell.line(f"             {answer}")
        tell.line()
        self._notification(invitation.id)
        accepting.check_identity(self._viewer, invitation.id, "date of birth and address, by phone")
        self._post()
        tell.line()
        tell.tell(
            f"Alice asks his date of birth and address, and ticks them off. John now is: {self._portal(self._john.id)}."
        )
        tell.line()
        tell.line(f"Subject: {clean(self._newest('john.smyth@example.com').received.subject)}")

    def _what_else(self) -> None:
        tell = self._teller
        waiting = reviewing.waiting(self._viewer)
        if not waiting:
            return
        tell.chapter("What else came back")
        tell.tell("Only ACCEPT as the whole first line accepts. What people write otherwise waits for a person:")
        for reply in waiting:
            tell.line()
            tell.line(f"{clean(f'{reply.given} {reply.family}')} wrote:")
            tell.quoted(reply.body or "")
        first = waiting[0]
        accepted = reviewing.accept(self._viewer, first.id)
        tell.line()
        now = self._portal(accepted.patient_id)
        tell.tell(f"Alice takes the first one as a yes. {clean(str(first.given))} now is: {now}.")

    def _end(self) -> None:
        tell = self._teller
        tell.chapter("On the desk's list at the end")
        for note in notifications.listing(self._viewer):
            name = clean(f"{note.given} {note.family}", 30)
            at = local(note.created_at)
            tell.line(f"{at:%a} {at:%H:%M}  {note.kind:<12} {name:<26} {clean(note.detail or '', 26)}")
        counts = outbox.counts(self._viewer)
        tell.line()
        tell.tell(f"Outbox: {counts.sent} sent today, {counts.queued + counts.held} waiting, {counts.failed} failed, "
                  f"{counts.unconfirmed} unconfirmed (its server broke off: never sent again by itself).")  # fmt: skip
        tell.line()
        where = "removed now" if self._demo.temporary else f"kept in {self._demo.directory}"
        tell.tell(
            f"That was the sample practice; it is {where}. In a terminal, clinic-tui demo opens it on the screen."
        )

    def _reply(self, address: str, answer: Answer, how: str) -> None:
        tell = self._teller
        tell.tell(how)
        tell.line()
        mail = self._demo.post.answer(self._newest(address).received.id, answer)
        tell.message(mail, lines=5)
        tell.line()

    def _newest(self, address: str) -> Opened:
        return self._demo.post.open(self._demo.post.received(address, 1)[0].id)

    def _post(self) -> None:
        """What is due goes out, what came in is read, and what follows from that goes out too."""
        self._demo.sync()
        self._demo.sync()

    def _portal(self, patient_id: int) -> str:
        """The patient's portal line, as it is now."""
        row = lookup.rows_by_id(self._viewer, [patient_id])[0]
        return self._teller.sign(portal_line(row.portal, row.portal_at, row.portal_until))

    def _notification(self, invitation_id: int) -> None:
        note = next(note for note in notifications.listing(self._viewer) if note.invitation_id == invitation_id)
        at = local(note.created_at)
        self._teller.line(
            f"* {clean(f'{note.given} {note.family}')}: {note.kind} {clean(note.detail or '')}, {at:%H:%M}"
        )
