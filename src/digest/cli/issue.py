"""`digest issue`: build, look at, render and approve issues. How they fare on their way is in `deliveries`."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.context import Context, context_of
from digest.cli.deliveries import IssueArgument, add_to
from digest.cli.exchange import add_exchange
from digest.cli.output import JsonFlag, emit_json, show_table
from digest.cli.person import ByOption, actor_named
from digest.cli.preflight import OverrideOption, add_preflight
from digest.cli.releasing import add_releasing
from digest.errors import UsageError

if TYPE_CHECKING:
    from digest.config.publication import NewsletterSettings
    from digest.model.issue import Issue
    from digest.model.people import Recipient

app = typer.Typer(help="Build, look at, approve and steer issues.", no_args_is_help=True)

ForOption = Annotated[str, typer.Option("--for", metavar="ADDRESS", help="The edition of this subscriber.")]
PersonaOption = Annotated[str, typer.Option("--persona", metavar="NAME", help="The edition of this made-up reader.")]


def register(root: typer.Typer, panel: str) -> None:
    """Adds the commands of this file."""
    root.add_typer(app, name="issue", rich_help_panel=panel)


@app.command(epilog="Example: digest issue build weekly --slot 2026-11-24")
def build(
    ctx: typer.Context,
    newsletter: Annotated[str, typer.Argument(metavar="NEWSLETTER", help="Slug of a configured newsletter.")],
    slot: Annotated[str, typer.Option(metavar="DATE", help="The day it is for; the next one without.")] = "",
    as_json: JsonFlag = False,
) -> None:
    """Build the draft issue of a slot from what has been gathered. A second time gives the one that is there."""
    from digest.pipeline.drafting import draft_issue
    from digest.pipeline.slots import next_slot_of, slot_on

    context = context_of(ctx)
    press, now = context.app.press, context.clock()
    chosen = press.newsletter(newsletter)
    when = slot_on(chosen, _day(slot)) if slot else next_slot_of(chosen, now)
    issue = draft_issue(press, chosen, when, now, by_hand=True)
    _remark_on(context, chosen, when.on)
    if as_json:
        emit_json({"issue": _facts(issue)})
        return
    _say(context, issue)


@app.command("list", epilog="Example: digest issue list weekly --json")
def list_(
    ctx: typer.Context,
    newsletter: Annotated[str, typer.Argument(metavar="[NEWSLETTER]", help="Only this newsletter.")] = "",
    as_json: JsonFlag = False,
) -> None:
    """List the issues, the latest slot first."""
    context = context_of(ctx)
    press = context.app.press
    issues = press.store.issues.all(press.newsletter(newsletter).key if newsletter else None)
    if as_json:
        emit_json({"issues": [_facts(issue) for issue in issues]})
        return
    rows = [(i.id, i.state, i.send_at, len(i.content.stories), i.note or _first(i)) for i in issues]
    show_table(context.out, ("Issue", "State", "Goes", "Stories", "First story"), rows)
    if not issues:
        context.out.print("No issue yet. Build one: digest issue build NEWSLETTER", markup=False)


@app.command(epilog="Example: digest issue show weekly-2026-11-24")
def show(ctx: typer.Context, issue: IssueArgument, as_json: JsonFlag = False) -> None:
    """Show an issue: its state, its stories by category, and what became of its deliveries."""
    context = context_of(ctx)
    press = context.app.press
    found = press.issue(issue)
    counts = press.store.ledger.counts(found.id)
    if as_json:
        emit_json({"issue": _facts(found), "content": found.content, "deliveries": counts})
        return
    _say(context, found)
    items = {item.story: item for item in found.content.stories}
    rows = [
        (section.category, items[story].title, items[story].outlet, items[story].teaser.source)
        for section in found.content.sections
        for story in section.stories
    ]
    show_table(context.out, ("Category", "Story", "Outlet", "Teaser from"), rows)
    if counts:
        show_table(context.out, ("Deliveries", "Number"), sorted(counts.items()))


@app.command(epilog="Example: digest issue approve weekly-2026-11-24")
def approve(
    ctx: typer.Context,
    issue: IssueArgument,
    by: ByOption = "",
    override: OverrideOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Approve a draft: what is sent later is exactly what is approved now."""
    from digest.pipeline.releasing import approve_unchecked

    context = context_of(ctx)
    press = context.app.press
    approved = approve_unchecked(press, press.issue(issue), actor_named(by), override or (), context.clock())
    if as_json:
        emit_json({"issue": _facts(approved)})
        return
    context.out.print(f"{approved.id} is approved, hash {approved.approval_hash[:16]}", markup=False)


