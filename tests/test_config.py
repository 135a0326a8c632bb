from __future__ import annotations

from pathlib import Path

import pytest

from clinic_tui import config, settings
from clinic_tui.errors import ConfigError

WHOLE = """\
database = "postgresql://desk@db.example.org/practice"
[practice]
name = "Harbour Street Practice"
phone = "02 5550 0000"
[portal]
name = "Halaxy"
url = "https://portal.example.org"
register = "email"
appointments = "portal"
invoices = "reply"
records = "portal"
health = "no"
[smtp]
host = "smtp.example.org"
port = 587
security = "starttls"
from = "desk@example.org"
user = "login"
password_command = ["pass", "mail/desk"]
[mailbox]
url = "imaps://desk%40example.org@imap.example.org/INBOX"
"""


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


def written(folder: Path, text: str, mode: int = 0o600) -> Path:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def refusal(path: Path, database: str | None = None) -> str:
    with pytest.raises(ConfigError) as refused:
        config.load(path, database)
    return str(refused.value)


def test_a_whole_config_is_read_as_it_stands(tmp_path: Path) -> None:
    path = written(tmp_path, WHOLE)
    found = config.load(path)
    assert found.database == "postgresql://desk@db.example.org/practice"
    assert found.key_file == tmp_path / "clinic.key"
    assert found.seeds["portal.invoices"] == "reply"
    assert found.smtp is not None
    assert (found.smtp.host, found.smtp.port, found.smtp.security) == ("smtp.example.org", 587, "starttls")
    assert (found.smtp.sender, found.smtp.user) == ("desk@example.org", "login")
    assert found.smtp.password_command == ("pass", "mail/desk")
    assert found.mailbox is not None
    assert (found.mailbox.kind, found.mailbox.host, found.mailbox.port) == ("imap", "imap.example.org", 993)
    assert (found.mailbox.user, found.mailbox.folder) == ("desk@example.org", "INBOX")
    assert found.mailbox.password_command == ("pass", "mail/desk"), "the mailbox has the login of the sending side"


def test_what_the_config_may_seed_are_settings_with_their_words() -> None:
    for section, keys in config.SEEDS.items():
        for key, words in keys.items():
            assert settings.BY_NAME[f"{section}.{key}"].words == words


def test_an_empty_config_is_a_practice_without_mail(tmp_path: Path) -> None:
    found = config.load(written(tmp_path, ""))
    assert found.database == f"sqlite:///{tmp_path}/data/clinic-tui/clinic.db"
    assert (found.smtp, found.mailbox, dict(found.seeds)) == (None, None, {})
    with pytest.raises(ConfigError, match=r"\[smtp\]"):
        found.need_smtp()


def test_the_sender_is_the_login_where_none_is_named(tmp_path: Path) -> None:
    found = config.load(written(tmp_path, '[smtp]\nhost = "smtp.example.org"\nuser = "desk@example.org"\n'))
    assert found.smtp is not None
    assert found.smtp.sender == "desk@example.org"


def test_a_password_file_is_meant_from_the_configs_folder(tmp_path: Path) -> None:
    text = '[smtp]\nhost = "h.example.org"\nuser = "d@example.org"\npassword_file = "secret"\n'
    found = config.load(written(tmp_path, text))
    assert found.smtp is not None
    assert found.smtp.password_file == tmp_path / "secret"


def test_a_token_command_is_the_mailboxs_too_unless_it_has_its_own(tmp_path: Path) -> None:
    text = (
        '[smtp]\nhost = "h.example.org"\nuser = "d@example.org"\ntoken_command = ["oama", "access", "d@example.org"]\n'
        '[mailbox]\nurl = "imaps://i.example.org"\n'
    )
    found = config.load(written(tmp_path, text))
    assert found.smtp is not None
    assert found.mailbox is not None
    assert found.smtp.token_command == found.mailbox.token_command == ("oama", "access", "d@example.org")
    own = config.load(written(tmp_path, text + 'password_file = "imap"\n')).mailbox
    assert own is not None
    assert (own.token_command, own.password_file) == (None, tmp_path / "imap")


