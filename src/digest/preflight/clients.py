"""What the mail programs of the configuration cannot show of a page. Pure; the tables are those of caniemail.com."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from digest.model.findings import Finding, Severity
from digest.preflight.features import Use, uses
from digest.preflight.proof import Page
from digest.preflight.rules import found
from digest.preflight.support import Client, answer, baseline, table

RULE = "client-CLIENT-FEATURE"
_DECORATION = (
    "css-accent-color", "css-animation", "css-aspect-ratio", "css-at-keyframes", "css-at-media", "css-at-supports",
    "css-border-radius", "css-box-shadow", "css-color-scheme", "css-cursor", "css-font-kerning", "css-hyphens",
    "css-letter-spacing", "css-object-", "css-opacity", "css-outline", "css-pseudo-", "css-text-decoration-",
    "css-text-emphasis", "css-text-shadow", "css-text-transform", "css-text-underline", "css-text-wrap",
    "css-transition", "css-user-select", "html-aria-", "html-lang", "html-loading", "html-meta-color-scheme",
    "html-role", "html-anchor-links", "css-word-spacing", "css-font-stretch", "css-widows", "css-orphans",
)  # fmt: skip
"""Features whose absence costs nobody a word or a link: how their slugs begin."""


def check_clients(page: Page, clients: Sequence[Client]) -> Iterator[Finding]:
    """What they do not know, or know in part."""
    for use in uses(page):
        if use.feature not in baseline():
            for client in clients:
                yield from _judged(use, client)


def _judged(use: Use, client: Client) -> Iterator[Finding]:
    feature = table().features[use.feature]
    said = answer(feature, client)
    if said not in {"n", "a"}:
        return
    matters = said == "n" and not use.optional and not use.feature.startswith(_DECORATION)
    verdict = "does not know" if said == "n" else "knows in part"
    general = found(RULE, use.block, use.place, f"{_name(client)} {verdict} {feature.title}")
    yield replace(
        general,
        id=f"client-{client.name.replace('.', '-')}-{use.feature}",
        severity=Severity.WARNING if matters else Severity.INFO,
        remedy=f"{general.remedy.split(';')[0]}: https://www.caniemail.com/features/{use.feature}/",
    )


def _name(client: Client) -> str:
    return f"{client.name} {client.version}".strip()
