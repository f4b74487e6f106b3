"""`digest issue withdraw`, `pull`, `told` and `log`: what is taken back of an issue, who has it, and who did what."""

from __future__ import annotations

from typing import Annotated

import typer

from digest.cli.context import Context, context_of
from digest.cli.deliveries import IssueArgument, LinesFlag
from digest.cli.jsonl import write_lines
from digest.cli.output import JsonFlag, emit_json, show_table
from digest.cli.person import ByOption, actor_named

StoryArgument = Annotated[str, typer.Argument(metavar="STORY", help="Its id, its URL, or words of its title.")]


def add_releasing(app: typer.Typer) -> None:
    """Adds the commands of this file to `digest issue`."""
    app.command(epilog="Example: digest issue withdraw weekly-2026-11-24")(withdraw)
    app.command(epilog="Example: digest issue pull weekly-2026-11-24 3f2a1b0c9d8e7f60")(pull)
    app.command(epilog="Example: digest issue told weekly-2026-11-24 3f2a1b0c9d8e7f60 --json")(told)
    app.command("log", epilog="Example: digest issue log weekly-2026-11-24")(log_)


def withdraw(ctx: typer.Context, issue: IssueArgument, by: ByOption = "", as_json: JsonFlag = False) -> None:
    """Take an approval back. The draft then goes only when a person approves it, whatever its newsletter says."""
    from digest.pipeline.releasing import withdraw_issue

    context = context_of(ctx)
    press = context.app.press
    draft = withdraw_issue(press, press.issue(issue), actor_named(by), context.clock())
    if as_json:
        emit_json({"issue": draft.id, "state": draft.state, "note": draft.note})
        return
    context.out.print(f"{draft.id} is a draft again", markup=False)


def pull(
    ctx: typer.Context,
    issue: IssueArgument,
    story: StoryArgument,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say how many have it and how many wait.")] = False,
    by: ByOption = "",
    as_json: JsonFlag = False,
) -> None:
    """Take a story out of an issue on its way: pauses it, and whoever has no mail yet gets one without the story."""
    from digest.pipeline.revising import pull_story, pullable, reach, story_named

    context = context_of(ctx)
    press = context.app.press
    found = press.issue(issue)
    item = pullable(found, story_named(found.content.stories, story).story)
    if dry_run:
        far = reach(press, found, item.story)
        _tell(context, {"issue": found.id, "story": item.story, "title": item.title, "got": far.got,
                        "waiting": far.waiting}, as_json)  # fmt: skip
        return
    pulled = pull_story(press, found, item.story, actor_named(by), context.clock())
    now = pulled.issue
    facts = {"issue": now.id, "story": item.story, "title": item.title, "state": now.state, "revision": now.revision,
             "approval_hash": now.approval_hash, "got": reach(press, now, item.story).got, "spared": pulled.spared,
             "skipped": pulled.skipped}  # fmt: skip
    _tell(context, facts, as_json)
    if not as_json:
        context.out.print(f"Who has it: digest issue told {now.id} {item.story}\n"
                          f"Go on: digest issue resume {now.id}", markup=False)  # fmt: skip


def told(ctx: typer.Context, issue: IssueArgument, story: StoryArgument, as_lines: LinesFlag = False) -> None:
    """List the readers who have a story of an issue, or may have it: the mail was sent, is under way, or in doubt."""
    from digest.pipeline.revising import got_it, story_named

    context = context_of(ctx)
    press = context.app.press
    found = press.issue(issue)
    item = story_named(found.content.ever_told, story)
    lines = ({"subscriber": one.key.subscriber, "state": one.state, "at": one.at, "edition": one.edition}
             for one in got_it(press, found, item.story))  # fmt: skip
    if as_lines:
        write_lines(lines)
        return
    show_table(context.out, ("Subscriber", "State", "At", "Edition"), (tuple(line.values()) for line in lines))


def log_(ctx: typer.Context, issue: IssueArgument, as_json: JsonFlag = False) -> None:
    """List what was done to an issue and by whom, the latest first: edits, approvals, pauses, pulled stories."""
    from digest.pipeline.logbook import logbook

    context = context_of(ctx)
    press = context.app.press
    found = press.issue(issue)
    lines = logbook(press, found)
    if as_json:
        emit_json({"issue": found.id, "log": lines, "revisions": press.store.revisions.past(found.id)})
        return
    show_table(context.out, ("At", "Who", "What"), ((one.at, one.who, one.what) for one in lines))
    if not lines:
        context.out.print("Nothing was done to it by hand.", markup=False)


def _tell(context: Context, facts: dict[str, object], as_json: bool) -> None:
    if as_json:
        emit_json(facts)
        return
    show_table(context.out, ("Fact", "Value"), [(name.replace("_", " "), value) for name, value in facts.items()])
