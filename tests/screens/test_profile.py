"""The profile: what it says of a patient, and what it lets one do."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from textual.pilot import Pilot

from clinic_tui import settings
from clinic_tui.access import Viewer
from clinic_tui.clock import frozen_at, now
from clinic_tui.db.connection import close_database, transaction
from clinic_tui.db.models.patients import Patient
from clinic_tui.invitations import inviting, reminding
from clinic_tui.queues import of_age
from screens.app import ClinicApp
from screens.profile import ProfileScreen
from tests.invitations.people import send_all
from tests.screens import people
from tests.screens.conftest import Acts, Desk, settle, shown, until

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
WIDE_TOO = pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)], ids=["80x24", "120x40", "200x60"])


def profile_of(patient_id: int) -> Acts:
    async def acts(pilot: Pilot[int]) -> None:
        assert isinstance(pilot.app, ClinicApp)
        pilot.app.open_patient(patient_id)

    return acts


async def visit(pilot: Pilot[int], patient_id: int) -> ProfileScreen:
    await profile_of(patient_id)(pilot)
    await settle(pilot)
    screen = pilot.app.screen
    assert isinstance(screen, ProfileScreen)
    return screen


def invited(viewer: Viewer, patient_id: int, email: str = "john.smyth@example.com") -> int:
    return inviting.invite(viewer, patient_id, email=email, hold=0).invitation_id


@WIDE_TOO
def test_full(desk: Desk, size: tuple[int, int]) -> None:
    john = people.smiths()["Smyth"]
    inviting.cancel(desk.viewer, invited(desk.viewer, john, "john@exmaple.com"))
    invited(desk.viewer, john)
    send_all()
    assert desk.snap(profile_of(john), size)


@SIZES
def test_may_be_invited(desk: Desk, size: tuple[int, int]) -> None:
    assert desk.snap(profile_of(people.smiths()["Smithers"]), size)


@SIZES
def test_not_enabled(desk: Desk, size: tuple[int, int]) -> None:
    _set("patient_access.invitations", "off")
    assert desk.snap(profile_of(people.smiths()["Smithers"]), size)


@pytest.mark.parametrize("which", range(len(people.HOSTILE)))
def test_hostile(desk: Desk, which: int) -> None:
    assert desk.snap(profile_of(people.hostile()[which]))


def test_forty_columns(desk: Desk) -> None:
    john = people.smiths()["Smyth"]
    invited(desk.viewer, john)
    assert desk.snap(profile_of(john), (40, 24))


@pytest.mark.parametrize(
    ("who", "said"),
    [
        ("Smith", "active"),
        ("de Smit-Jonker", "The patient wants no mail."),
        ("Smidt", "The patient is deceased."),
    ],
)
async def test_invite_is_absent_with_the_reason(desk: Desk, who: str, said: str) -> None:
    ids = people.smiths()
    async with desk.open() as pilot:
        screen = await visit(pilot, ids[who])
        assert said in shown(pilot)
        assert "Invite to the portal" not in shown(pilot)
        assert " invite" not in shown(pilot).splitlines()[-1]
        await pilot.press("i")
        assert pilot.app.screen is screen


async def test_a_portal_that_offers_nothing(desk: Desk) -> None:
    ids = people.smiths()
    for service in ("appointments", "invoices"):
        _set(f"portal.{service}", "no")
    async with desk.open() as pilot:
        await visit(pilot, ids["Smithers"])
        assert "The portal offers nothing" in shown(pilot)


async def test_the_keys_follow_the_newest_invitation(desk: Desk) -> None:
    john = people.smiths()["Smyth"]
    async with desk.open() as pilot:
        await visit(pilot, john)
        assert "i invite" in shown(pilot).splitlines()[-1]
        invited(desk.viewer, john)
        await _beat(pilot)
        assert "u take back" in shown(pilot).splitlines()[-1]
        assert "queued" in shown(pilot).splitlines()[3]
        send_all()
        await _beat(pilot)
        assert "c code  p slip  r resend  x revoke" in shown(pilot).splitlines()[-1]
        assert "invited" in shown(pilot).splitlines()[3]


async def test_taking_back_a_held_invitation(desk: Desk) -> None:
    john = people.smiths()["Smyth"]
    invited(desk.viewer, john)
    async with desk.open() as pilot:
        await visit(pilot, john)
        await pilot.press("u")
        await settle(pilot)
        assert "The invitation will not go out." in shown(pilot)
        assert "i invite" in shown(pilot).splitlines()[-1]
    assert not send_all()


async def test_what_was_done_is_said_until_it_is_so_no_more(desk: Desk) -> None:
    john = people.smiths()["Smyth"]
    invited(desk.viewer, john)
    async with desk.open() as pilot:
        await visit(pilot, john)
        await pilot.press("u")
        await settle(pilot)
        await _beat(pilot)
        assert "The invitation will not go out." in shown(pilot)
        invited(desk.viewer, john)
        await _beat(pilot)
        assert "queued" in shown(pilot).splitlines()[3]
        assert "The invitation will not go out." not in shown(pilot)


async def test_a_patient_who_is_gone(desk: Desk) -> None:
    john = people.smiths()["Smyth"]
    async with desk.open() as pilot:
        await visit(pilot, john)
        with transaction():
            Patient.delete().where(Patient.id == john).execute()
        await pilot.press("f1", "escape")
        await settle(pilot)
        assert "that you may see" in shown(pilot)
        await pilot.press("escape")
        await settle(pilot)
        assert "4 patients" in shown(pilot)


async def test_a_database_lost_is_said_and_the_profile_stays(desk: Desk) -> None:
    john = people.smiths()["Smyth"]
    async with desk.open() as pilot:
        await visit(pilot, john)
        close_database()
        file = Path(desk.config.database.removeprefix("sqlite:///"))
        file.rename(file.with_suffix(".kept"))
        file.mkdir()
        await _beat(pilot)
        assert "database away" in shown(pilot).splitlines()[0]
        await pilot.press("f1", "escape")
        await settle(pilot)
        assert "The database file is gone, or cannot be opened." in shown(pilot)
        assert "0412 555 904" in shown(pilot)
        file.rmdir()
        file.with_suffix(".kept").rename(file)
        await _beat(pilot)
        assert "The database file" not in shown(pilot)
        assert "0412 555 904" in shown(pilot)


async def test_what_was_read_before_something_was_done_never_shows_after_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    john = people.smiths()["Smyth"]
    invited(desk.viewer, john)
    send_all()
    is_due, revoke = of_age.is_due, inviting.revoke
    read, gate = threading.Event(), threading.Event()

    def read_late(viewer: Viewer, patient_id: int) -> bool:
        if not read.is_set():
            read.set()
            gate.wait(10)
        return is_due(viewer, patient_id)

    def revoke_then(viewer: Viewer, invitation_id: int) -> None:
        read.wait(10)
        revoke(viewer, invitation_id)

    async with desk.open() as pilot:
        screen = await visit(pilot, john)
        await pilot.press("x")
        await until(pilot, lambda: "Revoke the invitation" in shown(pilot))
        monkeypatch.setattr(of_age, "is_due", read_late)
        monkeypatch.setattr(inviting, "revoke", revoke_then)
        await pilot.press("enter")
        await until(pilot, lambda: "The invitation is revoked." in shown(pilot))
        await until(pilot, lambda: sum(worker.is_running for worker in screen.workers) == 1)
        gate.set()
        await settle(pilot)
        assert "The invitation is revoked." in shown(pilot)
        assert screen.newest is not None
        assert screen.newest.state == "revoked"


async def _beat(pilot: Pilot[int]) -> None:
    assert isinstance(pilot.app, ClinicApp)
    pilot.app.poll()
    await settle(pilot)


def _set(name: str, value: str) -> None:
    with transaction():
        settings.change(Viewer("root", "owner"), name, value)
    assert now()


@SIZES
def test_reminded(desk: Desk, size: tuple[int, int]) -> None:
    patient_id = reminded_twice(desk)
    with frozen_at(now() + timedelta(days=6)):
        assert desk.snap(profile_of(patient_id), size)


def reminded_twice(desk: Desk) -> int:
    settings.change(Viewer("bea", "owner"), "patient_access.reminders", 2)
    patient_id = people.smiths()["Smyth"]
    invited(desk.viewer, patient_id)
    send_all()
    for days in (3, 6):
        with frozen_at(now() + timedelta(days=days)):
            assert reminding.queue_due() == 1
            send_all()
    return patient_id
