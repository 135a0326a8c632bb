from __future__ import annotations

import shlex
import string
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_tui import clock, history, outbox
from clinic_tui.access import Viewer
from clinic_tui.db.connection import session, transaction
from clinic_tui.db.models.practice import Practitioner, Staff
from clinic_tui.errors import ClinicError, FieldError, NotAllowed, NotFound, Refused, Stale
from clinic_tui.invitations import codes, inviting
from clinic_tui.staff import at_the_keyboard, members, os_login
from clinic_tui.staff.key_line import LONGEST_LOGIN, check_login, key_line
from tests.conftest import NOW
from tests.invitations.people import patient


@pytest.fixture
def owner(practice: Viewer, tmp_path: Path) -> Viewer:
    codes.use_key_file(tmp_path / "clinic.key")
    with transaction():
        for name in ("Dr Okafor", "Dr Lee"):
            Practitioner.create(name=name, name_fold=name.lower())
    return practice


def test_a_staff_member_is_added_found_and_changed_and_the_history_says_so(owner: Viewer) -> None:
    added = members.add(owner, "alice", name="Alice Ng", email="alice@clinic.example")
    assert (added.role, added.scope, added.bulk, added.active, added.revoked) == ("front-desk", "all", True, True, [])
    assert [row.login for row in members.listing(owner)] == sorted(["alice", os_login()])
    members.change(owner, "alice", bulk=False, names_hidden=True)
    viewer = at_the_keyboard("alice")
    assert (viewer.bulk, viewer.names_hidden, viewer.sees_all) == (False, True, True)
    members.remove(owner, "alice")
    with pytest.raises(NotAllowed, match="alice"):
        at_the_keyboard("alice")
    told = [(event.action, event.detail) for event in history.latest(owner)][:3]
    assert [action for action, _ in told] == ["staff removed", "staff changed", "staff added"]
    assert told[1][1] == {"member": "alice", "before": {"names_hidden": False, "bulk": True},
                          "after": {"names_hidden": True, "bulk": False}}  # fmt: skip


def test_a_scope_is_all_own_or_practitioners_by_login_or_name(owner: Viewer) -> None:
    lee = Practitioner.get(Practitioner.name == "Dr Lee").id
    okafor = Practitioner.get(Practitioner.name == "Dr Okafor").id
    assert members.add(owner, "okafor", role="practitioner", practitioner="okafor", scope="own").scope == "own"
    assert at_the_keyboard("okafor").scope == frozenset({okafor})
    assert members.add(owner, "bea", scope="okafor, dr lee").scope == ["Dr Lee", "Dr Okafor"]
    assert at_the_keyboard("bea").scope == frozenset({lee, okafor})
    assert members.change(owner, "bea", scope="ALL").scope == "all"
    assert at_the_keyboard("bea").scope is None
    members.change(owner, "okafor", practitioner="lee")
    assert at_the_keyboard("okafor").scope == frozenset({lee})
    with transaction():
        Practitioner.delete().where(Practitioner.id == lee).execute()
    assert at_the_keyboard("okafor").scope == frozenset()  # nobody's, not everybody's
    for wrong in ("", " , ", "nobody", "bea", "all,own"):
        with pytest.raises(FieldError) as said:
            members.change(owner, "bea", scope=wrong)
        assert said.value.field == "scope"
    with pytest.raises(FieldError, match="practitioner"):
        members.change(owner, "bea", scope="own")


@pytest.mark.parametrize("role", ["practitioner", "front-desk"])
def test_only_owners_read_and_change_staff(owner: Viewer, role: str) -> None:
    members.add(owner, "bea", role=role)
    bea = at_the_keyboard("bea")
    with pytest.raises(NotAllowed, match="owner"):
        members.listing(bea)
    with pytest.raises(NotAllowed, match="owner"):
        members.add(bea, "eve", role="owner")
    with pytest.raises(NotAllowed, match="owner"):
        members.change(bea, "bea", role="owner")
    with pytest.raises(NotAllowed, match="owner"):
        members.remove(bea, os_login())
    assert {row.login for row in members.listing(owner)} == {os_login(), "bea"}


