from __future__ import annotations

from tests.commands.running import Desk


def test_without_a_terminal_the_demo_plays_its_story(desk: Desk) -> None:
    ran = desk.run("demo", seconds=120, TMPDIR=str(desk.home))
    assert ran.status == 0, ran
    assert "ACCEPT" in ran.out
    assert "Traceback" not in ran.err
    assert not list(desk.home.glob("clinic-tui-demo-*")), "nothing of it stays"


def test_the_demo_is_nobodys_practice(desk: Desk) -> None:
    desk.write_config(new=False)
    ran = desk.run("demo", "--config", desk.config)
    assert (ran.status, ran.out) == (2, "")
    assert not (desk.home / "clinic.db").exists()
