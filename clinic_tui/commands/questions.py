"""The questions of `clinic-tui init`: what an option answered is not asked again."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

import click

from clinic_tui import providers
from clinic_tui.providers import Provider
from clinic_tui.setup_file import Answers, Value

Answer = str | int | None
OWN_MAILBOX = (
    "Replies are best read from a mailbox of their own (portal@..., not the one that everything else comes to). In a "
    "shared one, only mail about an invitation is looked at twice, and nothing is moved or marked unless you say so."
)


class Questions:
    """Asks on the terminal, or reads an answer a line from standard input; where that ends, defaults stand."""

    def __init__(self, given: Mapping[str, Answer], *, ask: bool) -> None:
        self._given = given
        self._ask = ask

    def all(self, database: str | None, usual: str) -> Answers:
        """Everything that the config is made of; `usual` is the database where nobody names one."""
        answers = Answers(database or self._answer("Database", usual))
        answers.sections["practice"] = {
            "name": self._text("practice", "Name of the practice"),
            "phone": self._text("phone", "Phone that patients ring"),
        }
        answers.sections["portal"] = self._portal()
        smtp = self._smtp(answers)
        if smtp:
            self._secret(answers, smtp)
            answers.sections["smtp"] = smtp
        if self._ask and self._given.get("mailbox") is None:
            click.echo(OWN_MAILBOX, err=True)
        mailbox = self._text(
            "mailbox", "Mailbox for replies (imaps://login@host/INBOX or maildir:/path; empty: none)",
            _mailbox_at(answers.provider, smtp),
        )  # fmt: skip
        if mailbox:
            answers.sections["mailbox"] = {"url": mailbox}
        return answers

    def _portal(self) -> dict[str, Value]:
        name = self._text("portal_name", "Name of the portal")
        url = self._url("portal_url", "Its address (https://...)")
        offered = "portal" if name or url else "no"
        offer, in_portal = ("portal", "reply", "no"), ("portal", "no")
        return {
            "name": name,
            "url": url,
            "register": self._word("register", "How one registers there", ("email", "code", "desk"), "desk"),
            "appointments": self._word("appointments", "Appointments", offer, offered),
            "invoices": self._word("invoices", "Invoices", offer, "no"),
            "records": self._word("records", "Shared clinical records", in_portal, "no"),
            "health": self._word("health", "Health tracking", in_portal, "no"),
        }

    def _smtp(self, answers: Answers) -> dict[str, Value]:
        known = ", ".join(providers.BY_KEY)
        host = self._text("smtp_host", f"Mail server to send by (a host, or one of {known}; empty: none yet)")
        answers.provider = providers.named(host)
        if answers.provider is not None:
            return self._of_provider(answers.provider)
        if not host:
            return {}
        security = self._word("smtp_security", "Its security", ("starttls", "tls", "none"), "starttls")
        port = self._given.get("smtp_port")
        usual = {"starttls": 587, "tls": 465, "none": 25}[security]
        smtp: dict[str, Value] = {
            "host": host,
            "port": port if isinstance(port, int) else self._number("Its port", usual),
            "security": security,
            "from": self._text("sender", "Address that patients know"),
        }
        user = self._text("user", "Login there (empty: none)")
        return {**smtp, "user": user} if user else smtp

    def _of_provider(self, provider: Provider) -> dict[str, Value]:
        click.echo(f"{provider.name}: {provider.advice or 'its servers are known.'}", err=True)
        sender = self._text("sender", "Address that patients know")
        return {
            "host": provider.smtp,
            "port": provider.port,
            "security": provider.security,
            "from": sender,
            "user": self._text("user", "Login there", sender),
        }

    def _secret(self, answers: Answers, smtp: dict[str, Value]) -> None:
        """The token command, or the password: by command, in a file, or typed."""
        file = self._given.get("password_file")
        for key in ("token_command", "password_command"):
            if command := self._given.get(key):
                smtp[key] = _words(key, str(command))
                return
        tokens = answers.provider.tokens if answers.provider is not None else "no"
        if file is None and tokens != "no" and smtp.get("user"):
            offered = providers.token_command(str(smtp["user"]))
            usual = tokens == "only" or providers.has_token_tool()
            other = "" if tokens == "only" else "; - for an app password"
            answer = self._answer(f"Command that prints a token{other}", shlex.join(offered) if usual else "-")
            if answer not in ("", "-"):
                smtp["token_command"] = _words("token_command", answer)
                return
        if file:
            smtp["password_file"] = str(Path(str(file)).expanduser().absolute())
        elif "user" in smtp:
            answers.password = self._answer("Password (kept in a 0600 file)", "", hidden=True) or None

    def _text(self, name: str, question: str, default: str = "") -> str:
        given = self._given.get(name)
        return str(given).strip() if given is not None else self._answer(question, default)

    def _url(self, name: str, question: str) -> str:
        """Empty, or what the setting takes: asked again until it is."""
        from clinic_tui.errors import FieldError
        from clinic_tui.settings import BY_NAME

        while True:
            answer = self._text(name, question)
            try:
                return str(BY_NAME["portal.url"].read(answer))
            except FieldError as error:
                if self._given.get(name) is not None or not self._ask or not sys.stdin.isatty():
                    return answer  # it is refused with the whole config
                click.echo(str(error), err=True)

    def _word(self, name: str, question: str, words: tuple[str, ...], default: str) -> str:
        given = self._given.get(name)
        while given is None:
            answer = self._answer(f"{question} ({', '.join(words)})", default).lower()
            if answer in words:
                return answer
            if not sys.stdin.isatty():
                raise click.UsageError(f"{question}: one of {', '.join(words)}.")
            click.echo(f"One of: {', '.join(words)}.", err=True)
        return str(given)

    def _number(self, question: str, default: int) -> int:
        while not (answer := self._answer(question, str(default))).isdecimal():
            if not sys.stdin.isatty():
                raise click.UsageError(f"{question}: a number.")
            click.echo("A number, please.", err=True)
        return int(answer)

    def _answer(self, question: str, default: str, *, hidden: bool = False) -> str:
        if not self._ask:
            return default
        if sys.stdin.isatty():
            shown = bool(default)
            answer = click.prompt(question, default=default, show_default=shown, hide_input=hidden, err=True)
            return str(answer).strip()
        return sys.stdin.readline(10_000).strip() or default


def _words(key: str, command: str) -> list[str]:
    try:
        return list(shlex.split(command))
    except ValueError as error:
        raise click.UsageError(f"--{key.replace('_', '-')}: a quotation mark in it is not closed.") from error


def _mailbox_at(provider: Provider | None, smtp: Mapping[str, Value]) -> str:
    """Where the provider keeps the mailbox of the login."""
    if provider is None or not smtp.get("user"):
        return ""
    return f"imaps://{quote(str(smtp['user']), safe='')}@{provider.imap}/INBOX"
