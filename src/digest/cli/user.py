"""`digest user`: who may log in at the desk, and what they did. A password is typed or read from a file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.context import context_of
from digest.cli.output import JsonFlag, emit_json, show_table
from digest.errors import UsageError
from digest.model.access import Role

if TYPE_CHECKING:
    from digest.model.access import Session

Name = Annotated[str, typer.Argument(metavar="NAME", help="The name that they log in with.")]
PasswordFile = Annotated[
    Path | None,
    typer.Option("--password-file", metavar="FILE", help="File whose first line is the password; - reads it."),
]


def register(root: typer.Typer, panel: str) -> None:
    """Adds the commands of this file."""
    app = typer.Typer(help="Say who may log in at the desk, and see who did what.", no_args_is_help=True)
    app.command(epilog="Example: digest user add ada --role admin")(add)
    app.command("list", epilog="Example: digest user list --json")(list_)
    app.command(epilog="Example: digest user role ada editor")(role)
    app.command(epilog="Example: digest user password ada")(password)
    app.command(epilog="Example: digest user codes ada --off")(codes)
    app.command(epilog="Example: digest user sessions ada --end")(sessions)
    app.command(epilog="Example: digest user remove ada")(remove)
    app.command(epilog="Example: digest user deeds --by ada --json")(deeds)
    root.add_typer(app, name="user", rich_help_panel=panel)


def add(
    ctx: typer.Context,
    name: Name,
    role: Annotated[Role, typer.Option("--role", help="viewer looks, editor changes, admin also looks after users.")]
    = Role.EDITOR,
    password_file: PasswordFile = None,
) -> None:  # fmt: skip
    """Let somebody in. Their password is asked for; they can change it at the desk."""
    from digest.access.passwords import clean_name
    from digest.pipeline.users import OPERATOR, add_user

    context = context_of(ctx)
    press = context.app.press
    if press.store.access.user(clean_name(name)):
        raise UsageError(f"user {name}", "is there already", f"see: digest user password {name}")
    user = add_user(press, OPERATOR, name, _password(password_file), role, context.clock())
    context.out.print(f"{user.name} may log in as {user.role}.", markup=False)


def list_(ctx: typer.Context, as_json: JsonFlag = False) -> None:
    """List the users."""
    context = context_of(ctx)
    access = context.app.press.store.access
    seen: dict[str, list[Session]] = {}
    for session in access.sessions():
        seen.setdefault(session.user, []).append(session)
    users = [
        {
            "name": user.name,
            "role": user.role,
            "codes": bool(user.totp),
            "sessions": len(seen.get(user.name, [])),
            "seen_at": seen[user.name][0].seen_at if user.name in seen else None,
            "created_at": user.created_at,
        }
        for user in access.users()
    ]
    if as_json:
        emit_json({"users": users})
        return
    rows = [(u["name"], u["role"], "yes" if u["codes"] else "no", u["sessions"], u["seen_at"]) for u in users]
    show_table(context.out, ("Name", "Role", "Codes", "Sessions", "Last seen"), rows)


def role(
    ctx: typer.Context,
    name: Name,
    role: Annotated[Role, typer.Argument(metavar="ROLE", help="viewer, editor or admin.")],
) -> None:
    """Give another role. It counts from their next press on."""
    from digest.pipeline.users import OPERATOR, change_role

    context = context_of(ctx)
    change_role(context.app.press, OPERATOR, name, role, context.clock())
    context.out.print(f"{name} is {role} now.", markup=False)


def password(ctx: typer.Context, name: Name, password_file: PasswordFile = None) -> None:
    """Set a new password, and end their sessions."""
    from digest.pipeline.users import OPERATOR, change_password, user_named

    context = context_of(ctx)
    user = user_named(context.app.press, name)
    change_password(context.app.press, OPERATOR, user.name, _password(password_file), context.clock())
    context.out.print(f"{user.name} has a new password, and is logged out everywhere.", markup=False)


def codes(
    ctx: typer.Context, name: Name, off: Annotated[bool, typer.Option("--off", help="Ask for none any more.")] = False
) -> None:
    """Say whether a login asks for one-time codes; turn that off when a phone is lost. Users set it up at the desk."""
    from digest.pipeline.users import OPERATOR, drop_codes, user_named

    context = context_of(ctx)
    user = user_named(context.app.press, name)
    if off and user.totp:
        drop_codes(context.app.press, OPERATOR, user.name, context.clock())
    asked = user.totp and not off
    context.out.print(f"A login of {user.name} asks for {'a' if asked else 'no'} code.", markup=False)


def sessions(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="Of this user; of all without.")] = "",
    end: Annotated[bool, typer.Option("--end", help="End them.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """List who is logged in where, or log a user out everywhere."""
    from digest.pipeline.entering import end_sessions
    from digest.pipeline.users import OPERATOR, user_named

    context = context_of(ctx)
    press = context.app.press
    user = user_named(press, name).name if name else ""
    if end and not user:
        raise UsageError("--end", "needs the name of a user", "see: digest user list")
    if end:
        context.out.print(f"{end_sessions(press, OPERATOR, user, context.clock())} sessions ended.")
        return
    found = [_session(session) for session in press.store.access.sessions(user)]
    if as_json:
        emit_json({"sessions": found})
        return
    columns = ("Number", "User", "Opened", "Last seen", "Network", "Program")
    show_table(context.out, columns, [tuple(session.values()) for session in found])


def remove(ctx: typer.Context, name: Name) -> None:
    """Let somebody in no more. What they did stays on record."""
    from digest.pipeline.users import OPERATOR, remove_user

    context = context_of(ctx)
    press = context.app.press
    remove_user(press, OPERATOR, name, context.clock())
    closed = "" if press.store.access.users() else " There is no user left: the desk of digest run is closed."
    context.out.print(f"{name} may log in no more.{closed}", markup=False, soft_wrap=True)


def deeds(
    ctx: typer.Context,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Only what this user did.")] = "",
    about: Annotated[str, typer.Option("--about", metavar="WHAT", help="Only what was done to this issue or user.")]
    = "",
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, metavar="N", help="So many, the newest.")] = 100,
    as_json: JsonFlag = False,
) -> None:  # fmt: skip
    """List who did what, newest first. Nothing is ever taken off this list."""
    context = context_of(ctx)
    found = context.app.press.store.access.deeds(limit, by, about)
    if as_json:
        emit_json({"deeds": found})
        return
    rows = [(deed.at, deed.who, deed.what, deed.about, deed.detail) for deed in found]
    show_table(context.out, ("When", "Who", "What", "About", "Detail"), rows)


def _session(session: Session) -> dict[str, object]:
    return {
        "number": session.number,
        "user": session.user,
        "opened_at": session.opened_at,
        "seen_at": session.seen_at,
        "network": session.network,
        "program": session.program,
    }


def _password(file: Path | None) -> str:
    """From the file, from standard input, or typed twice without being shown."""
    if file is None:
        typed: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
        return typed
    text = sys.stdin.readline() if str(file) == "-" else file.read_text(encoding="utf-8")
    return next(iter(text.splitlines()), "")
