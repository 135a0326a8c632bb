"""The command group and its global options. Each command is loaded only when it is called."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import click

from clinic_tui.commands import forced
from clinic_tui.commands.asked import Asked, FileName
from clinic_tui.errors import ClinicError
from clinic_tui.text import clean

COMMANDS: dict[str, str] = {
    "open": "Open the app (what happens without a command).",
    "demo": "Open the sample practice; nothing leaves this machine.",
    "training": "A sample practice to learn in, for every staff member.",
    "init": "Ask for practice, database and mail, and write the config.",
    "keys": "List what has a key in the app, and the keys that the config gives.",
    "check": "Look whether database, mail, modes and DNS are in order.",
    "import": "Take patients, and what belongs to them, from files.",
    "patients": "Look patients up.",
    "patient": "Show, add or change one patient.",
    "contact": "Add, change or remove a contact of a patient.",
    "practitioner": "Who treats patients: list, add or change one.",
    "report": "Patients by what they have in common; saved reports; adoption.",
    "invite": "Queue invitations to the portal.",
    "invitations": "List invitations.",
    "invitation": "Resend, revoke, cancel or accept one invitation.",
    "slip": "Code and steps for a patient at the desk, shown or printed.",
    "queues": "What waits for somebody at the desk.",
    "outbox": "Show the queue; pause or resume it.",
    "sync": "Send what is due, read the mailbox, expire.",
    "review": "Replies that need a person.",
    "incident": "Wrong persons reached: list, show or close what is to be assessed.",
    "explain": "What the reader makes of mail files, and why.",
    "notifications": "What the desk is told.",
    "templates": "What the practice says in its messages.",
    "mail": "Send a test message to yourself.",
    "settings": "Show or change the practice's settings.",
    "staff": "Who may do what.",
    "history": "Who did what.",
    "secret": "A new key for codes; the old ones stay until their invitations close.",
    "backup": "A consistent copy of the database, encrypted where a recipient is named.",
    "migrate": "Bring the database to this version.",
}


class LazyGroup(click.Group):
    """A group that imports `clinic_tui.commands.NAME` when NAME is called, and gives it the global options too."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of a practice's day."""
        return [name for name in COMMANDS if _may_ask(ctx, name)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, loaded now."""
        if cmd_name not in COMMANDS:
            return None
        if not _may_ask(ctx, cmd_name):
            raise click.UsageError(f"{cmd_name} is for the account that owns the config, at the host itself.", ctx)
        # `import` is no name for a module.
        module = import_module(f"clinic_tui.commands.{'import_' if cmd_name == 'import' else cmd_name}")
        command: click.Command = module.command
        _add_global_options(command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, without loading one."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name]) for name in self.list_commands(ctx)])


def _may_ask(ctx: click.Context, name: str) -> bool:
    asked = ctx.find_object(Asked)
    return asked is None or not asked.remote or name in forced.COMMANDS


def _keep(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    """Keep a global option where it was given; where it was left out, an earlier place may have had it."""
    if param.name and ctx.get_parameter_source(param.name) is click.core.ParameterSource.COMMANDLINE:
        asked: Any = ctx.find_object(Asked)
        if asked.remote and param.name != "json":
            raise click.UsageError(f"{param.opts[0]} is not for a command line that comes over SSH.", ctx)
        setattr(asked, param.name, value)


def _global_options() -> list[click.Option]:
    return [
        click.Option(
            ["--config"], type=FileName(), metavar="FILE", help="The config file.",
            callback=_keep, expose_value=False,
        ),
        click.Option(
            ["--database"], metavar="URL", help="Another database than the config's; no password in it.",
            callback=_keep, expose_value=False,
        ),
        click.Option(
            ["--as", "login"], metavar="LOGIN", help="The staff member at the keyboard.",
            callback=_keep, expose_value=False,
        ),
        click.Option(
            ["--json"], is_flag=True, help="Print one JSON document.", callback=_keep, expose_value=False
        ),
    ]  # fmt: skip


def _add_global_options(command: click.Command) -> None:
    if not any(param.name == "config" for param in command.params):
        command.params.extend(_global_options())
    if isinstance(command, click.Group):
        for below in command.commands.values():
            _add_global_options(below)


def _print_version(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"clinic-tui {version('clinic-tui')}")
        ctx.exit()


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    params=_global_options(),
    epilog="Exit status: 0 the command ran, 1 nothing could be done, 2 wrong usage.",
)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_print_version, help="Show the version."
)
@click.pass_context
def cli(ctx: click.Context) -> object:
    """Invite patients to the patient portal, from a terminal."""
    if ctx.invoked_subcommand is not None:
        return None
    from clinic_tui.commands import open as app

    return ctx.invoke(app.command)


def main(args: Sequence[str] | None = None) -> int:
    """Run the command line; the exit status. Nothing but a sentence is ever shown of an error."""
    words = list(sys.argv[1:] if args is None else args)
    asked, line = forced.read(words, os.environ) or (Asked(), None)
    asked.json = _wants_json(words if line is None else line.split())
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        status = _run(words, asked, line)
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        _mute(sys.stdout)
        return 0
    except OSError as error:
        _mute(sys.stdout)
        return _fail(Asked(), f"The output cannot be written: {error.strerror}.")
    return status


def _wants_json(words: list[str]) -> bool:
    """Whether errors are a document too, those of the command line itself among them."""
    return "--json" in words[: words.index("--") if "--" in words else None]


def _run(words: list[str], asked: Asked, line: str | None) -> int:
    """Run the words; with `line`, an SSH client's, the words of that as the staff member whom `asked` names."""
    try:
        from clinic_tui import log

        log.start()
        if line is not None:
            asked.viewer()  # who is no staff member is told no more than that
            words = forced.split(line)
        elif "_CLINIC_TUI_COMPLETE" in os.environ:
            cli.main(words, prog_name="clinic-tui", obj=asked)
        # Not `cli.main`: it has a word of its own for a reader that has left.
        with cli.make_context("clinic-tui", words, obj=asked) as context:
            result = cli.invoke(context)
    except click.UsageError as error:
        return _wrong_usage(asked, error)
    except click.exceptions.Exit as left:
        return left.exit_code
    except (click.Abort, KeyboardInterrupt):
        if sys.stderr is not None and sys.stderr.isatty():
            click.echo(err=True)  # the terminal's own ^C stands there
        return _fail(asked, "Stopped.")
    except click.ClickException as error:
        return _fail(asked, error.format_message())
    except ClinicError as error:
        return _fail(asked, str(error))
    except BrokenPipeError:
        raise
    except OSError as error:
        if error.errno == errno.EPIPE:
            raise BrokenPipeError from error
        return _unexpected(asked, error, words)
    except Exception as error:
        return _unexpected(asked, error, words)
    return result if isinstance(result, int) and not isinstance(result, bool) else 0


def _wrong_usage(asked: Asked, error: click.UsageError) -> int:
    said = error.format_message()
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        group, said = error.ctx, "Say what to do, one of the commands above."
        click.echo(group.get_help(), err=True)
    elif error.ctx is not None:
        click.echo(error.ctx.get_usage(), err=True)
        said += f" Try: {error.ctx.command_path} --help."
    _fail(asked, said)
    return 2


def _unexpected(asked: Asked, error: Exception, words: list[str]) -> int:
    """A sentence for what nobody expected; the log has the rest."""
    from clinic_tui import log

    command = next((word for word in words if word in COMMANDS), "open")
    log.trouble(error, command)
    what = type(error).__name__
    if isinstance(error, OSError) and error.errno:
        what += f": {os.strerror(error.errno)}"
    return _fail(asked, f"Something went wrong that should not ({what}). The log has it: {log.path()}")


def _fail(asked: Asked, sentence: str) -> int:
    sentence = clean(sentence)
    if asked.json:
        from clinic_tui.commands import output

        output.document({"error": sentence})
    click.echo(sentence, err=True)
    return 1


def _mute(stream: Any) -> None:
    """Let what is still to be written go nowhere: the interpreter would complain at its end."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
