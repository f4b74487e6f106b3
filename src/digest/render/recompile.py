"""Compiles an issue again and again while it is edited: gives what `compile_issue` gives, renders only what changed.

A block is rendered anew when its own variables, the templates, what all blocks share or the numbers of its links are
others than before; its HTML goes through the inliner only when MJML made something else of it. Keeps one issue only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Generic, TypeVar

from digest.config.machine import SiteSettings
from digest.config.publication import CategorySettings, NewsletterSettings
from digest.model.edition import CompiledIssue, Fragment, Slot
from digest.model.issue import Issue
from digest.model.wire import encode_segments
from digest.render.blocks import Block
from digest.render.compile import Superset, narrowed, size_of, superset_of
from digest.render.mjml import inline, to_html
from digest.render.slots import PlainTokens, Tokens, nonce_of
from digest.render.templates import Templates
from digest.render.text import Footnotes

_Made = TypeVar("_Made")
_Numbered = tuple[tuple[str, int], ...]
_Pieces = list[str | Slot]


@dataclass(frozen=True, slots=True)
class _Kept(Generic[_Made]):
    """What came of a block, and what it was made of."""

    variables: Mapping[str, object]
    numbers: _Numbered
    """The links that it numbered, in order."""
    made: _Made


class _Noting(Footnotes):
    """Footnotes that tell which links were numbered since they were last asked."""

    def __init__(self, behind: Mapping[str, str]) -> None:
        super().__init__(behind)
        self._noted: list[tuple[str, int]] = []

    def number(self, url: str) -> int:
        """From 1."""
        found = super().number(url)
        self._noted.append((url, found))
        return found

    def taken(self) -> _Numbered:
        """What was numbered since the last call."""
        noted, self._noted = tuple(self._noted), []
        return noted


class Recompiler:
    """Compiles one issue after each of its changes. Not for several threads at once."""

    def __init__(self, secret: str) -> None:
        """`secret`: what nothing from outside can contain the hash of; the tokens of slots are made of it."""
        nonce = nonce_of("recompile", secret)
        self._tokens, self._plain = Tokens(nonce), PlainTokens(nonce)
        self._templates: Templates | None = None
        self._shared = ""
        self._inline_css = ""
        self._mjml: dict[str, _Kept[str]] = {}
        self._text: dict[str, _Kept[_Pieces]] = {}
        self._html: dict[str, tuple[str, _Pieces]] = {}
        self._fragments: dict[str, tuple[_Pieces, _Pieces, Fragment]] = {}

    def compile(
        self,
        issue: Issue,
        newsletter: NewsletterSettings,
        categories: Sequence[CategorySettings],
        site: SiteSettings,
        templates: Templates,
        archive_url: str = "",
        clicks_url: str = "",
    ) -> CompiledIssue:
        """All fragments of the issue, the very bytes of `compile_issue`. Raises TemplateError."""
        job = superset_of(issue, newsletter, categories, site, templates, archive_url, clicks_url)
        self._forget(templates, nonce_of(narrowed(issue), newsletter, tuple(categories), site, archive_url))
        notes = _Noting(job.footnotes.behind)
        job = replace(job, footnotes=notes)
        htmls = self._htmls(job, notes)
        texts = self._texts(job, notes)
        made = {key: self._fragment(key, html, texts.get(key, [""])) for key, html in htmls.items()}
        self._fragments = {key: self._fragments[key] for key in made}
        return CompiledIssue(issue.id, issue.revision, MappingProxyType(made))

    def _forget(self, templates: Templates, shared: str) -> None:
        """What was rendered from other templates, or with other things that blocks share."""
        if templates is not self._templates or shared != self._shared:
            self._templates, self._shared = templates, shared
            self._mjml, self._text = {}, {}

    def _htmls(self, job: Superset, notes: _Noting) -> dict[str, _Pieces]:
        """Of every fragment, head and tail included."""
        variables = job.variables(self._tokens)
        self._mjml = {
            block.key: _again(block, self._mjml, notes, lambda block: job.mjml(block, variables))
            for block in job.blocks
        }
        body = job.marked([self._mjml[block.key].made for block in job.blocks], self._tokens)
        pieces = self._tokens.cut(to_html(job.document(body, variables)))
        whole = dict(zip(["head", *(block.key for block in job.blocks), "tail"], pieces, strict=True))
        self._inlined(whole, job.inline_css(variables))
        return {key: kept[1] for key, kept in self._html.items()}

    def _inlined(self, whole: dict[str, str], css: str) -> None:
        """Puts what is not as it was through the inliner, within the head and tail that it stands between."""
        known = self._html if css == self._inline_css else {}
        changed = [key for key, piece in whole.items() if key not in known or known[key][0] != piece]
        fresh: dict[str, _Pieces] = {}
        if changed:
            between = [key for key in changed if key not in {"head", "tail"}]
            keys = ["head", *between, "tail"]
            document = whole["head"] + "".join(
                f"{self._tokens.mark(at)}{whole[key]}" for at, key in enumerate(keys[1:])
            )
            cut = self._tokens.cut(inline(document, css))
            fresh = {key: self._tokens.split(piece + "\n") for key, piece in zip(keys, cut, strict=True)}
        self._html = {
            key: known[key] if key in known and known[key][0] == piece else (piece, fresh[key])
            for key, piece in whole.items()
        }
        self._inline_css = css

    def _texts(self, job: Superset, notes: _Noting) -> dict[str, _Pieces]:
        self._text = {
            block.key: _again(block, self._text, notes, lambda block: self._plain.split(job.text(block, self._plain)))
            for block in job.blocks
        }
        return {key: kept.made for key, kept in self._text.items()}

    def _fragment(self, key: str, html: _Pieces, text: _Pieces) -> Fragment:
        old = self._fragments.get(key)
        if old and old[0] == html and old[1] == text:
            return old[2]
        encoded = old[2].html if old and old[0] == html else encode_segments(html)
        made = Fragment(key, encoded, encode_segments(text) if text != [""] else (), size_of(html))
        self._fragments[key] = (html, text, made)
        return made


def _again(
    block: Block, kept: Mapping[str, _Kept[_Made]], notes: _Noting, make: Callable[[Block], _Made]
) -> _Kept[_Made]:
    """What was kept of the block if it would come out the same; else made anew."""
    old = kept.get(block.key)
    if old and old.variables == block.variables and all(notes.number(url) == n for url, n in old.numbers):
        notes.taken()
        return old
    notes.taken()
    made = make(block)
    return _Kept(block.variables, notes.taken(), made)
