"""`digest doctor`: looks whether everything is in place, and says what to do where it is not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from digest.cli.context import Context, context_of
from digest.cli.output import JsonFlag, emit_json, show_table
from digest.errors import ConfigError, DigestError, ExitStatus

if TYPE_CHECKING:
    from digest.app import App


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at."""

    name: str
    ok: bool
    detail: str
    remedy: str = ""


def register(root: typer.Typer, panel: str) -> None:
    """Adds the commands of this file."""
    root.command("doctor", rich_help_panel=panel, epilog="Example: digest doctor --json")(doctor)


def doctor(ctx: typer.Context, as_json: JsonFlag = False) -> None:
    """Check configuration, database, keys, templates, feeds and mail. Findings give exit status 1."""
    context = context_of(ctx)
    checks = list(_checks(context))
    if as_json:
        emit_json({"ok": all(check.ok for check in checks), "checks": checks})
    else:
        rows = [("ok" if c.ok else "PROBLEM", c.name, c.detail, c.remedy) for c in checks]
        show_table(context.out, ("", "Check", "Found", "What to do"), rows)
    if not all(check.ok for check in checks):
        raise typer.Exit(ExitStatus.FINDINGS)


def _checks(context: Context) -> Iterator[Check]:
    settings = context.loaded.settings
    counts = (
        f"{len(settings.newsletters)} newsletters, {len(settings.categories)} categories, {len(settings.feeds)} feeds"
    )
    yield Check("configuration", True, f"{context.loaded.path}: {counts}")
    try:
        app = context.app
    except DigestError as error:
        yield Check("database", False, f"{error.place}: {error.problem}", error.remedy)
        return
    looks: tuple[tuple[str, Callable[[App], str]], ...] = (
        ("database", _database), ("desk", _desk), ("signing key", _key), ("postal address", _postal_address),
        ("templates", _templates), ("feeds", _feeds), ("mail server", _mail_server),
    )  # fmt: skip
    for name, look in looks:
        yield _looked(name, look, app)


def _looked(name: str, look: Callable[[App], str], app: App) -> Check:
    try:
        return Check(name, True, look(app))
    except DigestError as error:
        return Check(name, False, f"{error.place}: {error.problem}", error.remedy)


def _database(app: App) -> str:
    store = app.press.store
    return f"{store.articles.count():,} articles, {store.readers.count():,} subscribers"


def _desk(app: App) -> str:
    users = app.press.store.access.users()
    codes = sum(bool(user.totp) for user in users)
    return f"{len(users)} users, {codes} with one-time codes" if users else "closed: digest user add NAME opens it"


def _key(app: App) -> str:
    if app.settings.web.secret_key is None:
        return f"its own, in {app.loaded.root / 'var' / 'secret.key'}"
    return "configured"


def _postal_address(app: App) -> str:
    if not app.settings.site.postal_address:
        raise ConfigError("site.postal_address", "is empty", "law in many countries asks for it in each mail")
    return app.settings.site.postal_address


def _templates(app: App) -> str:
    """Compiles an empty issue of every newsletter, which reads all templates and themes but those of stories."""
    from digest.pipeline.approving import compile_draft
    from digest.pipeline.drafting import empty_issue
    from digest.pipeline.slots import next_slot_of

    for newsletter in app.settings.newsletters:
        compile_draft(app.press, empty_issue(newsletter, next_slot_of(newsletter, app.clock())))
    return f"good for {len(app.settings.newsletters)} newsletters"


def _feeds(app: App) -> str:
    feeds = app.press.store.feeds.all()
    bad = [feed for feed in feeds if feed.state.error]
    if bad:
        first = bad[0]
        raise ConfigError(first.source.url, first.state.error, f"{len(bad)} of {len(feeds)} fail: digest feed list")
    return f"{len(feeds)} known" if feeds else "none gathered yet: digest gather"


def _mail_server(app: App) -> str:
    said = app.probe_smtp().items()
    return "; ".join(f"{place} offers {', '.join(offered) or 'nothing special'}" for place, offered in said)
