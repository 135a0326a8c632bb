"""Reading a mailbox, by IMAP and from a Maildir: each mail once, nothing changed in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from clinic_tui.access import Viewer
from clinic_tui.clock import now
from clinic_tui.config_mail import Afterwards
from clinic_tui.config_mail import Mailbox as Section
from clinic_tui.db.connection import transaction
from clinic_tui.db.models.post import Message
from clinic_tui.errors import ClinicError, ConfigError, MailError
from clinic_tui.invitations import inviting
from clinic_tui.mail import mailbox as mailboxes
from clinic_tui.mail.imap import ImapMailbox
from clinic_tui.mail.mailbox import open_mailbox
from tests.invitations.people import patient
from tests.mail.post_office import imap_mailbox, maildir
from tests.servers import certificates
from tests.servers.imap import ImapServer

MAIL = b"From: pat@example.net\r\nTo: desk@example.org\r\nSubject: %s\r\n\r\nHello\r\n"


@pytest.fixture
def imap() -> Iterator[ImapServer]:
    with ImapServer() as server:
        yield server


@pytest.fixture
def something_sent(open_practice: Viewer) -> None:
    """An invitation is out: mail may come back."""
    inviting.invite(open_practice, patient(), hold=0)
    with transaction():
        Message.update(state="sent", data_at=now(), sent_at=now()).execute()


def read(section: Section, *, taking: int = 1000) -> list[bytes]:
    """The subjects of the new mail, as another process would see them; at most `taking` are done."""
    mailbox = open_mailbox(section)
    subjects = []
    mails = mailbox.new_mail()
    try:
        for incoming in mails:
            subjects.append(incoming.raw.split(b"Subject: ")[1].split(b"\r\n")[0])
            if len(subjects) > taking:
                break
            mailbox.done(incoming)
    finally:
        mails.close()  # type: ignore[attr-defined]
        mailbox.close()
    return subjects[:taking]


def deliver(folder: Path, subject: bytes, name: str) -> Path:
    """As a delivery agent does: written to tmp, then renamed into new."""
    (folder / "tmp" / name).write_bytes(MAIL % subject)
    return (folder / "tmp" / name).rename(folder / "new" / name)


def test_imap_reads_inbox_and_junk_once_and_leaves_no_trace(
    open_practice: Viewer, imap: ImapServer, tmp_path: Path
) -> None:
    section = imap_mailbox(imap, tmp_path)
    assert read(section) == []
    imap.append(MAIL % b"one")
    imap.append(MAIL % b"two")
    imap.append(MAIL % b"three", "Junk")
    imap.append(MAIL % b"never", "Sent")
    assert read(section) == [b"one", b"two", b"three"]
    assert read(section) == []
    imap.append(MAIL % b"four")
    assert read(section) == [b"four"]
    assert {flag for stored in imap.messages() for flag in stored.flags} == set()


def test_imap_goes_on_where_it_stopped(open_practice: Viewer, imap: ImapServer, tmp_path: Path) -> None:
    section = imap_mailbox(imap, tmp_path)
    read(section)
    for subject in (b"one", b"two", b"three"):
        imap.append(MAIL % subject)
    assert read(section, taking=1) == [b"one"]
    assert read(section) == [b"two", b"three"]


def test_a_mailbox_full_of_old_mail_is_not_read_before_anything_was_sent(
    open_practice: Viewer, imap: ImapServer, tmp_path: Path
) -> None:
    section = imap_mailbox(imap, tmp_path)
    folder = maildir(tmp_path / "mail")
    for number in range(3):
        imap.append(MAIL % b"old")
        deliver(tmp_path / "mail", b"old", f"{number}.host")
    assert read(section) == []
    for _ in range(2):  # the overlap of a Maildir is looked at again, and is theirs to ignore
        read(folder)
    imap.append(MAIL % b"new")
    deliver(tmp_path / "mail", b"new", "9.host")
    assert read(section) == [b"new"]
    assert b"new" in read(folder)


@pytest.mark.usefixtures("something_sent")
def test_a_mailbox_that_is_numbered_anew_is_read_again(imap: ImapServer, tmp_path: Path) -> None:
    section = imap_mailbox(imap, tmp_path)
    imap.append(MAIL % b"one")
    assert read(section) == [b"one"]
    imap.reset_uidvalidity()
    imap.append(MAIL % b"two")
    assert read(section) == [b"one", b"two"]
    assert read(section) == []


def test_of_a_very_large_mail_the_beginning_is_read(
    open_practice: Viewer, imap: ImapServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from clinic_tui.mail import imap as by_imap

    monkeypatch.setattr(by_imap, "LARGEST", 300)
    monkeypatch.setattr(by_imap, "BEGINNING", 100)
    section = imap_mailbox(imap, tmp_path)
    read(section)
    imap.append(MAIL % b"large" + b"x" * 1000)
    mailbox = open_mailbox(section)
    [incoming] = list(mailbox.new_mail())
    mailbox.close()
    assert incoming.raw == (MAIL % b"large" + b"x" * 1000)[:100]


def test_a_line_that_breaks_is_mended_by_the_next_pass(open_practice: Viewer, imap: ImapServer, tmp_path: Path) -> None:
    mailbox = open_mailbox(imap_mailbox(imap, tmp_path))
    assert list(mailbox.new_mail()) == []
    imap.append(MAIL % b"one")
    imap.drop_clients()
    with pytest.raises(MailError, match=r"closed the connection|cannot be reached"):
        list(mailbox.new_mail())
    assert len(list(mailbox.new_mail())) == 1
    mailbox.close()


def test_sent_mail_is_found_by_its_message_id(open_practice: Viewer, imap: ImapServer, tmp_path: Path) -> None:
    imap.append(b"Message-ID: <ours.1@example.org>\r\nSubject: x\r\n\r\nx\r\n", "Sent")
    mailbox = open_mailbox(imap_mailbox(imap, tmp_path))
    assert mailbox.find_sent("<ours.1@example.org>")
    assert not mailbox.find_sent("<ours.2@example.org>")
    mailbox.close()


def test_a_wrong_password_a_silent_server_and_none_are_said(
    open_practice: Viewer, imap: ImapServer, tmp_path: Path
) -> None:
    section = imap_mailbox(imap, tmp_path, timeout=1)
    assert section.password_file is not None
    section.password_file.write_text("wrong\n")
    with pytest.raises(MailError, match="refuses the login") as refused:
        read(section)
    assert "wrong" not in str(refused.value)
    imap.silent = True
    with pytest.raises(MailError, match="in time"):
        read(section)
    with ImapServer() as server:
        gone = imap_mailbox(server, tmp_path)
    with pytest.raises(MailError, match="cannot be reached"):
        read(gone)


def test_a_folder_that_is_not_there_is_named(open_practice: Viewer, imap: ImapServer, tmp_path: Path) -> None:
    section = replace(imap_mailbox(imap, tmp_path), folder="Replies")
    with pytest.raises(MailError, match="no folder Replies"):
        read(section)
    mailbox = ImapMailbox(section)
    with pytest.raises(MailError, match="no folder Replies"):
        mailbox.check()
    mailbox.close()


def test_imap_verifies_who_it_talks_to(open_practice: Viewer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with ImapServer(security="tls") as server:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificates.ca_file()))
        assert read(imap_mailbox(server, tmp_path)) == []
        monkeypatch.setenv("SSL_CERT_FILE", str(certificates.stranger().ca_file))
        with pytest.raises(MailError, match="certificate"):
            read(imap_mailbox(server, tmp_path))


def test_imap_in_plain_text_never_leaves_the_machine(open_practice: Viewer) -> None:
    with pytest.raises(ConfigError, match="plain text"):
        read(Section("imap://x", "imap", None, "imap.example.org", 143, False, "desk"))


@pytest.mark.usefixtures("something_sent")
def test_a_maildir_is_read_once_and_in_place(tmp_path: Path) -> None:
    section = maildir(tmp_path / "mail")
    deliver(tmp_path / "mail", b"one", "1.host")
    mailbox = open_mailbox(section)

    def subjects() -> list[bytes]:
        found = []
        for incoming in mailbox.new_mail():
            found.append(incoming.raw.split(b"Subject: ")[1].split(b"\r\n")[0])
            mailbox.done(incoming)
        return found

    assert subjects() == [b"one"]
    assert subjects() == []
    deliver(tmp_path / "mail", b"two", "2.host")
    assert subjects() == [b"two"]
    assert sorted(path.name for path in (tmp_path / "mail" / "new").iterdir()) == ["1.host", "2.host"]
    (tmp_path / "mail" / "new" / "1.host").rename(tmp_path / "mail" / "cur" / "1.host:2,S")
    (tmp_path / "mail" / "new" / "2.host").unlink()
    subjects()
    assert sorted(path.name for path in (tmp_path / "mail" / "cur").iterdir()) == ["1.host:2,S"]


@pytest.mark.usefixtures("something_sent")
def test_old_mail_of_a_maildir_is_not_opened_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from clinic_tui.mail import maildir as in_place

    monkeypatch.setattr(in_place, "_OVERLAP_MS", -1)
    section = maildir(tmp_path / "mail")
    for number in range(20):
        deliver(tmp_path / "mail", b"old", f"{number}.host")
    assert len(read(section)) == 20
    assert read(section) == []


def test_a_maildir_that_is_none_is_said(open_practice: Viewer, tmp_path: Path) -> None:
    with pytest.raises(ClinicError, match="cannot be read"):
        read(Section("maildir:/x", "maildir", tmp_path / "nothing"))


def test_nothing_is_awaited_before_anything_was_sent(open_practice: Viewer) -> None:
    assert mailboxes.answers_since() is None


@pytest.mark.parametrize("name", ["Spam", "Junk E-mail", "Archive/Spamverdacht", "INBOX/Bulk Mail"])
def test_junk_is_read_by_whatever_name(open_practice: Viewer, tmp_path: Path, name: str) -> None:
    with ImapServer(folders=("Sent", "Spammers", name)) as server:
        section = imap_mailbox(server, tmp_path)
        read(section)
        server.append(MAIL % b"junk", name)
        server.append(MAIL % b"never", "Spammers")
        assert read(section) == [b"junk"]


@pytest.mark.usefixtures("something_sent")
@pytest.mark.parametrize("name", [".Junk", ".Spam", ".INBOX.Junk"])
def test_junk_of_a_maildir_is_read_too(tmp_path: Path, name: str) -> None:
    section = maildir(tmp_path / "mail")
    maildir(tmp_path / "mail" / name)
    maildir(tmp_path / "mail" / ".Lists")
    deliver(tmp_path / "mail", b"one", "1.host")
    deliver(tmp_path / "mail" / name, b"two", "1.host")
    deliver(tmp_path / "mail" / ".Lists", b"never", "1.host")
    assert read(section) == [b"one", b"two"]
    mailbox = open_mailbox(section)
    assert [incoming.folder for incoming in mailbox.new_mail()][1:] == [f"maildir:{tmp_path / 'mail' / name}"]


def read_ours(section: Section, ours: bytes) -> None:
    """One pass, in which the mails with this subject are about an invitation."""
    mailbox = open_mailbox(section)
    for incoming in mailbox.new_mail():
        if b"Subject: " + ours in incoming.raw:
            mailbox.was_ours(incoming)
        mailbox.done(incoming)
    mailbox.close()


@pytest.mark.parametrize("afterwards", ["leave", "seen", "move"])
def test_imap_files_only_what_was_ours_and_only_when_told(
    open_practice: Viewer, imap: ImapServer, tmp_path: Path, afterwards: Afterwards
) -> None:
    section = replace(imap_mailbox(imap, tmp_path), afterwards=afterwards)
    read(section)
    imap.append(MAIL % b"ours")
    imap.append(MAIL % b"theirs")
    imap.append(MAIL % b"ours too", "Junk")
    imap.append(MAIL % b"deleted by somebody else", flags=["\\Deleted"])
    for _ in range(2):
        read_ours(section, b"ours")
    inbox = {stored.data.split(b"Subject: ")[1].split(b"\r\n")[0]: stored.flags for stored in imap.messages()}
    assert inbox[b"theirs"] == set()
    assert inbox[b"deleted by somebody else"] == {"\\Deleted"}
    if afterwards == "move":
        assert b"ours" not in inbox
        assert len(imap.messages("Portal replies")) == 2
        assert imap.messages("Junk") == []
    else:
        assert inbox[b"ours"] == ({"\\Seen"} if afterwards == "seen" else set())
    assert read(section) == []


@pytest.mark.usefixtures("something_sent")
@pytest.mark.parametrize("lacks", [("MOVE",), ("MOVE", "UIDPLUS")], ids=" and ".join)
def test_a_server_that_cannot_move_copies_and_deletes_no_more_than_that(
    open_practice: Viewer, tmp_path: Path, lacks: tuple[str, ...]
) -> None:
    with ImapServer(lacks=lacks) as imap:
        section = replace(imap_mailbox(imap, tmp_path), afterwards="move")
        read(section)
        imap.append(MAIL % b"ours")
        imap.append(MAIL % b"deleted by somebody else", flags=["\\Deleted"])
        for _ in range(2):
            read_ours(section, b"ours")
        assert [stored.data for stored in imap.messages("Portal replies")] == [MAIL % b"ours"]
        inbox = {stored.data: stored.flags for stored in imap.messages()}
        assert inbox.pop(MAIL % b"deleted by somebody else") == {"\\Deleted"}
        # Without UIDPLUS it cannot be removed alone: it is marked, and goes when the mailbox is next tidied.
        assert inbox == ({MAIL % b"ours": {"\\Seen", "\\Deleted"}} if "UIDPLUS" in lacks else {})
        assert read(section) == []


@pytest.mark.usefixtures("something_sent")
@pytest.mark.parametrize("afterwards", ["leave", "seen", "move"])
def test_a_maildir_files_only_what_was_ours_and_only_when_told(tmp_path: Path, afterwards: Afterwards) -> None:
    section = replace(maildir(tmp_path / "mail"), afterwards=afterwards)
    deliver(tmp_path / "mail", b"ours", "1.host")
    deliver(tmp_path / "mail", b"theirs", "2.host")
    (tmp_path / "mail" / "new" / "1.host").rename(tmp_path / "mail" / "cur" / "1.host:2,F")
    for _ in range(2):
        read_ours(section, b"ours")
    found = sorted(str(path.relative_to(tmp_path / "mail")) for path in (tmp_path / "mail").rglob("*.host*"))
    where = {"leave": "cur/1.host:2,F", "seen": "cur/1.host:2,FS", "move": ".Portal replies/cur/1.host:2,FS"}
    assert found == sorted(["new/2.host", where[afterwards]])


def test_a_maildir_that_cannot_be_filed_says_so(open_practice: Viewer, tmp_path: Path) -> None:
    section = replace(maildir(tmp_path / "mail"), afterwards="move", move_to="x" * 300)
    read(section)
    deliver(tmp_path / "mail", b"ours", "1.host")
    with pytest.raises(MailError, match="cannot be filed"):
        read_ours(section, b"ours")
