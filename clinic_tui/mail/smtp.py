"""One connection to the practice's SMTP server: yagmail connects and logs in, the conversation is ours.

yagmail's own `send` is never used: it composes mail of its own and sends again when an answer is lost.
"""

from __future__ import annotations

import contextlib
import smtplib
import socket
import ssl
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from clinic_tui.config_mail import is_loopback
from clinic_tui.errors import MailAway, MailError
from clinic_tui.mail import oauth
from clinic_tui.mail.answers import Answers, BrokenOff, Plain, Tls
from clinic_tui.mail.passwords import password_of
from clinic_tui.text import clean

if TYPE_CHECKING:
    from clinic_tui.config_mail import Smtp

ANSWER_LIMIT = 200
_LINE_LIMIT = 2048
_LINES_LIMIT = 100
# What the server says about us, not about one message: a login that is missing, refused, or wanted again.
LOGIN_CODES = frozenset((454, 530, 534, 535, 538))


class LoginRefused(MailError):
    """The server does not let us in: no message can go until somebody mends it."""


class Lost(Exception):
    """The connection broke, or timed out, before a whole answer was there. Said: what the server did."""

    @classmethod
    def by(cls, error: Exception) -> Lost:
        """In words that go on from "The mail server"."""
        if isinstance(error, BrokenOff):
            return cls("broke off in the middle of an answer")
        return cls("did not answer in time" if isinstance(error, TimeoutError) else "closed the connection")


class Answer(NamedTuple):
    """A server's answer: its code, and code and text as one clean line to keep."""

    code: int
    line: str

    @property
    def is_good(self) -> bool:
        """2xx: done."""
        return 200 <= self.code < 300

    @property
    def is_about_us(self) -> bool:
        """The server wants a login, or another one."""
        return self.code in LOGIN_CODES


class Connection:
    """An open, logged-in connection. `command`, `body`; raises Lost where the connection breaks.

    A `command` is `say` and `answer`: several may be said at once where the server `takes_groups`.
    """

    def __init__(self, client: Any) -> None:
        self._client = client
        self._smtp: smtplib.SMTP = client.smtp

    @property
    def takes_utf8(self) -> bool:
        """Whether the server takes addresses beyond ASCII (RFC 6531)."""
        return bool(self._smtp.has_extn("smtputf8"))

    @property
    def takes_groups(self) -> bool:
        """Whether the server hears several commands at once and answers each (PIPELINING, RFC 2920)."""
        return bool(self._smtp.has_extn("pipelining"))

    def command(self, line: str) -> Answer:
        """Say one line, hand back the answer."""
        self.say(line)
        return self.answer()

    def say(self, *lines: str, utf8: bool = False) -> None:
        """Say these lines at once; each gets an `answer`."""
        self._send(_as_lines(lines, "utf-8" if utf8 else "ascii"))

    def body(self, wire: bytes, then: Sequence[str] = ()) -> Answer:
        """Send a message, already in the form of `on_the_wire`, and hand back the answer to its final dot.

        `then`: lines to say right behind it, whose answers come after that one.
        """
        self._send(wire + _as_lines(then))
        return self.answer()

    def _send(self, what: bytes) -> None:
        try:
            self._smtp.send(what)
        except (smtplib.SMTPException, OSError) as error:
            raise Lost.by(error) from error

    def answer(self) -> Answer:
        """The next answer."""
        # smtplib takes half a line for an answer and reads continuation lines without end.
        texts: list[str] = []
        answers = self._smtp.file
        if not isinstance(answers, Answers):
            raise Lost("closed the connection")
        answers.begin()
        for _ in range(_LINES_LIMIT):
            try:
                line = answers.readline(_LINE_LIMIT)
            except OSError as error:
                raise Lost.by(error) from error
            if not line:
                raise Lost("closed the connection")
            if not line.endswith(b"\n") or not line[:3].isdigit():
                raise Lost("answered with something else than SMTP")
            texts.append(line[4:].decode(errors="replace").strip())
            if line[3:4] != b"-":
                return Answer(int(line[:3]), clean(f"{line[:3].decode()} {' '.join(texts)}".strip(), ANSWER_LIMIT))
        raise Lost("answered without end")

    def hang_up(self) -> None:
        """Close without a word: what was begun is not finished."""
        self._client.is_closed = True  # or it says QUIT, as text of the message that it abandons
        with contextlib.suppress(Exception):
            self._smtp.close()

    def quit(self) -> None:
        """Say goodbye, then close."""
        with contextlib.suppress(Lost):
            self.command("QUIT")
        self.hang_up()


def _as_lines(lines: Sequence[str], encoding: str = "ascii") -> bytes:
    if any("\r" in line or "\n" in line for line in lines):
        raise ValueError("a line with another one in it")
    return "".join(f"{line}\r\n" for line in lines).encode(encoding)


def connect(account: Smtp) -> Connection:
    """Connect and log in.

    Raises LoginRefused, MailError where the server is away, hangs or is not who it says, ConfigError for a password.
    """
    if account.token_command is None or account.user is None:
        return _open(account, password_of(account))
    try:
        return oauth.with_token(account.token_command, lambda token: _open(account, None, token))
    except oauth.TokenRefused as error:
        raise LoginRefused(
            f"The mail server {clean(account.host, 100)}:{account.port} refuses the token: {error}.",
            "Run the token_command under [smtp] by hand; it may want a new sign-in.",
        ) from error


