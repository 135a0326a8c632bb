"""How far a batch is: the bar, the rate, and what becomes of the rest."""

from __future__ import annotations

from datetime import timedelta

from clinic_tui import clock, outbox
from clinic_tui.access import Viewer
from clinic_tui.invitations import inviting
from clinic_tui.outbox import Progress
from screens.app import ClinicApp
from screens.outbox import progress
from tests.conftest import NOW
from tests.invitations.people import send_all
from tests.screens import people, story
from tests.screens.conftest import Desk, settle
from tests.screens.story import press, read
from tests.screens.test_outbox import SIZES, at_the_server, listed, open_screen


def in_bulk(viewer: Viewer, count: int) -> list[int]:
    """So many patients invited at once, without a hold; their invitations."""
    patients = [people.patient(f"{n:05}", "Pat", f"Many{n:03}", email=f"m{n}@example.org") for n in range(count)]
    return [row.invitation_id for row in inviting.invite_many(viewer, patients, hold=0, bulk=True).queued]


async def test_a_bar_shows_what_another_process_sends(desk: Desk, practice: Viewer) -> None:
    in_bulk(practice, 8)
    async with desk.open() as pilot:
        await open_screen(pilot)
        app = pilot.app
        assert isinstance(app, ClinicApp)
        assert "0 % · 0 of 8" in read(pilot)
        for went in range(1, 5):
            with clock.frozen_at(NOW + timedelta(seconds=10 * went)):
                assert outbox.sent(at_the_server())
                app.poll()
                await settle(pilot)
        said = read(pilot)
        assert "50 % · 4 of 8 · 6 a minute · under a minute left" in said
        assert "4 sent today" in said
        assert listed(pilot) == ["queued"] * 4 + ["sent"] * 4


@SIZES
def test_the_rest_of_a_batch_waits_for_the_first(desk: Desk, practice: Viewer, size: tuple[int, int]) -> None:
    in_bulk(practice, 60)
    send_all()
    assert desk.snap(open_screen, size)


@SIZES
def test_a_batch_of_which_five_came_back(desk: Desk, practice: Viewer, size: tuple[int, int]) -> None:
    for invitation in in_bulk(practice, 60)[:5]:
        outbox.failed(at_the_server(), "550 5.1.1 No such user")
        assert story.invitation(invitation).state == "failed"
    outbox.tend_batches()
    assert desk.snap(open_screen, size)


async def test_a_batch_that_is_paused_goes_on_when_somebody_says_so(desk: Desk, practice: Viewer) -> None:
    for _ in in_bulk(practice, 60)[:5]:
        outbox.failed(at_the_server(), "550 5.1.1 No such user")
    outbox.tend_batches()
    async with desk.open() as pilot:
        await open_screen(pilot)
        assert "5 of the first 50 invitations of alice's 60" in read(pilot)
        await press(pilot, "p")
        assert "Resumed: what is due goes out." in read(pilot)
        assert "of the first 50" not in read(pilot)
        assert len(outbox.claim("test", 100)) == 55


def test_a_rate_is_of_the_last_minute() -> None:
    rate = progress.Rate()
    reading = Progress(NOW, 0, 100, 0, 0, 0, 0, 0, 0, None, None, ())
    for second, done in ((0, 0), (30, 10), (60, 20), (90, 60)):
        rate.saw(reading._replace(at=NOW + timedelta(seconds=second), sent=done))
    assert rate.per_minute == 50
    rate.saw(reading._replace(at=NOW + timedelta(days=1)))
    assert rate.per_minute == 0