def test_a_maildir_is_named_by_its_path(tmp_path: Path) -> None:
    found = config.load(written(tmp_path, '[mailbox]\nurl = "maildir:/var/mail/desk"\n'))
    assert found.mailbox is not None
    assert (found.mailbox.kind, found.mailbox.path) == ("maildir", Path("/var/mail/desk"))


def test_a_mailbox_is_left_as_it_is_unless_the_config_says_otherwise(tmp_path: Path) -> None:
    plain = config.load(written(tmp_path, '[mailbox]\nurl = "maildir:/m"\n')).mailbox
    assert plain is not None
    assert (plain.afterwards, plain.authserv_id) == ("leave", None)
    text = '[mailbox]\nurl = "maildir:/m"\nafterwards = "move"\nmove_to = "P"\nauthserv_id = "mx.example.org"\n'
    told = config.load(written(tmp_path, text)).mailbox
    assert told is not None
    assert (told.afterwards, told.move_to, told.authserv_id) == ("move", "P", "mx.example.org")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o622])
def test_a_config_open_to_others_is_refused_with_the_command_that_closes_it(tmp_path: Path, mode: int) -> None:
    path = written(tmp_path, WHOLE, mode)
    assert f"chmod 600 {path}" in refusal(path)


def test_a_missing_config_names_init_and_demo(tmp_path: Path) -> None:
    said = refusal(tmp_path / "none.toml")
    assert "clinic-tui init" in said
    assert "clinic-tui demo" in said


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("databse = 'sqlite:///x.db'", ["databse", "database"]),
        ("[smpt]\nhost = 'x'", ["smpt", "smtp"]),
        ("[portal]\nregister = 'emial'", ["[portal] register", "emial", "'email'"]),
        ("[portal]\nurl = 'http://portal.example.org'", ["[portal] url", "https://"]),
        ("[portal]\nrecords = 'reply'", ["[portal] records", "portal, no"]),
        ("[practice]\nname = 3", ["[practice] name", "a number"]),
        ("[practice]\nnmae = 'x'", ["[practice] nmae", "'name'"]),
        ('[practice]\nname = "x\\r\\nBcc: y"', ["[practice] name", "line breaks"]),
        ("practice = 3", ["practice", "[practice]"]),
        ("[smtp]\nhost = 'x.example.org'", ["[smtp] from", "address"]),
        ("[smtp]\nport = 25", ["[smtp] host", "missing"]),
        ("[smtp]\nhost = 'x'\nfrom = 'a@b.example'\nport = '25'", ["[smtp] port", "whole number"]),
        ("[smtp]\nhost = 'x'\nfrom = 'a@b.example'\nport = 70000", ["[smtp] port", "70000"]),
        ("[smtp]\nhost = 'x'\nfrom = 'a@b.example'\nsecurity = 'ssl'", ["[smtp] security", "starttls, tls, none"]),
        ("[smtp]\nhost = 'x'\nfrom = 'a@b.example'\nsecurity = 'none'", ["[smtp] security", "this host"]),
        ("[smtp]\nhost = 'x'\nfrom = 'desk'", ["[smtp] from", "address"]),
        ("[smtp]\nhost = 'x'\nfrom = 'a@b.example'\npassword_file = 'y'", ["[smtp] user", "password"]),
        ("[smtp]\nhost = 'x'\nuser = 'a@b.example'\npassword_command = 'pass'", ["password_command", "word by word"]),
        (
            "[smtp]\nhost = 'x'\nuser = 'a@b.example'\npassword_command = ['p']\npassword_file = 'q'",
            ["password_file", "password_command"],
        ),
        ("[smtp]\nhost = 'x'\nfrom = 'a@b.example'\ntoken_command = ['t']", ["[smtp] user", "token_command"]),
        ("[smtp]\nhost = 'x'\nuser = 'a@b.example'\ntoken_command = 'oama'", ["[smtp] token_command", "word by word"]),
        (
            "[smtp]\nhost = 'x'\nuser = 'a@b.example'\ntoken_command = ['t']\npassword_file = 'q'",
            ["token_command", "password_file"],
        ),
        ("[mailbox]\nurl = 'imap://desk@imap.example.org'", ["[mailbox] url", "imaps://"]),
        ("[mailbox]\nurl = 'imaps://desk:pw@imap.example.org'", ["[mailbox] url", "password"]),
        ("[mailbox]\nurl = 'imaps://imap.example.org'", ["[mailbox] url", "login"]),
        ("[mailbox]\nurl = 'maildir:mail'", ["[mailbox] url", "whole path"]),
        ("[mailbox]\nurl = 'pop3://x'", ["[mailbox] url", "maildir:"]),
        ("[mailbox]\nurl = 'maildir:/m'\nafterwards = 'delete'", ["[mailbox] afterwards", "leave, seen, move"]),
        ("[mailbox]\nurl = 'maildir:/m'\nmove_to = '../x'", ["[mailbox] move_to", "folder"]),
        ("database = 'mysql://x/y'", ["database", "mysql"]),
        ("database = ", ["not TOML", "line 1"]),
    ],
)
def test_what_cannot_stand_is_refused_by_file_section_and_key(tmp_path: Path, text: str, words: list[str]) -> None:
    path = written(tmp_path, text + "\n")
    said = refusal(path)
    assert str(path) in said
    for word in words:
        assert word in said
    assert "pw" not in said.split()


