"""Takes an issue; gives its compiled form: every block that any edition could use, rendered once to final bytes.

Jinja2 -> MJML -> inlined HTML -> cut at marks between body-level sections -> encoded. The same rows give the same
bytes, and no fragment's bytes depend on its neighbours. Chooses nothing: which fragments an edition has, and the
values of their slots, is compose's business.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from babel.dates import format_date

from digest.config.machine import SiteSettings
from digest.config.publication import CategorySettings, NewsletterSettings
from digest.model.edition import CompiledIssue, Fragment, Slot
from digest.model.issue import Issue
from digest.model.wire import encode_segments
from digest.render.blocks import Block, superset
from digest.render.counting import counted
from digest.render.mjml import guard_attributes, inline, to_html
from digest.render.prepare import prepare
from digest.render.slots import PlainTokens, SlotWriter, Tokens, Values, nonce_of
from digest.render.templates import Templates
from digest.render.text import Footnotes, render_text
from digest.render.theme import Theme, load_theme
from digest.render.typography import link
from digest.words import locale_of, words

_RIGHT_TO_LEFT_MARK = "\u200f"
"""Ends a run of Latin letters, so that a number after it belongs to the words that follow (Unicode UAX 9)."""


@dataclass(frozen=True, slots=True)
class Superset:
    """All blocks of an issue and the variables that they share; what `compile_issue` and `render_direct` render."""

    blocks: tuple[Block, ...]
    shared: Mapping[str, object]
    theme: Theme
    templates: Templates
    footnotes: Footnotes
    nonce: str

    def html(self, blocks: Sequence[Block], slots: SlotWriter, marks: Tokens | None = None) -> str:
        """A whole HTML document of these blocks, with a mark before each and after the last if asked for."""
        variables = self.variables(slots)
        body = [self.mjml(block, variables) for block in blocks]
        whole = self.marked(body, marks) if marks else "".join(body)
        return inline(to_html(self.document(whole, variables)), self.inline_css(variables))

    def text(self, block: Block, slots: SlotWriter) -> str:
        """One block of the text part."""
        return render_text(block, self.templates, self.theme.name, self.variables(slots))

    def variables(self, slots: SlotWriter) -> dict[str, object]:
        """What every template of the issue is given."""
        writers = {"slot": slots.text, "slot_url": slots.url, "slot_paragraph": slots.paragraph}
        return {**self.shared, **writers, "number": self.footnotes.number}

    def mjml(self, block: Block, variables: Mapping[str, object]) -> str:
        """One block as MJML, fit for mrml."""
        own = {**variables, **block.variables}
        return guard_attributes(self.templates.render_first(self._own(f"blocks/{block.template}.mjml"), own).strip())

    def marked(self, body: Sequence[str], marks: Tokens) -> str:
        """The blocks' MJML with a mark before each and after the last."""
        return "".join(f"<mj-raw>{marks.mark(at)}</mj-raw>{mjml}" for at, mjml in enumerate([*body, ""]))

    def document(self, body: str, variables: Mapping[str, object]) -> str:
        """The whole MJML document around these blocks."""
        head_css = self.templates.render_first(self._own("head.css"), variables)
        return self.templates.render_first(
            self._own("document.mjml"), {**variables, "body": body, "head_css": head_css}
        )

    def inline_css(self, variables: Mapping[str, object]) -> str:
        """The rules that are written into the elements."""
        return self.templates.render_first(self._own("inline.css"), variables)

    def _own(self, name: str) -> tuple[str, str]:
        return f"themes/{self.theme.name}/{name}", name


def compile_issue(
    issue: Issue,
    newsletter: NewsletterSettings,
    categories: Sequence[CategorySettings],
    site: SiteSettings,
    templates: Templates,
    archive_url: str = "",
    clicks_url: str = "",
) -> CompiledIssue:
    """All fragments of the issue, by key; see `blocks` for the keys, which "head" and "tail" enclose.

    `categories`: the newsletter's, in its order. `archive_url`: of its issues on the web; the site when empty.
    `clicks_url`: what counted links begin with; none is counted when empty. Raises TemplateError.
    """
    job = superset_of(issue, newsletter, categories, site, templates, archive_url, clicks_url)
    tokens, plain = Tokens(job.nonce), PlainTokens(job.nonce)
    pieces = tokens.cut(job.html(job.blocks, tokens, tokens))
    keys = ["head", *(block.key for block in job.blocks), "tail"]
    texts = ["", *(job.text(block, plain) for block in job.blocks), ""]
    fragments = {
        key: _fragment(key, tokens.split(piece + "\n"), plain.split(text))
        for key, piece, text in zip(keys, pieces, texts, strict=True)
    }
    return CompiledIssue(issue.id, issue.revision, MappingProxyType(fragments))


def render_direct(job: Superset, keys: Sequence[str], values: Mapping[str, str]) -> tuple[str, str]:
    """The HTML and text of one edition rendered from its blocks alone, as one would without compiling.

    The oracle of tests: an edition of the compiled issue must equal it. `values`: of every slot.
    """
    by_key = {block.key: block for block in job.blocks}
    plain = Values(values, plain=True)
    for block in job.blocks:
        job.text(block, PlainTokens(job.nonce))
    blocks = [by_key[key] for key in keys if key in by_key]
    return job.html(blocks, Values(values)), "".join(job.text(block, plain) for block in blocks)


def superset_of(
    issue: Issue,
    newsletter: NewsletterSettings,
    categories: Sequence[CategorySettings],
    site: SiteSettings,
    templates: Templates,
    archive_url: str = "",
    clicks_url: str = "",
) -> Superset:
    """What there is to render of an issue."""
    theme = load_theme(templates, newsletter.theme, newsletter.accent)
    catalog, locale = words(newsletter.language), locale_of(newsletter.language)
    content = prepare(issue.content, newsletter.language, catalog)
    rtl = newsletter.direction == "rtl"
    shared: dict[str, object] = {
        "site": site,
        "newsletter": newsletter,
        "issue": narrowed(issue),
        "theme": theme,
        "catalog": catalog,
        "language": newsletter.language,
        "direction": newsletter.direction,
        "start": "right" if rtl else "left",
        "end": "left" if rtl else "right",
        "turn": _RIGHT_TO_LEFT_MARK if rtl else "",
        "date": format_date(issue.slot, "full", locale),
        "short_date": format_date(issue.slot, "medium", locale),
        "site_url": link(site.url),
        "archive_url": link(archive_url or site.url),
    }
    nonce = nonce_of(issue, newsletter, tuple(categories), site, archive_url, clicks_url)
    blocks, footnotes = superset(content, categories, newsletter.language), Footnotes()
    if clicks_url:
        blocks, targets = counted(blocks, issue.id, clicks_url)
        footnotes = Footnotes({f"{clicks_url}/{target.code}": target.url for target in targets})
    return Superset(blocks, shared, theme, templates, footnotes, nonce)


def narrowed(issue: Issue) -> Issue:
    """What all blocks know of their issue: nothing of its stories or its state, on which no fragment depends."""
    return Issue(issue.id, issue.newsletter, issue.slot, issue.send_at, issue.window, revision=issue.revision)


def size_of(html: Sequence[str | Slot]) -> int:
    """Bytes of the HTML without slot values."""
    return sum(len(piece.encode()) for piece in html if isinstance(piece, str))


def _fragment(key: str, html: list[str | Slot], text: list[str | Slot]) -> Fragment:
    return Fragment(key, encode_segments(html), encode_segments(text) if text != [""] else (), size_of(html))
