"""`digest schedule list` and `digest simulate`: when newsletters come, why the last one did or did not go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from digest.cli.context import Context, context_of
from digest.cli.output import JsonFlag, emit_json, show_table
from digest.cli.subscribers import Mapped, mapped_columns
from digest.errors import DigestError

if TYPE_CHECKING:
    from digest.calendar import Slot
    from digest.config.publication import NewsletterSettings
    from digest.pipeline.simulating import Alike, SimulatedSlot

_SHOWN = 8
"""Providers of a slot that the table shows; JSON has them all."""

app = typer.Typer(no_args_is_help=True, help="See when newsletters come.")


def register(root: typer.Typer, panel: str) -> None:
    """Adds the commands of this file."""
    root.add_typer(app, name="schedule", rich_help_panel=panel)
    root.command("simulate", rich_help_panel=panel, epilog="Example: digest simulate --weeks 4 --json")(simulate)


@app.callback()
def _group() -> None:
    """See when newsletters come."""


@app.command("list", epilog="Example: digest schedule list --for ada@example.com")
def list_(
    ctx: typer.Context,
    newsletter: Annotated[str, typer.Argument(metavar="[NEWSLETTER]", help="Only this newsletter.")] = "",
    number: Annotated[int, typer.Option("--number", min=1, max=100, metavar="N", help="Slots of each.")] = 3,
    address: Annotated[str, typer.Option("--for", metavar="ADDRESS", help="Also in this reader's time.")] = "",
    as_json: JsonFlag = False,
) -> None:
    """List the next slots in the newsletter's time and in the reader's, and why the last one did or did not go."""
    from digest.pipeline.previewing import reader_by_address

    context = context_of(ctx)
    press = context.app.press
    chosen = [press.newsletter(newsletter)] if newsletter else press.settings.newsletters
    answers = []
    for one in chosen:
        zone = reader_by_address(press, one.key, address).subscriber.timezone if address else ""
        answers.append(_answer(context, one, number, zone))
    if as_json:
        emit_json({"newsletters": answers})
        return
    for answer in answers:
        context.out.print(f"{answer['newsletter']}: {answer['last']}", markup=False, soft_wrap=True)
        for one in answer["waiting"]:  # type: ignore[attr-defined]
            context.out.print(f"{one['issue']} is {one['state']}: {one['says']}", markup=False, soft_wrap=True)
        columns = ("Slot", "Comes", "Newsletter's time", *(("Reader's time",) if address else ()))
        show_table(context.out, columns, [tuple(slot.values())[: len(columns)] for slot in answer["slots"]])  # type: ignore[attr-defined]
        context.out.print()


def _answer(context: Context, newsletter: NewsletterSettings, number: int, zone: str) -> dict[str, object]:
    from digest.pipeline.outlook import outlook

    found = outlook(context.app.press, newsletter, number, context.clock())
    slots = [_slot(newsletter, slot, zone) for slot in found.slots]
    waiting = [{"issue": issue.id, "state": issue.state, "says": says} for issue, says in found.waiting]
    return {"newsletter": newsletter.slug, "last": found.why, "waiting": waiting, "slots": slots}


def _slot(newsletter: NewsletterSettings, slot: Slot, zone: str) -> dict[str, object]:
    """With `reader_time` the newsletter's time is that of the first readers, and the reader's that of their place."""
    from digest.pipeline.slots import cadences_due
    from digest.pipeline.waves import hour_at
    from digest.ports.readers import Place

    theirs = hour_at(newsletter, slot.on, Place(zone, None)) if zone and newsletter.reader_time else slot.at
    return {
        "slot": slot.on,
        "comes": ", ".join(cadences_due(newsletter, slot.on)),
        "newsletter_time": _local(slot.at, newsletter.timezone),
        "reader_time": _local(theirs, zone) if zone else None,
        "at": slot.at,
    }


def _local(at: datetime, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%a %Y-%m-%d %H:%M} {zone}"


def simulate(
    ctx: typer.Context,
    weeks: Annotated[int, typer.Option("--weeks", min=1, max=60, metavar="N", help="How far to look.")] = 4,
    subscribers: Annotated[
        Path | None, typer.Option("--subscribers", metavar="FILE", help="A CSV of readers; those there are without.")
    ] = None,
    mapped: Mapped = None,
    as_json: JsonFlag = False,
) -> None:
    """Show what would go to how many, and when, in the weeks to come. No mail is sent, nothing is changed."""
    from digest.pipeline.simulating import alike_of, simulate

    context = context_of(ctx)
    press = context.app.press
    readers = _in_file(context, subscribers, mapped_columns(mapped or ())) if subscribers else alike_of(press)
    slots = sorted(simulate(press, readers, weeks, context.clock()), key=lambda slot: (slot.at, slot.newsletter))
    if as_json:
        emit_json({"slots": slots})
        return
    columns = ("Goes", "Newsletter", "Slot", "Waves", "Readers", "Editions", "MB", "Skipped", "Last mail")
    show_table(context.out, columns, map(_row, slots))
    if largest := _largest(slots):
        context.out.print()
        context.out.print("The largest slot of each newsletter, by its largest providers:", markup=False)
        by_provider = ("Newsletter", "Slot", "Provider", "Mails", "A minute", "Limited by", "Takes", "Last mail")
        show_table(context.out, by_provider, [row for slot in largest for row in _paces(slot)])


def _row(slot: SimulatedSlot) -> tuple[object, ...]:
    readers = sum(wave.readers for wave in slot.waves)
    editions = max((wave.editions for wave in slot.waves), default=0)
    weight = f"{sum(wave.bytes for wave in slot.waves) / 1e6:,.1f}"
    ends = [pace.last_at for pace in slot.providers.values()]
    last = max((end for end in ends if end), default=None) if all(ends) else None
    counts = (f"{readers:,}", f"{editions:,}", weight, f"{slot.skipped:,}")
    return slot.at, slot.newsletter, slot.slot, len(slot.waves), *counts, last or ("" if not readers else "no limit")


def _largest(slots: Iterable[SimulatedSlot]) -> list[SimulatedSlot]:
    """Of each newsletter the slot of most mails, the first of several."""
    found: dict[str, SimulatedSlot] = {}
    for slot in slots:
        largest = found.get(slot.newsletter)
        if slot.providers and (largest is None or _mails(slot) > _mails(largest)):
            found[slot.newsletter] = slot
    return list(found.values())


def _mails(slot: SimulatedSlot) -> int:
    return sum(pace.mails for pace in slot.providers.values())


def _paces(slot: SimulatedSlot) -> Iterator[tuple[object, ...]]:
    for provider, pace in list(slot.providers.items())[:_SHOWN]:
        rate = "" if pace.per_minute is None else f"{pace.per_minute:,.1f}".removesuffix(".0")
        takes = str(pace.last_at - pace.first_at) if pace.last_at else ""
        limit = "its own" if pace.limit.endswith(f" {provider}") else pace.limit or "no limit"
        yield slot.newsletter, slot.slot, provider, f"{pace.mails:,}", rate, limit, takes, pace.last_at


def _in_file(context: Context, path: Path, mapped: Mapping[str, str]) -> Counter[Alike]:
    """The readers of a CSV file. Raises DigestError for the first bad row."""
    from digest.pipeline.simulating import wished
    from digest.subscribe.table import BadRow, TableSource, find_shape, read_table

    source, wishes = TableSource(str(path), lambda: path.open("rb"), mapped=mapped), []
    for row in read_table(source, find_shape(source), context.app.settings):
        if isinstance(row, BadRow):
            raise DigestError(f"{path}:{row.line}: {row.place}", row.problem, row.remedy)
        wishes.append(row.wish)
    return wished((wish.draft.email, wish.draft.timezone, wish.newsletter, wish.preferences) for wish in wishes)
