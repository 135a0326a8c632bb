"""`clinic-tui init`: asks for practice, database and mail; writes the config and the key."""

from __future__ import annotations

import os
import sys

import click

from clinic_tui.commands import output
from clinic_tui.commands.asked import Asked, FileName, pass_asked
from clinic_tui.errors import ClinicError, ConfigError

OFFER = click.Choice(("portal", "reply", "no"))
IN_PORTAL = click.Choice(("portal", "no"))


@click.command("init")
@click.option("--practice", help="The practice, as patients know it.")
@click.option("--phone", help="The number that patients ring.")
@click.option("--portal-name", help="What the portal is called.")
@click.option("--portal-url", help="Where patients open it (https).")
@click.option("--register", type=click.Choice(("email", "code", "desk")), help="How one registers there.")
@click.option("--appointments", type=OFFER, help="Where appointments are made.")
@click.option("--invoices", type=OFFER, help="Where invoices are.")
@click.option("--records", type=IN_PORTAL, help="Shared clinical records.")
@click.option("--health", type=IN_PORTAL, help="Health tracking.")
@click.option("--smtp-host", help="The server that mail goes out by, or a provider: google, microsoft365, fastmail...")
@click.option("--smtp-port", type=click.IntRange(1, 65_535), help="Its port.")
@click.option("--smtp-security", type=click.Choice(("starttls", "tls", "none")), help="How the line is made private.")
@click.option("--from", "sender", metavar="ADDRESS", help="The address that patients know.")
@click.option("--user", help="The login there; empty for none.")
@click.option("--password-command", metavar="COMMAND", help="A command that prints the password.")
@click.option("--password-file", metavar="FILE", type=FileName(str), help="A 0600 file that holds it.")
@click.option("--token-command", metavar="COMMAND", help="A command that prints an OAuth 2 token, such as oama's.")
@click.option("--mailbox", metavar="URL", help="Where replies are read: imaps://login@host/INBOX or maildir:/path.")
@click.option("--force", is_flag=True, help="Write over a config that is there (never over a key).")
@click.option("--yes", is_flag=True, help="Ask nothing: what no option says is left at its default.")
@pass_asked
def command(asked: Asked, /, force: bool, yes: bool, **given: str | int | None) -> None:
    """Ask for practice, database and mail; write the config (0600) and the key; set up the database."""
    from clinic_tui import config, setup_file
    from clinic_tui.commands.questions import Questions

    file, _named = config.wanted_path(asked.config)
    file = file.absolute()
    if file.exists() and not force:
        raise ConfigError(
            f"There is a config at {file} already.", "Look at it, or write over it with: clinic-tui init --force."
        )
    if asked.database is not None:
        config.refuse_password(asked.database)
    database = asked.database or os.environ.get("CLINIC_TUI_DATABASE")
    answers = Questions(given, ask=not yes).all(database, config.default_database())
    written = setup_file.write(file, answers)
    try:
        _, owner = Asked(config=file).open(new=True)
        from clinic_tui import settings  # not before the database's driver is chosen

        if answers.provider is not None and not answers.provider.plus:
            settings.change(owner, "mail.plus_addresses", False)
    except ClinicError as error:
        raise ClinicError(
            f"The config is written to {file}, but its practice cannot be opened: {error.title}", error.advice
        ) from error
    if asked.json:
        output.document({"config": str(file), "key": str(written.key_file), "database": written.database_shown})
        return
    output.line(f"The config is {file}, the key beside it is {written.key_file.name}: back both up.")
    output.line(f"The database is {written.database_shown}.")
    output.line("Next: clinic-tui check; then clinic-tui import FILE; then clinic-tui.")
    if answers.provider is not None and answers.provider.plus is None:
        output.line("Plus-addresses are off; to see whether the mailbox takes them: clinic-tui check --send.")
    if written.smtp and written.smtp.token_command:
        tool = written.smtp.token_command[0]
        output.line(f"Before that, sign in once with {tool}: docs/sending.md says how.")
    if sys.stdout.isatty() and not written.smtp:
        output.line("No mail server is named yet: add [smtp] to the config before you invite.")
