from __future__ import annotations

from tests.commands.running import Desk
from tests.servers.faults import Fault
from tests.servers.smtp import SmtpServer

NAMES = [
    "config", "database", "key", "log", "portal", "smtp", "mailbox", "dns", "spf", "dmarc", "sync", "logout",
    "head", "kept",
]  # fmt: skip


def checks(desk: Desk) -> dict[str, dict[str, object]]:
    document = desk.ask("check")
    assert [check["name"] for check in document["checks"]] == NAMES
    assert document["ok"] == all(check["ok"] for check in document["checks"])
    assert all(set(check) == {"name", "ok", "detail"} and check["detail"] for check in document["checks"])
    return {check["name"]: check for check in document["checks"]}


def test_a_practice_in_order_is_ok(desk: Desk) -> None:
    with SmtpServer() as server:
        desk.write_config(smtp_port=server.port)
        assert desk.run("migrate").status == 0
        assert desk.run("sync").status == 0
        found = checks(desk)
        assert {name for name, check in found.items() if not check["ok"]} == set()
        assert found["sync"]["detail"] == "The last one: just now."
        assert "All is in order." in desk.run("check").err
        assert server.messages == [], "a check sends nothing"


def test_each_thing_that_is_wrong_is_named_and_hides_no_other(desk: Desk) -> None:
    desk.write_config(smtp_port=9)
    assert desk.run("migrate").status == 0
    (desk.maildir / "new").rmdir()
    (desk.folder / "clinic.key").chmod(0o640)
    (desk.home / "clinic.db").chmod(0o644)
    desk.run("settings", "portal.appointments", "no")
    (desk.folder / "clinic.key").chmod(0o600)
    desk.run("settings", "portal.appointments", "no")
    (desk.folder / "clinic.key").chmod(0o640)
    found = checks(desk)
    wrong = {name: str(check["detail"]) for name, check in found.items() if not check["ok"]}
    assert set(wrong) == {"database", "key", "portal", "smtp", "mailbox", "sync", "head", "kept"}
    assert "chmod 600" in wrong["database"]
    assert "chmod 600" in wrong["key"]
    assert "127.0.0.1:9" in wrong["smtp"]
    assert "later" not in wrong["smtp"], "nobody tries again: it was asked once"
    assert str(desk.maildir / "new") in wrong["mailbox"]
    ran = desk.run("check")
    assert ran.status == 0, "the command ran"
    assert "8 things to look at." in ran.err


def test_a_refused_login_is_told_without_the_password(desk: Desk) -> None:
    with SmtpServer(user="desk", password="right") as server:
        secret = desk.home / "secret"
        secret.write_text("wrong one\n")
        secret.chmod(0o600)
        desk.write_config(smtp_port=server.port)
        login = f'user = "desk"\npassword_file = "{secret}"\n[mailbox]'
        desk.config.write_text(desk.config.read_text().replace("[mailbox]", login))
        ran = desk.run("check", "--json")
        smtp = next(check for check in ran.json["checks"] if check["name"] == "smtp")
        assert not smtp["ok"]
        assert "refuses the login" in smtp["detail"]
        assert "wrong one" not in ran.out + ran.err + desk.log.read_text()


def test_looking_makes_no_database(desk: Desk) -> None:
    desk.write_config(new=False)
    found = checks(desk)
    assert not found["database"]["ok"]
    assert "clinic-tui migrate" in str(found["database"]["detail"])
    assert not (desk.home / "clinic.db").exists()
    assert not (desk.folder / "clinic.key").exists()


def test_a_test_message_goes_to_oneself(desk: Desk) -> None:
    with SmtpServer() as server:
        desk.write_config(smtp_port=server.port)
        ran = desk.run("mail", "test")
        assert ran.status == 0
        assert ran.out.startswith("A test message went to desk@clinic.example. The mail server said: 250")
        asked = desk.ask("templates", "test", "Invitation", "--language", "de")
        assert asked["sent"]
        assert [mail.recipients for mail in server.messages] == [("desk@clinic.example",)] * 2
        server.faults.add(Fault("rcpt", "550 5.1.1 No such user"))
        ran = desk.run("mail", "test")
        assert (ran.status, ran.out) == (1, "")
        assert "was not sent for certain: 550 5.1.1 No such user" in ran.err