def _open(account: Smtp, password: str | None, token: str | None = None) -> Connection:
    import yagmail

    if account.security == "none" and not is_loopback(account.host):
        raise MailError(
            f"Mail to {account.host} would go over the network in plain text.",
            'Set security = "starttls" or "tls" under [smtp]; "none" is for this machine only.',
        )
    context = None if account.security == "none" else ssl.create_default_context()
    options: dict[str, Any] = {"timeout": account.timeout, "local_hostname": _our_name()}
    if account.security == "tls":
        options["context"] = context
    user = account.user if password is not None else None
    kind = type("Client", (yagmail.SMTP,), {"connection": Tls if account.security == "tls" else Plain})
    client = kind(
        user={user: user} if user else {"": ""},  # a bare name would become somebody's at gmail.com
        password=password,
        host=account.host,
        port=account.port,
        smtp_ssl=account.security == "tls",
        smtp_starttls={"context": context} if account.security == "starttls" else False,
        smtp_skip_login=user is None,
        soft_email_validation=False,
        **options,
    )
    client.set_logging(None)
    try:
        client.login()
        client.smtp.ehlo_or_helo_if_needed()
        if token is not None:
            _show_token(client.smtp, account, token)
    except Exception as error:
        trouble = _in_words(error, account)
        with contextlib.suppress(Exception):
            client.is_closed = True
            client.smtp.close()
        if trouble is None:
            raise
        raise trouble from error
    return Connection(client)


def _show_token(smtp: smtplib.SMTP, account: Smtp, token: str) -> None:
    offered = str(smtp.esmtp_features.get("auth", "")).split()
    exchange = oauth.begin(offered, account.user or "", token, account.host, account.port)
    if exchange is None:
        raise LoginRefused(
            f"The mail server {clean(account.host, 100)}:{account.port} takes no token (XOAUTH2 or OAUTHBEARER).",
            "Check host and port under [smtp], or set a password in the place of token_command.",
        )
    try:
        smtp.auth(exchange.mechanism, exchange.answer)
    except smtplib.SMTPAuthenticationError as error:
        if error.smtp_code < 500:  # the server's own trouble, such as 454
            raise
        answer = error.smtp_error.decode(errors="replace") if isinstance(error.smtp_error, bytes) else error.smtp_error
        line = " ".join(f"{error.smtp_code} {answer}".split())
        raise oauth.TokenRefused(oauth.said(exchange, line)) from error


def _our_name() -> str:
    """What we call ourselves in EHLO. The resolver is not asked: it may hang."""
    name = socket.gethostname()
    return name if "." in name and name.isascii() else "[127.0.0.1]"


def _in_words(error: Exception, account: Smtp) -> MailError | None:
    """The sentence for what went wrong; None where it has one, or is an error of ours."""
    where = f"{clean(account.host, 100)}:{account.port}"
    if isinstance(error, smtplib.SMTPResponseException):
        text = error.smtp_error.decode(errors="replace") if isinstance(error.smtp_error, bytes) else error.smtp_error
        said = clean(f"{error.smtp_code} {' '.join(str(text).split())}", ANSWER_LIMIT).rstrip(".") + "."
        if isinstance(error, smtplib.SMTPAuthenticationError) and (error.smtp_code >= 500 or error.smtp_code == 454):
            return LoginRefused(
                f"The mail server {where} refuses the login: {said}", "Check user and password under [smtp]."
            )
        if error.smtp_code >= 500 or error.smtp_code in LOGIN_CODES:
            return LoginRefused(f"The mail server {where} refuses us: {said}", "Ask whoever runs it.")
        return MailAway(f"The mail server {where} is busy: {said}")
    if isinstance(error, smtplib.SMTPNotSupportedError):
        if "STARTTLS" in str(error):
            return MailError(
                f"The mail server {where} offers no STARTTLS, so the line cannot be made private.",
                "Check host, port and security under [smtp].",
            )
        return LoginRefused(f"The mail server {where} offers no login that we know.", "Check port and security.")
    if isinstance(error, smtplib.SMTPServerDisconnected) and isinstance(error.__context__, TimeoutError):
        error = error.__context__
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return MailAway(f"The mail server {where} closed the connection.")
    if isinstance(error, smtplib.SMTPException):
        return LoginRefused(f"The mail server {where} offers no login that we know.", "Check port and security.")
    if isinstance(error, ssl.SSLCertVerificationError):
        return MailError(
            f"The mail server {where} shows a certificate that does not prove who it is: "
            f"{clean(error.verify_message, 100)}.",
            "Nothing was sent. Check the host's name under [smtp], or ask whoever runs it.",
        )
    if isinstance(error, ssl.SSLError):
        return MailError(f"The mail server {where} does not speak TLS as we asked.", "Check port and security.")
    if isinstance(error, TimeoutError):
        return MailAway(f"The mail server {where} did not answer within {account.timeout:g} s.")
    if isinstance(error, socket.gaierror):
        return MailError(f"The mail server {clean(account.host, 100)} is not known.", "Check host under [smtp].")
    if isinstance(error, UnicodeError):
        return LoginRefused("User or password holds letters that SMTP cannot carry.", "Check both under [smtp].")
    if isinstance(error, OSError):
        return MailAway(
            f"The mail server {where} cannot be reached: {clean(error.strerror or type(error).__name__, 100)}."
        )
    return None
