"""Preflight of an issue: composes the editions that its readers would get and has them checked. Records nothing."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from digest.compose.pictures import picture_urls
from digest.errors import StateError
from digest.model.edition import CompiledIssue
from digest.model.findings import Finding, errors_in
from digest.model.ids import NOBODY, CategorySlug
from digest.model.issue import Issue
from digest.model.people import Preferences, Recipient, Subscriber, SubscriberState
from digest.model.wire import decode, fill
from digest.pipeline.approving import compiled
from digest.pipeline.clicking import links_behind
from digest.pipeline.mailing import Mailing, personal_values, recipients_of
from digest.pipeline.press import Press
from digest.ports.outside import Fetching, FetchRequest, SpamFilter
from digest.preflight.check import Policy, check, gathered
from digest.preflight.proof import Proof
from digest.preflight.reach import addresses, judged, judged_together
from digest.preflight.spamminess import check_report
from digest.preflight.support import chosen

_SHOWN = 5
"""Rules that an error names; the rest is counted."""


def policy_of(press: Press, issue: Issue) -> Policy:
    """What the rules need to know of the issue besides its mails. Raises ConfigError for a client that nobody knows."""
    settings = press.settings
    clients = chosen(settings.preflight.clients)
    most = press.newsletter_of(issue).max_bytes
    return Policy(settings.web.public_url, most, clients, _weights(press, issue), links_behind(press, issue))


def proofs(
    press: Press, issue: Issue, readers: Iterable[tuple[str, Recipient]], now: datetime,
    fragments: CompiledIssue | None = None,
) -> list[Proof]:  # fmt: skip
    """Each reader's edition as they would get it; the same edition once, and none for who has no story in it."""
    fragments = fragments or compiled(press, issue)
    mailing = Mailing(press, issue, fragments, now)
    made: dict[str, Proof] = {}
    for name, reader in readers:
        edition = mailing.edition(reader)
        if edition is None or edition.id in made:
            continue
        values = dict(edition.values) | personal_values(press, issue, reader.subscriber, now)
        chosen_fragments = [fragments.fragments[key] for key in edition.keys]
        pieces = tuple((f.key, decode(b"".join(fill(f.html, values)))) for f in chosen_fragments)
        text = "".join(decode(b"".join(fill(f.text, values))) for f in chosen_fragments)
        message = mailing.message(reader, edition, now)
        made[edition.id] = Proof(name, pieces, text, b"".join(message.segments), message.smtputf8)
    return list(made.values())


def all_blocks(press: Press, issue: Issue, now: datetime, fragments: CompiledIssue | None = None) -> dict[str, str]:
    """HTML of every block that any edition could have, by key; a slot that only other editions fill says 1."""
    reader = _everybody(press, issue)
    fragments = fragments or compiled(press, issue)
    edition = Mailing(press, issue, fragments, now).edition(reader)
    values = defaultdict(lambda: "1", edition.values if edition else ())
    values.update(personal_values(press, issue, reader.subscriber, now))
    return {key: decode(b"".join(fill(f.html, values))) for key, f in fragments.fragments.items()}


def usual_readers(
    press: Press, issue: Issue, now: datetime, fragments: CompiledIssue | None = None
) -> Iterator[tuple[str, Recipient]]:
    """Whose editions are looked at when nobody is named: that of everything, and the largest of a subscriber.

    Both are addressed to nobody: a subscriber's odd address is the matter of their own mail, not of the issue.
    """
    everything = _everybody(press, issue)
    yield "everything", everything
    largest = _largest(press, issue, fragments or compiled(press, issue), now)
    if largest:
        yield "largest", Recipient(everything.subscriber, largest.preferences)


def issue_findings(
    press: Press, issue: Issue, now: datetime, fragments: CompiledIssue | None = None
) -> tuple[Finding, ...]:
    """What preflight says of the issue when no reader is named. `fragments`: those of it that the caller has."""
    fragments = fragments or compiled(press, issue)
    made = proofs(press, issue, usual_readers(press, issue, now, fragments), now, fragments)
    return check(made, policy_of(press, issue), all_blocks(press, issue, now, fragments))


def _weights(press: Press, issue: Issue) -> dict[str, int]:
    """Bytes of the issue's pictures that are hosted here, by their address."""
    if press.pictures is None:
        return {}
    known = ((url, press.pictures.weight(url)) for url in picture_urls(issue.content))
    return {url: size for url, size in known if size is not None}


def require_good(press: Press, issue: Issue, overridden: Sequence[str], now: datetime) -> tuple[Finding, ...]:
    """The errors that are overridden by name. Raises StateError naming the others."""
    errors = errors_in(issue_findings(press, issue, now))
    names = list(dict.fromkeys(finding.id for finding in errors if finding.id not in overridden))
    if names:
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        problem = f"preflight found {', '.join(names[:_SHOWN])}{more}"
        raise StateError(f"issue {issue.id}", problem, f"see: digest issue preflight {issue.id}")
    return errors


def _everybody(press: Press, issue: Issue) -> Recipient:
    """Somebody who chose every category."""
    newsletter = press.newsletter_of(issue)
    everything = frozenset(CategorySlug(category.slug) for category in press.categories_of(newsletter))
    nobody = Subscriber(
        NOBODY, "everything@example.com", "", "", newsletter.timezone, newsletter.language,
        SubscriberState.CONFIRMED,
    )  # fmt: skip
    return Recipient(nobody, Preferences(everything))


def _largest(press: Press, issue: Issue, fragments: CompiledIssue, now: datetime) -> Recipient | None:
    """The subscriber whose edition has the most bytes."""
    mailing = Mailing(press, issue, fragments, now)
    size, largest = 0, None
    for reader in recipients_of(press, issue.newsletter, now):
        edition = mailing.edition(reader)
        if edition and edition.html_size > size:
            size, largest = edition.html_size, reader
    return largest


async def findings_of_links(
    proofs_: Sequence[Proof], policy: Policy, fetching: Fetching, now: datetime
) -> tuple[Finding, ...]:
    """Asks every page and picture outside of this installation whether it is there."""
    asked = addresses(proofs_, policy.public_url, policy.behind)
    async with fetching as fetcher:
        answers = await asyncio.gather(*(fetcher.fetch(FetchRequest(address.url), now) for address in asked))
    pairs = list(zip(asked, answers, strict=True))
    return gathered([finding for pair in pairs for finding in judged(*pair)] + list(judged_together(pairs)))


def findings_of_spam(proofs_: Sequence[Proof], spam_filter: SpamFilter) -> tuple[Finding, ...]:
    """What a spam filter says of the first edition's mail. Raises OutsideError."""
    return gathered(
        finding for proof in proofs_[:1] for finding in check_report(spam_filter.judge(proof.mail), proof.reader)
    )