def test_the_account_and_the_last_owner_stay_owners(owner: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    members.add(owner, "second", role="owner")
    second = at_the_keyboard("second")
    for attempt in ({"role": "front-desk"}, {"active": False}):
        with pytest.raises(Refused, match=os_login()):
            members.change(second, os_login(), **attempt)
    with pytest.raises(Refused, match="cannot be removed"):
        members.remove(second, os_login())
    me = os_login()
    monkeypatch.setattr(members, "os_login", lambda: "another host's account")
    members.change(second, me, active=False)
    with pytest.raises(Refused, match="last owner"):
        members.change(second, "second", role="practitioner")
    with pytest.raises(Refused, match="last owner"):
        members.remove(second, "second")


def test_nothing_is_hidden_from_an_owner(owner: Viewer) -> None:
    one = patient("1")
    for attempt in ({"names_hidden": True}, {"scope": "dr lee"}):
        with pytest.raises(FieldError, match="every patient"):
            members.add(owner, "second", role="owner", **attempt)
    members.add(owner, "bea", names_hidden=True)
    with pytest.raises(FieldError, match="every patient"):
        members.change(owner, "bea", role="owner")
    members.add(owner, "cy")
    members.change(owner, "cy", revoke=[one])
    with pytest.raises(FieldError, match="kept from cy"):
        members.change(owner, "cy", role="owner")
    with pytest.raises(FieldError, match="every patient"):
        members.change(owner, os_login(), revoke=[one])


def test_who_comes_back_under_the_same_login_begins_anew_but_is_kept_from_the_same_patients(owner: Viewer) -> None:
    one = patient("1")
    members.add(owner, "bea", names_hidden=True)
    members.change(owner, "bea", revoke=[one])
    with pytest.raises(FieldError, match="already"):
        members.add(owner, "bea")
    members.remove(owner, "bea")
    with pytest.raises(NotFound):
        members.change(owner, "bea", bulk=False)
    back = members.add(owner, "bea")
    assert (back.names_hidden, back.active, back.revoked) == (False, True, [one])


def test_several_changes_are_made_together_or_not_at_all(owner: Viewer) -> None:
    one = patient("1")
    members.add(owner, "bea")
    with pytest.raises(NotFound):
        members.change(owner, "bea", bulk=False, revoke=[one, 999])
    assert members.read(owner, "bea").revoked == []
    assert members.read(owner, "bea").bulk


@pytest.mark.parametrize("leave", ["remove", "switch off"])
def test_what_somebody_queued_who_has_left_is_not_sent(owner: Viewer, leave: str) -> None:
    members.add(owner, "bea")
    inviting.invite(at_the_keyboard("bea"), patient("1"))
    if leave == "remove":
        members.remove(owner, "bea")
    else:
        members.change(owner, "bea", active=False)
    with clock.frozen_at(NOW + timedelta(hours=1)):
        (claimed,) = outbox.claim("sender", 10)
        assert outbox.prepare(claimed, "desk@clinic.example") is None
        (row,) = outbox.rows(owner)
    assert row.state == "cancelled"
    assert "no longer a staff member" in (row.answer or "")


@given(st.text(st.sampled_from(string.ascii_letters + string.digits + "._-\"'\\ ,;$`\n\0é"), max_size=40))
def test_a_login_is_a_plain_word_or_refused(login: str) -> None:
    """Whatever is no plain word is refused before anything is looked up: it would stand in a command of sshd's."""
    plain = set(login) <= set(string.ascii_lowercase + string.digits + "._-")
    try:
        check_login(login)
    except ClinicError as error:
        assert "\n" not in str(error)
    else:
        assert plain
        assert 1 <= len(login) <= LONGEST_LOGIN
        assert login[0] not in "-."


_PATHS = st.text(st.characters(exclude_characters="\n\r\0", codec="utf-8"), min_size=1, max_size=30)


@given(_PATHS, _PATHS)
def test_a_key_line_says_one_command_whatever_the_paths_hold(program: str, config: str) -> None:
    line = key_line("alice", [program], ["--config", config])
    quoted, _, rest = line.removeprefix('command="').rpartition('",restrict,pty ')
    assert rest == "ssh-ed25519 AAAA..."
    said = _as_sshd(quoted)
    assert shlex.split(said) == [program, "--config", config, "--as", "alice"]


def _as_sshd(quoted: str) -> str:
    """What sshd makes of a quoted option (`opt_dequote` of auth-options.c): a backslash and the mark is the mark."""
    found, at = "", 0
    while at < len(quoted):
        assert quoted[at] != '"', "the option ends here"
        if quoted[at : at + 2] == '\\"':
            at += 1
        found += quoted[at]
        at += 1
    return found


def test_staff_who_are_removed_keep_their_name_where_they_did_something(owner: Viewer) -> None:
    members.add(owner, "bea", name="Bea Lund")
    inviting.invite(at_the_keyboard("bea"), patient("1"))
    members.remove(owner, "bea")
    from clinic_tui.invitations import reading

    assert reading.listing(owner)[0].staff == "Bea Lund"
    assert Staff.get(Staff.login == "bea").removed_at is not None


def test_who_changes_a_staff_member_second_is_told_and_nothing_is_lost(owner: Viewer) -> None:
    seen = members.add(owner, "alice")
    members.change(owner, "alice", seen=seen, bulk=False)
    with pytest.raises(Stale, match="Somebody else changed alice meanwhile") as told:
        members.change(owner, "alice", seen=seen, name="Alice Ng")
    assert (members.read(owner, "alice").bulk, members.read(owner, "alice").name) == (False, "alice")
    mine = members.change(owner, "alice", seen=told.value.theirs, name="Alice Ng")
    assert (mine.bulk, mine.name) == (False, "Alice Ng")


def test_of_many_who_change_one_at_once_one_is_first_and_the_others_are_told(owner: Viewer) -> None:
    seen = members.add(owner, "alice")
    start, ends = threading.Barrier(4), list[str]()

    def change(name: str) -> None:
        with session():  # connected before they start, so that they are at it together
            start.wait()
            try:
                members.change(owner, "alice", seen=seen, name=name)
                ends.append("stored")
            except Stale:
                ends.append("told")

    threads = [threading.Thread(target=change, args=(name,)) for name in ("A", "B", "C", "D")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends) == ["stored", "told", "told", "told"]
