"""`digest issue preflight`: what is wrong with an issue before it goes, and the gate in front of `digest send`."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.context import Context, context_of
from digest.cli.deliveries import IssueArgument
from digest.cli.output import JsonFlag, emit_json, show_table
from digest.errors import ExitStatus, UsageError

if TYPE_CHECKING:
    from digest.model.findings import Finding
    from digest.model.issue import Issue
    from digest.model.people import Recipient
    from digest.preflight.proof import Proof

log = logging.getLogger(__name__)

OverrideOption = Annotated[
    list[str] | None, typer.Option("--override", metavar="RULE", help="Send in spite of this rule of preflight.")
]
ForOption = Annotated[str, typer.Option("--for", metavar="ADDRESS", help="Only the edition of this subscriber.")]
PersonaOption = Annotated[str, typer.Option("--persona", metavar="NAME", help="Only that of this made-up reader.")]


@dataclass(frozen=True)
class Outside:
    """What else to ask."""

    links: bool
    spam: bool


def add_preflight(app: typer.Typer) -> None:
    """Adds the command of this file to `digest issue`."""
    app.command(epilog="Example: digest issue preflight weekly-2026-11-24 --strict --links")(preflight)


def preflight(
    ctx: typer.Context,
    issue: IssueArgument,
    address: ForOption = "",
    persona: PersonaOption = "",
    strict: Annotated[bool, typer.Option("--strict", help="Exit status 1 for warnings too.")] = False,
    links: Annotated[bool, typer.Option("--links", help="Ask every page and picture whether it is there.")] = False,
    spam: Annotated[bool, typer.Option("--spam", help="Ask the installed SpamAssassin or rspamd.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="Show what is only worth knowing too.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Check an issue as its readers would get it. Errors, and with --strict warnings, give exit status 1."""
    from digest.model.findings import Severity

    context = context_of(ctx)
    found = context.app.press.issue(issue)
    findings = _findings(context, found, address, persona, Outside(links, spam))
    if as_json:
        emit_json({"issue": found.id, "findings": findings})
    else:
        _show(context, findings, everything)
    bad = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    if any(finding.severity in bad for finding in findings):
        raise typer.Exit(ExitStatus.FINDINGS)


def pass_preflight(context: Context, issue: Issue, overridden: Sequence[str]) -> None:
    """Raises StateError when an approved issue has errors that are not overridden; those that are go to the log."""
    from digest.model.issue import IssueState
    from digest.pipeline.checking import require_good

    if issue.state is IssueState.APPROVED:
        for finding in require_good(context.app.press, issue, (*overridden, *issue.overridden), context.clock()):
            log.warning("%s: %s in %s is overridden: %s", issue.id, finding.id, finding.block, finding.message)


def _readers(context: Context, issue: Issue, address: str, persona: str) -> list[tuple[str, Recipient]]:
    from digest.cli.issue import reader_of
    from digest.pipeline.checking import usual_readers

    if address or persona:
        return [(address or persona, reader_of(context, issue, address, persona))]
    personas = [(made_up.slug, made_up.recipient) for made_up in context.app.personas()]
    return [*usual_readers(context.app.press, issue, context.clock()), *personas]


def _findings(context: Context, issue: Issue, address: str, persona: str, ask: Outside) -> list[Finding]:
    from digest.pipeline.checking import all_blocks, policy_of, proofs
    from digest.preflight.check import check

    press, now = context.app.press, context.clock()
    made = proofs(press, issue, _readers(context, issue, address, persona), now)
    if not made:
        raise UsageError(f"issue {issue.id}", "has no story for any of these readers", "try another reader")
    others = {} if address or persona else all_blocks(press, issue, now)
    findings = list(check(made, policy_of(press, issue), others))
    return (
        findings
        + (_of_links(context, issue, made) if ask.links else [])
        + (_of_spam(context, made) if ask.spam else [])
    )


def _of_links(context: Context, issue: Issue, made: Sequence[Proof]) -> list[Finding]:
    import asyncio

    from digest.pipeline.checking import findings_of_links, policy_of

    app = context.app
    policy = policy_of(app.press, issue)
    return list(asyncio.run(findings_of_links(made, policy, app.fetching(), context.clock())))


def _of_spam(context: Context, made: Sequence[Proof]) -> list[Finding]:
    from digest.pipeline.checking import findings_of_spam

    spam_filter = context.app.spam_filter()
    if spam_filter is None:
        raise UsageError("--spam", "neither SpamAssassin nor rspamd is installed", "install one, or leave out --spam")
    return list(findings_of_spam(made, spam_filter))


def _show(context: Context, findings: Sequence[Finding], everything: bool) -> None:
    from digest.model.findings import Severity

    shown = [f for f in findings if everything or f.severity is not Severity.INFO]
    rows = [(f.severity, f.id, f.block, f.place, f.message, f.remedy) for f in shown]
    show_table(context.out, ("Severity", "Rule", "Block", "Place", "Message", "Remedy"), rows)
    if context.out.is_terminal:
        counts = ", ".join(f"{sum(f.severity is s for f in findings)} {s}s" for s in (Severity.ERROR, Severity.WARNING))
        hidden = len(findings) - len(shown)
        rest = f", and {hidden} more that are only worth knowing (--all)" if hidden else ""
        context.out.print(f"{counts}{rest}", markup=False)
