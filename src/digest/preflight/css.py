"""Takes CSS as found in mails; gives rules and declarations. Forgives everything, as mail programs do. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import tinycss2
from tinycss2 import ast
from tinycss2.ast import AtRule, Node, QualifiedRule

_DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Declaration:
    """A property, in lower case, and its value as written."""

    name: str
    value: str
    important: bool


@dataclass(frozen=True, slots=True)
class StyleRule:
    """A rule of a style element: selectors, declarations, and the at-rules around it, outermost first."""

    selectors: tuple[str, ...]
    declarations: tuple[Declaration, ...]
    within: tuple[str, ...] = ()
    """For example ("@media (prefers-color-scheme:dark)",)."""


def declarations(css: str) -> tuple[Declaration, ...]:
    """What a style attribute declares."""
    return tuple(_declared(tinycss2.parse_blocks_contents(css, skip_comments=True, skip_whitespace=True)))


def stylesheet(css: str) -> tuple[StyleRule, ...]:
    """The rules of a style element, those within at-rules too. An at-rule without rules is one without selectors."""
    return tuple(_rules(tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True), ()))


def _rules(nodes: Iterable[Node], within: tuple[str, ...]) -> Iterator[StyleRule]:
    for node in nodes:
        if isinstance(node, QualifiedRule):
            selectors = tuple(filter(None, map(str.strip, _outer_commas(tinycss2.serialize(node.prelude)))))
            yield StyleRule(selectors, tuple(_within(node.content)), within)
        elif isinstance(node, AtRule) and len(within) < _DEEPEST:
            yield from _at_rule(node, within)


def _at_rule(node: AtRule, within: tuple[str, ...]) -> Iterator[StyleRule]:
    """Its inner rules; itself when it has declarations of its own (@font-face) or no block (@import)."""
    inside = (*within, f"@{node.lower_at_keyword} {tinycss2.serialize(node.prelude).strip()}")
    inner = list(_rules(tinycss2.parse_rule_list(node.content, True, True), inside)) if node.content else []
    yield from inner or [StyleRule((), tuple(_within(node.content or [])), inside)]


def _within(nodes: Iterable[Node]) -> Iterator[Declaration]:
    return _declared(tinycss2.parse_blocks_contents(nodes, skip_comments=True, skip_whitespace=True))


def _declared(nodes: Iterable[Node]) -> Iterator[Declaration]:
    for node in nodes:
        if isinstance(node, ast.Declaration):
            yield Declaration(node.lower_name, tinycss2.serialize(node.value).strip(), node.important)


def _outer_commas(selectors: str) -> list[str]:
    """Cut at the commas that stand in no bracket."""
    return re.split(r",(?![^()\[\]]*[)\]])", selectors)
