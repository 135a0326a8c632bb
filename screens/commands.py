"""What a person can do, said once: a command's key, footer, menu, palette and help all come from here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from textual.binding import Binding, BindingType
from textual.keys import key_to_character

_SPOKEN = {
    "escape": "Esc", "enter": "Enter", "space": "Space", "up": "Up", "down": "Down", "left": "Left", "right": "Right",
    "pageup": "PgUp", "pagedown": "PgDn", "home": "Home", "end": "End", "tab": "Tab", "backspace": "Backspace",
}  # fmt: skip

_SCOPES = {"app": "app", "focused": "table"}  # by what an action begins with


@dataclass(frozen=True, slots=True)
class Command:
    """One thing that can be done.

    `action` is the Textual action, as in a binding (`app.help`, `invite`). `keys` are comma-separated; the first is the
    one shown. `name` is what menu, palette and help call it; `footer` the word beside its key in the footer ("" keeps
    it out); `about` one sentence for help and palette; `menu` the menu's heading ("" keeps it out of the menu).
    `priority`: it works while a text field has the focus, before the field sees the key. `scope`: whose command it is
    in the config's [keys], where several rooms share it; else the room's.
    """

    action: str
    name: str
    keys: str = ""
    footer: str = ""
    about: str = ""
    menu: str = ""
    priority: bool = False
    scope: str = ""

    def id(self, room: str) -> str:
        """What the config's [keys] calls it in this room: `profile.invite`, `app.help`, `table.tick`."""
        scope = self.scope or _SCOPES.get(self.action.partition(".")[0], room)
        return f"{scope}.{_slug(self.name) if '(' in self.action else self.bare_action}"

    @property
    def shown_key(self) -> str:
        """The first key, as people write it: `F1`, `Ctrl+S`, `Enter`, `i`."""
        return spoken(self.keys.partition(",")[0])

    @property
    def spoken_keys(self) -> list[str]:
        """All of its keys, as people write them."""
        return [spoken(key.strip()) for key in self.keys.split(",") if key.strip()]

    @property
    def bare_action(self) -> str:
        """The action's name, without `app.` or `screen.` and without parameters: what `check_action` is asked."""
        return self.action.rpartition(".")[2].partition("(")[0]

    def binding(self, room: str) -> Binding:
        """The Textual binding of this command in a room."""
        return Binding(
            self.keys or f"none_{self.bare_action}",
            self.action,
            self.name,
            show=False,
            priority=self.priority,
            id=self.id(room),
        )


def _slug(name: str) -> str:
    return re.sub(r"\W+", "_", name.lower()).strip("_")


def spoken(key: str) -> str:
    """A key as people write it."""
    if key in _SPOKEN:
        return _SPOKEN[key]
    *held, last = key.split("+")
    shown = _SPOKEN.get(last) or (len(last) > 1 and key_to_character(last)) or last  # `/` for `slash`
    if held or (last[:1] == "f" and last[1:].isdigit()):
        shown = _SPOKEN.get(last, shown.upper())
    return "+".join([*(word.capitalize() for word in held), shown])


def bindings(commands: Iterable[Command], room: str) -> list[BindingType]:
    """The bindings in a room of its commands; one without a key can be given one."""
    return [command.binding(room) for command in commands]


HELP = Command("app.help", "Help", "f1", "help", "What this screen is for, and its keys.", "Help", True)
REPORTS = Command(
    "app.reports", "Patient reports", "f2", "reports", "Case loads: who has what in common.", "Reports", True
)
OUTBOX = Command(
    "app.outbox", "Outbox", "f3", "outbox", "Invitations on their way: held, sent, in doubt.", "Outbox", True
)
NOTIFICATIONS = Command(
    "app.notifications", "Notifications", "f4", "notifications", "Who accepted, what bounced.", "Outbox", True
)
QUEUES = Command("app.queues", "Work queues", "f5", "queues", "What waits for somebody at the desk.", "Outbox", True)
REVIEW = Command("app.review", "Replies to review", "", "", "Replies that need a person.", "Outbox")
INCIDENTS = Command(
    "app.incidents", "Incidents", "", "", "Wrong persons reached, and what is to be assessed.", "Outbox"
)
MAILBOX = Command(
    "app.mailbox", "Patient's mailbox (demo)", "f9", "mailbox", "What patients get and answer.", "Outbox", True
)
MENU = Command("app.menu", "Menu", "f10", "menu", "Everything that can be done here.", "", True)
PALETTE = Command("app.command_palette", "Command palette", "ctrl+p", "", "Find a command by its name.", "", True)
LOOKUP = Command("app.lookup", "Look up a patient", "", "", "Back to the list of patients.", "Patients")
IMPORTS = Command(
    "app.imports", "Import", "", "", "Patients and their portal accounts from a file; earlier imports.", "Patients"
)
ACCESS = Command(
    "app.access", "General: Patient Access", "", "", "Who may be invited, what the portal offers.", "Settings"
)
TEMPLATES = Command(
    "app.templates", "Communication templates", "", "", "What the practice says in its messages.", "Settings"
)
PRACTITIONERS = Command(
    "app.practitioners", "Practitioners", "", "", "Who treats patients, and which addresses are theirs.", "Settings"
)
STAFF = Command("app.staff", "Staff", "", "", "Who comes in, and whose patients they see.", "Settings")
LIGHTS = Command("app.lights", "Light or dark", "", "", "Change between the light and the dark theme.", "Settings")
TRAINING = Command(
    "app.training", "Training copy", "", "", "A sample practice to learn in: nothing real is touched.", "Help"
)
BACK = Command("app.back", "Back", "escape", "back", "Back to the screen before this one.")
QUIT = Command("app.quit", "Quit", "ctrl+q", "", "Leave. What is queued goes out all the same.", "Help", True)

EVERYWHERE: tuple[Command, ...] = (
    REPORTS, OUTBOX, MAILBOX, NOTIFICATIONS, QUEUES, MENU, HELP, PALETTE, LOOKUP, IMPORTS, REVIEW, INCIDENTS, ACCESS,
    TEMPLATES, PRACTITIONERS, STAFF, LIGHTS, TRAINING, QUIT,
)  # fmt: skip
