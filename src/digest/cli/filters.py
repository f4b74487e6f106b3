"""The filters `digest teaser`, `digest stories` and `digest categorise`: JSON Lines in, JSON Lines out.

They call the same functions as the pipeline, without a database, so that these can be tried and measured.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from digest.cli.context import context_of
from digest.cli.jsonl import LineError, Record, answer_all, answer_each, identity_of, read_lines, text_of, time_of

if TYPE_CHECKING:
    from digest.curate.categorise import Categoriser
    from digest.curate.stories import Piece
    from digest.model.feeds import Article

Inputs = Annotated[list[Path] | None, typer.Argument(metavar="[FILE...]", help="JSON Lines; standard input without.")]
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
LinesFlag = Annotated[bool, typer.Option("--jsonl", help="JSON Lines in and out; the only form there is.")]


def register(root: typer.Typer, panel: str) -> None:
    """Adds the three commands."""
    root.command("teaser", rich_help_panel=panel, epilog="Example: digest teaser --jsonl < articles.jsonl")(teaser)
    root.command("stories", rich_help_panel=panel, epilog="Example: digest stories --jsonl < articles.jsonl")(stories)
    root.command(
        "categorise", rich_help_panel=panel,
        epilog="Example: digest categorise --categories config.toml --jsonl < articles.jsonl",
    )(categorise)  # fmt: skip


def teaser(ctx: typer.Context, files: Inputs = None, jsonl: LinesFlag = True) -> None:
    """Write the teaser of each article.

    In: id, title, text (paragraphs separated by blank lines); description and html are optional, and html stands
    in where there is no text. Out: id, teaser, source, reasons.
    """
    from digest.summarise.teaser import write_teaser

    settings = context_of(ctx).loaded_or_default.settings.summarise

    def answer(record: Record) -> dict[str, object]:
        identity = identity_of(record)
        written = write_teaser(_article(record, str(identity)), settings)
        return {"id": identity, "teaser": written.text, "source": written.source, "reasons": written.reasons}

    answer_each(read_lines(files or ()), answer)


def stories(files: Inputs = None, jsonl: LinesFlag = True) -> None:
    """Group articles that tell the same story.

    In: id, title, summary, url, published. Out: id, story (the id of its first article). All lines are read first.
    """
    seen: set[str] = set()

    def read(record: Record) -> tuple[str | int, Piece]:
        identity = identity_of(record)
        if str(identity) in seen:
            raise LineError(f"id {identity} was on an earlier line")
        seen.add(str(identity))
        return identity, _piece(record, str(identity))

    answer_all(read_lines(files or ()), read, _grouped)


def categorise(
    categories: Annotated[
        Path,
        typer.Option(
            metavar="FILE", help="TOML with [[categories]]: name, description, keywords; a configuration will do."
        ),
    ],
    files: Inputs = None,
    jsonl: LinesFlag = True,
) -> None:
    """Put articles into categories.

    In: id, title, summary. Out: id, categories (pairs of slug and score, best first), abstained.
    """
    from digest.config.categories import load_categories
    from digest.curate.categorise import Categoriser

    categoriser = Categoriser(load_categories(categories))
    answer_each(read_lines(files or ()), lambda record: _categorised(categoriser, record))


def _article(record: Record, identity: str) -> Article:
    from digest.model.feeds import Article
    from digest.model.ids import ArticleId, FeedId

    text, html = text_of(record, "text"), text_of(record, "html")
    if "text" not in record and "html" not in record and "description" not in record:
        raise LineError("text is missing")
    return Article(
        id=ArticleId(identity), feed=FeedId(0), url="", title=text_of(record, "title"), outlet="",
        published_at=_LONG_AGO, gathered_at=_LONG_AGO, description=text_of(record, "description"),
        text=text or _page_text(html), language=text_of(record, "language"),
    )  # fmt: skip


def _page_text(html: str) -> str:
    from digest.gather.page import read_page

    return read_page(html.encode("utf-8", "replace"), "").text if html else ""


def _piece(record: Record, identity: str) -> Piece:
    from digest.curate.stories import Piece

    at = time_of(record, "published")
    return Piece(identity, text_of(record, "title", required=True), text_of(record, "summary"), at, _host(record))


def _host(record: Record) -> str:
    """The outlet, as far as an address tells."""
    try:
        return urlsplit(text_of(record, "url")).hostname or ""
    except ValueError:
        return ""


def _grouped(pieces: Sequence[tuple[str | int, Piece]]) -> Iterator[dict[str, object]]:
    from digest.curate.stories import group

    told = group(piece for _, piece in pieces)
    original = {piece.id: identity for identity, piece in pieces}
    for identity, piece in pieces:
        yield {"id": identity, "story": original[told[piece.id]]}


def _categorised(categoriser: Categoriser, record: Record) -> dict[str, object]:
    from digest.curate.categorise import Subject

    subject = Subject(text_of(record, "title", required=True), text_of(record, "summary"))
    found = categoriser.categorise([subject])[0]
    return {"id": identity_of(record), "categories": found.categories, "abstained": found.abstained}
