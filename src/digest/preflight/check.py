"""The stage: proofs of an issue's editions in, findings out, each thing once. Pure; sends nothing and stops nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from digest.model.findings import Finding, Severity
from digest.preflight.access import check_document, check_tables, check_text
from digest.preflight.cascade import Scheme, looks
from digest.preflight.clients import check_clients
from digest.preflight.contrast import check_contrast
from digest.preflight.links import check_anchors, check_leftovers, check_links, check_pictures, check_site
from digest.preflight.mail import check_mail
from digest.preflight.proof import Page, Proof
from digest.preflight.size import check_size, check_styles
from digest.preflight.support import Client
from digest.preflight.text import check_text_part
from digest.preflight.weight import check_weight, check_weights

_ORDER = {severity: at for at, severity in enumerate(Severity)}


@dataclass(frozen=True, slots=True)
class Policy:
    """What the rules need to know besides the mail."""

    public_url: str
    max_bytes: int
    """Of the newsletter's editions."""
    clients: tuple[Client, ...] = ()
    weights: Mapping[str, int] = field(default_factory=dict)
    """Bytes of the pictures that are hosted here, by their address."""
    behind: Mapping[str, str] = field(default_factory=dict)
    """Where counted links lead: it is the pages there that are judged."""


def check(proofs: Sequence[Proof], policy: Policy, others: Mapping[str, str] | None = None) -> tuple[Finding, ...]:
    """All findings, the gravest first. What every block of a kind has in common is reported once.

    `others`: HTML by key of more blocks than the proofs show.
    """
    blocks = {**(others or {}), **{key: html for proof in proofs for key, html in proof.pieces}}
    every = [*check_site(policy.public_url), *check_blocks(Page(_in_order(blocks)), policy)]
    for proof in proofs:
        every += check_edition(proof, policy)
    return gathered(every)


def check_blocks(page: Page, policy: Policy) -> Iterator[Finding]:
    """What can be said of each block by itself."""
    light, dark = looks(page, Scheme.LIGHT), looks(page, Scheme.DARK)
    yield from check_styles(page)
    yield from check_links(page, policy.public_url, policy.behind)
    yield from check_pictures(page, policy.public_url)
    yield from check_weights(page, policy.weights)
    yield from check_tables(page)
    yield from check_text(page, light)
    yield from check_contrast(page, light, dark)
    yield from check_clients(page, policy.clients)


def check_edition(proof: Proof, policy: Policy) -> Iterator[Finding]:
    """What can only be said of a whole edition and its mail."""
    page = Page(proof.pieces)
    yield from check_size(proof, policy.max_bytes)
    yield from check_weight(page, proof.reader, policy.weights)
    yield from check_document(page, proof.reader)
    yield from check_anchors(page, proof.reader)
    yield from check_leftovers(page, proof)
    yield from check_text_part(proof, page)
    yield from check_mail(proof.mail, policy.public_url, proof.smtputf8)


def gathered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings that say the same of blocks of one kind as one that counts them."""
    groups: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.id, _kind(finding.block), finding.message), []).append(finding)
    return tuple(sorted(map(_as_one, groups.values()), key=lambda finding: (_ORDER[finding.severity], finding.id)))


def _as_one(alike: Sequence[Finding]) -> Finding:
    first, others = (
        alike[0],
        {(finding.block, finding.place) for finding in alike[1:]} - {(alike[0].block, alike[0].place)},
    )
    return replace(first, message=f"{first.message} (and {len(others)} more like it)") if others else first


def _kind(block: str) -> str:
    return block.partition(":")[0]


def _in_order(blocks: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """All blocks as one document: what opens it first, what closes it last."""
    last = {key: html for key, html in blocks.items() if key == "tail"}
    return tuple({**{key: html for key, html in blocks.items() if key not in last}, **last}.items())