def test_a_config_that_is_not_utf8_says_so(tmp_path: Path) -> None:
    path = written(tmp_path, "")
    path.write_bytes(b'[practice]\nname = "Caf\xe9"\n')
    assert "UTF-8" in refusal(path)


def test_the_database_of_the_call_then_of_the_environment_overrides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, WHOLE)
    monkeypatch.setenv("CLINIC_TUI_DATABASE", "sqlite:////env.db")
    assert config.load(path).database == "sqlite:////env.db"
    assert config.load(path, "sqlite:////call.db").database == "sqlite:////call.db"
    monkeypatch.setenv("CLINIC_TUI_DATABASE", "")
    assert config.load(path).database == "postgresql://desk@db.example.org/practice"


def test_a_database_alone_will_do_with_its_key_beside_it(tmp_path: Path) -> None:
    found = config.load(None, f"sqlite:///{tmp_path}/here/clinic.db")
    assert (found.path, found.smtp) == (None, None)
    assert found.key_file == tmp_path / "here" / "clinic.key"


def test_a_named_config_that_is_missing_is_not_passed_over_for_a_database(tmp_path: Path) -> None:
    assert "none.toml" in refusal(tmp_path / "none.toml", "sqlite:////x.db")


def test_the_environment_names_the_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLINIC_TUI_CONFIG", str(written(tmp_path, WHOLE)))
    assert config.load().path == tmp_path / "config.toml"


@pytest.mark.parametrize("url", ["postgresql://me:secret@db/practice", "postgresql://me@db/practice?password=secret"])
def test_a_password_in_a_url_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ConfigError) as refused:
        config.refuse_password(url)
    assert "~/.pgpass" in str(refused.value)
    assert "secret" not in str(refused.value)


def test_a_url_is_shown_without_its_password() -> None:
    shown = config.Config("postgresql://me:secret@db:5433/practice?password=secret", Path("k")).database_shown
    assert shown == "postgresql://me@db:5433/practice"


def test_the_terminal_is_used_as_the_config_says(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('[terminal]\ncopy = false\nmouse = false\nsymbols = "ascii"\n[keys]\nprofile.invite = "p"\n')
    file.chmod(0o600)
    found = config.load(file)
    assert found.terminal == config.Terminal(copy=False, mouse=False, symbols="ascii")
    assert found.keys == {"profile": {"invite": "p"}}
    assert config.Config("sqlite:///x", tmp_path).terminal == config.Terminal()


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ('copy = "no"', "[terminal] copy is text. Write true or false, without quotes."),
        ("mouse = 0", "[terminal] mouse is a number."),
        ('symbols = "asci"', "[terminal] symbols is 'asci'. It is one of: auto, unicode, ascii. Did you mean 'ascii'?"),
        ("sound = true", "[terminal] sound is a key that nobody knows."),
    ],
)
def test_what_the_terminal_cannot_do_is_said(tmp_path: Path, line: str, sentence: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f"[terminal]\n{line}\n")
    file.chmod(0o600)
    with pytest.raises(ConfigError) as raised:
        config.load(file)
    assert sentence in str(raised.value)