@app.command(epilog="Example: digest issue render weekly-2026-11-24 --persona few --out /tmp/look")
def render(
    ctx: typer.Context,
    issue: IssueArgument,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the files.")],
    address: ForOption = "",
    persona: PersonaOption = "",
    as_json: JsonFlag = False,
) -> None:
    """Write one reader's edition as ID-NAME.html, .txt and .eml."""
    from digest.pipeline.previewing import preview

    context = context_of(ctx)
    press = context.app.press
    found = press.issue(issue)
    seen = preview(press, found, reader_of(context, found, address, persona), context.clock())
    if seen is None:
        raise UsageError(
            f"{found.id} for {address or persona}",
            "has no story that is new to them",
            "see: digest why ARTICLE --for ADDRESS",
        )
    out.mkdir(parents=True, exist_ok=True)
    stem = f"{found.id}-{_file_name(persona or address)}"
    files = {
        out / f"{stem}.html": seen.html.encode(),
        out / f"{stem}.txt": seen.text.encode(),
        out / f"{stem}.eml": b"".join(seen.message.segments),
    }
    for path, content in files.items():
        path.write_bytes(content)
    if as_json:
        emit_json({"files": list(files), "subject": seen.edition.subject, "html_bytes": seen.edition.html_size})
        return
    for path in files:
        context.out.print(str(path), markup=False, soft_wrap=True)


def reader_of(context: Context, issue: Issue, address: str, persona: str) -> Recipient:
    """The reader that --for or --persona names. Raises UsageError unless it is exactly one."""
    from digest.pipeline.previewing import persona_named, reader_by_address

    if bool(address) == bool(persona):
        raise UsageError("reader", "name exactly one", "write --for ADDRESS or --persona NAME")
    if persona:
        return persona_named(context.app.personas(), persona)
    return reader_by_address(context.app.press, issue.newsletter, address)


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"--slot {text}", "is no date", "write one like 2026-11-24") from error
    if not 1970 <= day.year < 9000:
        raise UsageError(f"--slot {text}", "is in no year that we can count in", "write one like 2026-11-24")
    return day


def _remark_on(context: Context, newsletter: NewsletterSettings, day: date) -> None:
    """Says when the day is none of the newsletter's: its readers get an issue more."""
    from digest.pipeline.slots import days_from, has_slot_on

    if has_slot_on(newsletter, day):
        return
    coming = ", ".join(map(str, days_from(newsletter, day)))
    told = f"the next are {coming}" if coming else "nor any after it"
    line = f"{newsletter.slug} has no slot on {day}, so this is an issue besides; {told}"
    context.err.print(line, markup=False, soft_wrap=True)


def _file_name(reader: str) -> str:
    return "".join(c if c.isalnum() or c in "-._" else "_" for c in reader)


def _first(issue: Issue) -> str:
    return issue.content.stories[0].title if issue.content.stories else ""


def _facts(issue: Issue) -> dict[str, object]:
    return {
        "id": issue.id, "newsletter": issue.newsletter, "slot": issue.slot, "state": issue.state,
        "send_at": issue.send_at, "window": issue.window, "stories": len(issue.content.stories),
        "version": issue.version, "revision": issue.revision, "approved_at": issue.approved_at,
        "approved_by": issue.approved_by, "approval_hash": issue.approval_hash, "overridden": issue.overridden,
        "note": issue.note,
    }  # fmt: skip


def _say(context: Context, issue: Issue) -> None:
    told = f"{len(issue.content.stories)} stories in {len(issue.content.sections)} categories"
    why = f" ({issue.note})" if issue.note else ""
    context.out.print(f"{issue.id}: {issue.state}{why}, {told}, goes {issue.send_at:%Y-%m-%d %H:%M} UTC", markup=False)


add_to(app)
add_preflight(app)
add_exchange(app)
add_releasing(app)
