"""`digest send` and `digest send-test`: issues on their way."""

from __future__ import annotations

import logging
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.context import Context, context_of
from digest.cli.deliveries import IssueArgument
from digest.cli.issue import ForOption, PersonaOption, reader_of
from digest.cli.output import JsonFlag, emit_json, show_table
from digest.cli.preflight import OverrideOption, pass_preflight
from digest.errors import OutsideError

if TYPE_CHECKING:
    from digest.cli.stopping import Stop
    from digest.model.issue import Issue
    from digest.model.people import Recipient
    from digest.pipeline.delivering import Sent

log = logging.getLogger(__name__)


def register(root: typer.Typer, panel: str) -> None:
    """Adds the commands of this file."""
    root.command("send", rich_help_panel=panel, epilog="Example: digest send weekly-2026-11-24")(send)
    root.command(
        "send-test",
        rich_help_panel=panel,
        epilog="Example: digest send-test weekly-2026-11-24 me@example.org team --persona few",
    )(send_test)


def send(
    ctx: typer.Context,
    issue: IssueArgument,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say who would get what; send nothing.")] = False,
    to: Annotated[str, typer.Option(metavar="ADDRESS", help="Only to this reader; recorded, so never twice.")] = "",
    processes: Annotated[
        int,
        typer.Option(
            "--processes",
            metavar="NUMBER",
            help="Senders at once; deliver.processes without.",
            min=0,
            max=16,
            show_default=False,
        ),
    ] = 0,
    override: OverrideOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Send an approved issue to its readers. Called again, it goes on where it stopped; Ctrl+C stops it well."""
    from digest.cli.stopping import stop_on_signals
    from digest.pipeline.previewing import reader_by_address

    context = context_of(ctx)
    app = context.app
    found = app.press.issue(issue)
    only = [reader_by_address(app.press, found.newsletter, to)] if to else []
    if dry_run:
        _dry_run(context, found, only, as_json)
        return
    pass_preflight(context, found, override or ())
    number = 1 if only else processes or app.settings.deliver.processes
    with stop_on_signals() as stop:
        sent = _send_together(context, found, number, stop) if number > 1 else _send_here(context, found, only, stop)
    if as_json:
        facts = {"issue": found.id, "finished": sent.finished, "next_at": sent.next_at, "blocked": sent.blocked}
        emit_json(facts | {"deliveries": sent.counts})
    else:
        show_table(context.out, ("Deliveries", "Number"), sorted(sent.counts.items()))
    if sent.blocked:
        remedy = f"put it right, then: digest issue resume {found.id}"
        raise OutsideError(f"issue {found.id}", f"is paused: the mail server says {sent.blocked}", remedy)
    if sent.next_at and not as_json:
        context.out.print(f"Not finished: goes on from {sent.next_at:%Y-%m-%d %H:%M} UTC; digest send {found.id}")


def _send_here(context: Context, issue: Issue, only: list[Recipient], stop: Stop) -> Sent:
    from digest.cli.progress import sending
    from digest.model.delivery import FINAL_STATES
    from digest.pipeline.delivering import deliver_issue
    from digest.ports.readers import ReaderFilter

    app = context.app
    done = sum(app.press.store.ledger.counts(issue.id).get(state, 0) for state in FINAL_STATES)
    readers = 1 if only else max(app.press.store.readers.count(ReaderFilter(issue.newsletter)) - done, 0)
    with sending(readers) as on_outcome:
        return deliver_issue(app.press, issue, app.transport(stop), context.clock, only, on_outcome, stop)


def _send_together(context: Context, issue: Issue, number: int, stop: Stop) -> Sent:
    """Freezes the readers here, lets that many processes send, and does here what they may have left."""
    from digest.cli.crew import crew, until_done
    from digest.cli.progress import watching
    from digest.model.issue import IssueState
    from digest.pipeline.delivering import begin_issue, deliver_issue, standing

    app = context.app
    ledger = app.press.store.ledger
    deliver = app.settings.deliver.model_copy(update={"processes": number})
    many = replace(app.press, settings=app.settings.model_copy(update={"deliver": deliver}))
    ready = begin_issue(many, issue, context.clock, stop)
    if stop():
        return deliver_issue(app.press, ready, app.transport(stop), context.clock, stopping=stop)
    shared = replace(context, overrides={**context.overrides, "deliver.processes": str(number)})
    with (
        crew(shared, number, "send", ready.id, "--processes", "1", "--json") as members,
        watching(lambda: ledger.counts(ready.id)) as look,
    ):
        until_done(members, stop, look)
        traces = [trace for member in members if (trace := member.trace())]
    left = app.press.issue(ready.id)
    if traces and left.state is not IssueState.SENT:
        raise RuntimeError(f"a sender failed:\n{traces[0]}")
    for trace in traces:  # of one that began when the others had sent all, for example
        log.warning("a sender ended early, and the others have sent everything: %s", trace.strip())
    if left.state is not IssueState.SENDING:
        return standing(app.press, left, context.clock())
    return deliver_issue(app.press, left, app.transport(stop), context.clock, stopping=stop)


def _dry_run(context: Context, issue: Issue, only: list[Recipient], as_json: bool) -> None:
    from digest.pipeline.previewing import who_gets_what

    rows = who_gets_what(context.app.press, issue, only, context.clock())
    if as_json:
        emit_json({"issue": issue.id, "editions": rows})
        return
    columns = ("Readers", "Stories", "Bytes", "Subject")
    show_table(context.out, columns, [(row.readers, row.stories, row.html_size, row.subject) for row in rows])
    if not rows:
        none = f"Nobody would get it: every reader of {issue.newsletter} has it, or there is none"
        context.out.print(f"{none}; see: digest subscribers list", markup=False, soft_wrap=True)


def send_test(
    ctx: typer.Context,
    issue: IssueArgument,
    to: Annotated[list[str], typer.Argument(metavar="TO...", help="Addresses, or names of lists in test_lists.")],
    persona: PersonaOption = "",
    address: ForOption = "",
    as_json: JsonFlag = False,
) -> None:
    """Send one reader's edition, marked [Test], to addresses of yours. Nothing is recorded, no reader can be harmed."""
    from digest.pipeline.testing import addresses_named, send_tests

    context = context_of(ctx)
    app = context.app
    found = app.press.issue(issue)
    reader = reader_of(context, found, address, persona if persona or address else "all")
    tried = send_tests(app.press, found, reader, addresses_named(app.settings, to), app.transport(), context.clock())
    if as_json:
        emit_json({"issue": found.id, "subject": tried.subject, "sent": [asdict(one) for one in tried.results]})
    else:
        context.out.print(tried.subject, markup=False)
        show_table(context.out, ("To", "Result"), [(one.address, one.said) for one in tried.results])
    if refused := [one for one in tried.results if not one.is_taken]:
        raise OutsideError(refused[0].address, f"the test was not accepted: {refused[0].said}", "try: digest doctor")
