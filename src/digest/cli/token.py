"""`digest token`: which programs may use the API, and what each of them may do."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Annotated

import typer

from digest.cli.context import context_of
from digest.cli.output import JsonFlag, emit_json, show_table
from digest.model.api import Scope, Token

_BYTES = 32
Name = Annotated[str, typer.Argument(metavar="NAME", help="What the program is called, like cms.")]


def register(root: typer.Typer, panel: str) -> None:
    """Adds the commands of this file."""
    app = typer.Typer(help="Say which programs may use the API.", no_args_is_help=True)
    app.command(epilog="Example: digest token add cms --scope articles:write")(add)
    app.command("list", epilog="Example: digest token list --json")(list_)
    app.command(epilog="Example: digest token revoke cms")(revoke)
    root.add_typer(app, name="token", rich_help_panel=panel)


def add(
    ctx: typer.Context,
    name: Name,
    scopes: Annotated[list[Scope], typer.Option("--scope", metavar="SCOPE", help=f"One of: {', '.join(Scope)}.")],
    days: Annotated[int, typer.Option("--days", min=0, max=36_500, metavar="N", help="Good for so long; 0 for good.")]
    = 365,
    as_json: JsonFlag = False,
) -> None:  # fmt: skip
    """Make a token and print it: this once, for only its hash is kept."""
    from digest.pipeline.tokens import add_token
    from digest.pipeline.users import OPERATOR

    context = context_of(ctx)
    secret = add_token(
        context.app.press, OPERATOR, name, scopes, days, secrets.token_bytes(_BYTES), context.clock()
    )  # fmt: skip
    if as_json:
        emit_json({"name": name, "token": secret})
        return
    context.out.print(secret, markup=False, soft_wrap=True)
    if context.out.is_terminal:
        context.out.print("Keep it well: it is shown this once. The program sends it as Authorization: Bearer ...")


def list_(ctx: typer.Context, as_json: JsonFlag = False) -> None:
    """List the tokens, what they allow, and when they were last used."""
    context = context_of(ctx)
    now = context.clock()
    tokens = context.app.press.store.tokens.all()
    if as_json:
        emit_json({"tokens": [_told(token, now) for token in tokens]})
        return
    rows = [
        (t.name, _state(t, now), " ".join(sorted(t.scopes)), t.seen_at or "never", t.expires_at or "never")
        for t in tokens
    ]  # fmt: skip
    show_table(context.out, ("Name", "State", "Scopes", "Last used", "Expires"), rows)


def revoke(ctx: typer.Context, name: Name) -> None:
    """Let a program in no more, from its next request on."""
    from digest.pipeline.tokens import revoke_token
    from digest.pipeline.users import OPERATOR

    context = context_of(ctx)
    revoke_token(context.app.press, OPERATOR, name, context.clock())
    context.out.print(f"{name} lets nobody in any more.", markup=False)


def _told(token: Token, now: datetime) -> dict[str, object]:
    """Everything but the key."""
    return {
        "name": token.name,
        "state": _state(token, now),
        "scopes": sorted(token.scopes),
        "created_at": token.created_at,
        "seen_at": token.seen_at,
        "expires_at": token.expires_at,
        "revoked_at": token.revoked_at,
    }


def _state(token: Token, now: datetime) -> str:
    return "good" if token.is_good(now) else "revoked" if token.revoked_at else "expired"
