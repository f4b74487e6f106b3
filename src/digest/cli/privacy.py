"""`digest subscribers`, the part about one person: what is kept of them, their consent, erasure, suppression."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer.core import TyperCommand

from digest.cli.context import Context, context_of
from digest.cli.output import JsonFlag, emit_json, show_table
from digest.errors import UsageError

if TYPE_CHECKING:
    from digest.model.ids import NewsletterSlug, SubscriberId
    from digest.model.people import ConsentEvent, SuppressedAddress

_KEY = re.compile(r"-[A-Za-z0-9_-]{21}")
"""The key of an address where it begins with a hyphen, as it does now and then; no option looks like one."""
Address = Annotated[str, typer.Argument(metavar="ADDRESS", help="In any spelling.")]
Newsletter = Annotated[str, typer.Option("--newsletter", metavar="SLUG", help="Only this newsletter; all without.")]
_CONSENT = ("subscriber", "at", "kind", "newsletter", "source", "wording", "changes", "network")


class _TakesKeys(TyperCommand):
    """A command whose argument may be a key that begins with a hyphen: it is not read as options."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]  # Typer's own
        """Puts keys behind what ends the options."""
        if "--" not in args and (keys := [arg for arg in args if _KEY.fullmatch(arg)]):
            args = [*(arg for arg in args if arg not in keys), "--", *keys]
        return super().parse_args(ctx, args)


def add_to(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.command(epilog="Example: digest subscribers show ada@example.org > ada.json")(show)
    app.command(epilog="Example: digest subscribers consent ada@example.org --json")(consent)
    app.command(epilog="Example: digest subscribers erase ada@example.org")(erase)
    app.command(epilog="Example: digest subscribers replay-erasures old/erasures.jsonl")(replay_erasures)
    app.command(epilog="Example: digest subscribers suppressed --json")(suppressed)
    app.command(epilog="Example: digest subscribers suppress ada@example.org")(suppress)
    app.command(cls=_TakesKeys, epilog="Example: digest subscribers release ada@example.org")(release)


def show(ctx: typer.Context, address: Address) -> None:
    """Print everything that is kept of a reader, as JSON: what they get when they ask."""
    from digest.pipeline.disclosing import disclose

    context = context_of(ctx)
    emit_json(disclose(context.app.press, _reader(context, address)))


def consent(
    ctx: typer.Context,
    address: Address,
    as_json: JsonFlag = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
) -> None:
    """Print the log of a reader's consent: each event with its time, source and wording. Also of one who was erased."""
    context = context_of(ctx)
    readers = context.app.press.store.readers
    known = readers.known_as(address)
    if not known:
        raise UsageError(address, "is not known", "see: digest subscribers list")
    rows = [(reader, event) for reader in known for event in readers.events(reader)]
    if as_json:
        emit_json({"events": [dict(zip(_CONSENT, _cells(*row), strict=True)) for row in rows]})
    elif as_csv:
        _write_csv(rows)
    else:
        show_table(context.out, [name.capitalize() for name in _CONSENT], [_cells(*row) for row in rows])


def _cells(reader: SubscriberId, event: ConsentEvent) -> tuple[object, ...]:
    at = event.at.isoformat()
    return reader, at, event.kind, event.newsletter or "", event.source, event.wording, event.changes, event.network


def _write_csv(rows: list[tuple[SubscriberId, ConsentEvent]]) -> None:
    from digest.subscribe.table import csv_line

    for cells in (_CONSENT, *(_cells(*row) for row in rows)):
        sys.stdout.write(csv_line(map(str, cells)))


def erase(
    ctx: typer.Context,
    address: Address,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Erase a reader for good. Only a keyed hash of the address stays, so that no import brings them back."""
    from digest.model.people import Origin
    from digest.pipeline import erasing

    context = context_of(ctx)
    reader = _reader(context, address)
    if not yes:
        typer.confirm(f"Erase {address}? This cannot be undone", abort=True)
    erasing.erase(context.app.press, reader, Origin("operator"), context.clock())
    context.out.print(f"Erased. What is left is the number {reader} in the log of consent and of deliveries.")


def replay_erasures(
    ctx: typer.Context,
    files: Annotated[list[Path] | None, typer.Argument(metavar="[FILE...]", help="Journals of other machines.")] = None,
) -> None:
    """Erase again whoever came back with a backup. Every start does so by itself from var/erasures.jsonl."""
    from digest.app import erasure_journal
    from digest.pipeline import erasing

    context = context_of(ctx)
    press = context.app.press
    if missing := [file for file in files or () if not file.is_file()]:
        raise UsageError(str(missing[0]), "is no file", "name a copy of var/erasures.jsonl")
    for file in files or ():
        if file.stat().st_size and next(iter(erasure_journal(file).erasures()), None) is None:
            raise UsageError(str(file), "holds no erasure", "name a copy of var/erasures.jsonl")
    journals = [erasure_journal(file) for file in files] if files else [press.erasures]
    erased = sum(erasing.replay_erasures(press, journal) for journal in journals if journal is not None)
    context.out.print(f"{erased:,} readers were erased again.")


def suppressed(ctx: typer.Context, as_json: JsonFlag = False) -> None:
    """List who is never to be mailed again, and why. Addresses show only where a reader still has them."""
    context = context_of(ctx)
    listed = list(suppressions(context))
    if as_json:
        emit_json({"suppressions": listed})
        return
    rows = [(one.email or one.key, one.reason, one.newsletter or "all", f"{one.at:%Y-%m-%d}") for one in listed]
    show_table(context.out, ("Address or key", "Reason", "Newsletter", "Since"), rows)


def suppressions(context: Context) -> Iterator[SuppressedAddress]:
    """All of them, page by page."""
    readers, after = context.app.press.store.readers, None
    while page := readers.suppressions(after):
        yield from page
        after = page[-1]


def suppress(ctx: typer.Context, address: Address, newsletter: Newsletter = "") -> None:
    """Never mail an address again."""
    from digest.model.people import SuppressionReason
    from digest.subscribe.addresses import AddressError, normalise

    context = context_of(ctx)
    of = _newsletter(context, newsletter)
    try:
        known_as = normalise(address)
    except AddressError as error:
        raise UsageError(error.place, error.problem, error.remedy) from error
    context.app.press.store.readers.suppress(known_as, SuppressionReason.OPERATOR, context.clock(), of)
    context.out.print(f"{address} is not mailed again.", markup=False)


def release(ctx: typer.Context, address: Address, newsletter: Newsletter = "") -> None:
    """Lift a suppression, say when a mailbox is there again. Give the address, or its key from the list."""
    context = context_of(ctx)
    if not context.app.press.store.readers.unsuppress(address, _newsletter(context, newsletter)):
        raise UsageError(address, "is not suppressed so", "see: digest subscribers suppressed")
    context.out.print(f"{address} may be mailed again, if its owner is subscribed.", markup=False)


def _newsletter(context: Context, slug: str) -> NewsletterSlug | None:
    return context.app.press.newsletter(slug).key if slug else None


def _reader(context: Context, address: str) -> SubscriberId:
    found = context.app.press.store.readers.by_email(address)
    if found is None:
        raise UsageError(address, "is no subscriber", "see: digest subscribers list --search TEXT")
    return found.id
