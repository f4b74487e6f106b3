"""One Markdown file with front matter: takes its bytes, gives the entry. Reads no folder; `folder` does.

Front matter: title, date, url (or link), description (or summary), categories or tags, image, author, language.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any

import frontmatter
import yaml
from frontmatter.default_handlers import YAMLHandler
from markdown_it import MarkdownIt

from digest.errors import FeedError
from digest.gather.json_feed import parse_date
from digest.gather.text import plain_line
from digest.model.feeds import Entry

_HEADING = re.compile(r"\A\s*#\s+(.+?)\s*#*\s*(?:\n|\Z)")
_MOST_FRONT = 65_536
_MOST_TEXT = 50_000
"""Characters that are rendered: a second's work at the worst, an hour's reading."""
_Facts = Mapping[str, Any]
"""The front matter: keys to what YAML makes of their values."""


class _PlainLoader(yaml.SafeLoader):
    """YAML in which nothing stands for another part: a few hundred bytes that do can make gigabytes."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]  # PyYAML's is untyped
        if event.anchor if isinstance(event, yaml.NodeEvent) else False:
            raise yaml.YAMLError("uses & or *, which are not read here")
        return super().compose_node(parent, index)

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        if any(key.tag == "tag:yaml.org,2002:merge" for key, _ in node.value):
            raise yaml.YAMLError("uses <<, which is not read here")


class _FrontMatter(YAMLHandler):
    def load(self, fm: str, **kwargs: object) -> Any:
        if len(fm) > _MOST_FRONT:
            raise ValueError(f"it has more than {_MOST_FRONT:,} characters")
        return yaml.load(fm, _PlainLoader)  # noqa: S506  # a SafeLoader


def looks_like_markdown(body: bytes, content_type: str, url: str) -> bool:
    """Whether the server, the name or the first line says so."""
    named = url.lower().endswith((".md", ".markdown"))
    return content_type.startswith("text/markdown") or named or body.startswith((b"---\n", b"---\r\n"))


def parse_markdown(body: bytes, name: str) -> Entry:
    """The entry of a file; `name` stands for its id when it gives no address. Raises FeedError for broken front matter.

    Without a title in the front matter, a first heading is the title.
    """
    try:
        source, handler = body.decode("utf-8-sig", "replace"), _FrontMatter()
        held, text = frontmatter.parse(source, handler=handler) if handler.detect(source.lstrip()) else ({}, source)
    except (yaml.YAMLError, ValueError, ArithmeticError, RecursionError) as error:
        problem = " ".join(str(error).split())[:200]
        raise FeedError(
            name, f"has front matter that is no YAML: {problem}", "correct it between the --- lines"
        ) from error
    facts = {str(key).lower(): value for key, value in held.items()}
    title = _first(facts, "title")
    text = text.strip()[:_MOST_TEXT]
    if not title and (heading := _HEADING.match(text)):
        title, text = heading[1], text[heading.end() :]
    url = _first(facts, "url", "link", "canonical_url")
    return Entry(
        guid=_first(facts, "id", "guid") or url or name, url=url, title=plain_line(title),
        published_at=_date(facts.get("date") or facts.get("published")), author=_names(facts, "author", "authors"),
        summary=_first(facts, "description", "summary", "excerpt"),
        content=MarkdownIt("commonmark", {"html": True}).render(text),
        tags=tuple(dict.fromkeys(_listed(facts, "categories", "category", "tags"))),
        image_url=_first(facts, "image", "picture", "cover"), language=_first(facts, "language", "lang"),
    )  # fmt: skip


def _first(facts: _Facts, *keys: str) -> str:
    """The first of the keys that has a plain value, as text."""
    values = (facts.get(key) for key in keys)
    return next((str(value).strip() for value in values if isinstance(value, str | int | float) and value != ""), "")


def _listed(facts: _Facts, *keys: str) -> list[str]:
    """The values of all keys: lists, or text with commas."""
    held: list[str] = []
    for key in keys:
        value = facts.get(key)
        held += value.split(",") if isinstance(value, str) else _plain(value) if isinstance(value, list) else []
    return [line for line in map(plain_line, held) if line]


def _names(facts: _Facts, *keys: str) -> str:
    for key in keys:
        value = facts.get(key)
        if names := _plain(value) if isinstance(value, list) else _plain([value]):
            return plain_line(", ".join(names))
    return ""


def _plain(values: list[object]) -> list[str]:
    """Scalars only: a YAML alias may make a list contain itself many times over."""
    return [str(value) for value in values if isinstance(value, str | int)]


def _date(value: object) -> datetime | None:
    """YAML gives a datetime, a date or text; midnight UTC where no time is said."""
    match value:
        case datetime():
            return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        case date():
            return datetime.combine(value, time(), UTC)
        case str():
            return parse_date(value)
    return None
