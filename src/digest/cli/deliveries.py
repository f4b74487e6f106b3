"""`digest issue deliveries`, `pause`, `resume` and `cancel`: an issue on its way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.context import Context, context_of
from digest.cli.jsonl import write_lines
from digest.cli.output import JsonFlag, emit_json, show_table
from digest.cli.person import ByOption, actor_named
from digest.model.delivery import DeliveryState

if TYPE_CHECKING:
    from digest.model.issue import Issue
    from digest.pipeline.steering import Step

IssueArgument = Annotated[str, typer.Argument(metavar="ID", help="Issue, like weekly-2026-11-24.")]
LinesFlag = Annotated[bool, typer.Option("--json", "--jsonl", help="Print a JSON object a line.")]
WhyOption = Annotated[str, typer.Option("--why", metavar="TEXT", help="The reason, kept with the issue.")]


def add_to(app: typer.Typer) -> None:
    """Adds the commands of this file to `digest issue`."""
    app.command(epilog="Example: digest issue deliveries weekly-2026-11-24 --state uncertain --json")(deliveries)
    app.command("progress", epilog="Example: digest issue progress weekly-2026-11-24 --json")(progress_)
    app.command(epilog="Example: digest issue pause weekly-2026-11-24 --why 'wrong headline'")(pause)
    app.command(epilog="Example: digest issue resume weekly-2026-11-24")(resume)
    app.command(epilog="Example: digest issue cancel weekly-2026-11-24")(cancel)


def deliveries(
    ctx: typer.Context,
    issue: IssueArgument,
    state: Annotated[
        DeliveryState | None, typer.Option(help="Only those in this state; uncertain: all that ever were.")
    ] = None,
    as_lines: LinesFlag = False,
) -> None:
    """List what became of each reader's mail: state, attempts, Message-ID and the mail server's last word."""
    from digest.pipeline.reporting import delivery_lines

    context = context_of(ctx)
    press = context.app.press
    lines = delivery_lines(press, press.issue(issue), state, context.clock())
    if as_lines:
        write_lines(lines)
        return
    columns = ("Subscriber", "State", "Attempts", "At", "Reply")
    show_table(context.out, columns, ((x.subscriber, x.state, x.attempts, x.at, x.reply) for x in lines))


def progress_(ctx: typer.Context, issue: IssueArgument, as_json: JsonFlag = False) -> None:
    """Say how far an issue is: by state and by provider, how fast it goes, and how long it will take."""
    from digest.pipeline.reporting import progress

    context = context_of(ctx)
    press = context.app.press
    seen = progress(press, press.issue(issue), context.clock())
    if as_json:
        left = seen.left.total_seconds() if seen.left is not None else None
        facts = {"issue": seen.issue, "state": seen.state, "note": seen.note, "total": seen.total, "done": seen.done}
        emit_json(facts | {"deliveries": seen.counts, "per_second": seen.per_second, "seconds_left": left,
                           "providers": {one.provider: one.counts for one in seen.providers}})  # fmt: skip
        return
    pace = f", {seen.per_second:,.1f} a second, {seen.left} left" if seen.left is not None else ""
    context.out.print(f"{seen.issue} is {seen.state}: {seen.done} of {seen.total} done{pace}", markup=False)
    states = sorted(seen.counts)
    rows = [(one.provider, *(one.counts.get(state, 0) for state in states)) for one in seen.providers]
    show_table(context.out, ("Provider", *map(str.capitalize, states)), rows)


def pause(
    ctx: typer.Context, issue: IssueArgument, why: WhyOption = "", by: ByOption = "", as_json: JsonFlag = False
) -> None:
    """Pause an issue that is being sent. Mails under way still go; `digest issue resume` goes on."""
    from digest.pipeline.steering import pause_issue

    _take(context_of(ctx), issue, "paused", pause_issue, why, by, as_json)


def resume(ctx: typer.Context, issue: IssueArgument, by: ByOption = "", as_json: JsonFlag = False) -> None:
    """Let a paused issue go on: at the next tick of `digest run`, or now by `digest send`."""
    from digest.pipeline.steering import resume_issue

    _take(context_of(ctx), issue, "resumed", resume_issue, "", by, as_json)


def cancel(
    ctx: typer.Context, issue: IssueArgument, why: WhyOption = "", by: ByOption = "", as_json: JsonFlag = False
) -> None:
    """Cancel an issue for good. Whoever has not got it yet is skipped."""
    from digest.pipeline.steering import cancel_issue

    _take(context_of(ctx), issue, "cancelled", cancel_issue, why, by, as_json)


def _take(context: Context, issue: str, what: str, step: Step, why: str, by: str, as_json: bool) -> None:
    from digest.pipeline.steering import steer

    press = context.app.press
    steered = steer(press, press.issue(issue), actor_named(by), what, step, why, context.clock())
    _say(context, steered, as_json)


def _say(context: Context, issue: Issue, as_json: bool) -> None:
    counts = context.app.press.store.ledger.counts(issue.id)
    if as_json:
        emit_json({"issue": issue.id, "state": issue.state, "note": issue.note, "deliveries": counts})
        return
    context.out.print(f"{issue.id} is {issue.state} ({issue.note})", markup=False)
    show_table(context.out, ("Deliveries", "Number"), sorted(counts.items()))
