"""The filters `digest teaser`, `digest stories` and `digest categorise`: JSON Lines in, JSON Lines out.

They call the same functions as the pipeline, without a database, so that these can be tried and measured.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.context import context_of
from digest.cli.jsonl import LineError, Record, answer_all, answer_each, identity_of, read_lines, text_of
from digest.errors import ConfigError

if TYPE_CHECKING:
    from digest.config.publication import CategorySettings
    from digest.model.feeds import Article

Inputs = Annotated[list[Path] | None, typer.Argument(metavar="[FILE...]", help="JSON Lines; standard input without.")]
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
LinesFlag = Annotated[
    bool, typer.Option("--jsonl", show_default=False, help="JSON Lines in and out; the only form there is.")
]

CategoriesOption = Annotated[
    Path,
    typer.Option(
        "--categories", metavar="FILE",
        help="TOML of name, description and keywords of each category; a configuration will do.",
    ),
]  # fmt: skip


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

    In: id, title, text (paragraphs separated by blank lines) or html; description is optional.

    Out: id, teaser, source, reasons.
    """
    from digest.app import teaser_model
    from digest.summarise.teaser import write_teaser

    settings = context_of(ctx).loaded_or_default.settings.summarise
    model = teaser_model(settings)

    def answer(record: Record) -> dict[str, object]:
        identity = identity_of(record)
        written = write_teaser(_article(record, str(identity)), settings, model)
        return {"id": identity, "teaser": written.text, "source": written.source, "reasons": written.reasons}

    answer_each(read_lines(files or ()), answer)


def stories(files: Inputs = None, jsonl: LinesFlag = True) -> None:
    """Group articles that tell the same story. All lines are read before the first is answered.

    In: id, title, summary, url, published.

    Out: id, story (the id of its first article).
    """
    from digest.curate.filters import story_rows

    seen: set[str] = set()

    def read(record: Record) -> Record:
        if str(identity_of(record)) in seen:
            raise LineError(f"id {record['id']} was on an earlier line")
        seen.add(str(record["id"]))
        for key in ("title", "summary", "url", "published"):
            text_of(record, key, required=key == "title")
        return record

    def answer(records: Sequence[Record]) -> Iterator[dict[str, object]]:
        original = {str(record["id"]): record["id"] for record in records}
        return ({"id": original[row["id"]], "story": original[row["story"]]} for row in story_rows(records))

    answer_all(read_lines(files or ()), read, answer)


def categorise(ctx: typer.Context, categories: CategoriesOption, files: Inputs = None, jsonl: LinesFlag = True) -> None:
    """Put articles into categories.

    In: id, title, summary.

    Out: id, categories (pairs of slug and score, best first), abstained.
    """
    from digest.app import embedder
    from digest.curate.categorise import Categoriser, Subject

    known = _categories_of(categories)
    categoriser = Categoriser(known, embedder(context_of(ctx).loaded_or_default.settings.curate))

    def answer(record: Record) -> dict[str, object]:
        identity = identity_of(record)
        subject = Subject(text_of(record, "title", required=True), text_of(record, "summary"))
        found = categoriser.categorise([subject])[0]
        return {"id": identity, "categories": found.categories, "abstained": found.abstained}

    answer_each(read_lines(files or ()), answer)


def _categories_of(file: Path) -> tuple[CategorySettings, ...]:
    from digest.curate.filters import categories_in

    try:
        found = categories_in(tomllib.loads(file.read_bytes().decode("utf-8-sig")))
    except OSError as error:
        raise ConfigError(str(file), f"cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise ConfigError(str(file), f"cannot be understood: {error}") from error
    if not found:
        raise ConfigError(str(file), "has no [[categories]]", "write name, description and keywords of each")
    return found


def _article(record: Record, identity: str) -> Article:
    from digest.model.feeds import Article
    from digest.model.ids import ArticleId, FeedId

    if not record.keys() & {"text", "html", "description"}:
        raise LineError("text is missing")
    return Article(
        id=ArticleId(identity), feed=FeedId(0), url="", title=text_of(record, "title"), outlet="",
        published_at=_LONG_AGO, gathered_at=_LONG_AGO, description=text_of(record, "description"),
        text=text_of(record, "text") or _page_text(text_of(record, "html")), language=text_of(record, "language"),
    )  # fmt: skip


def _page_text(html: str) -> str:
    from digest.gather.page import read_page

    return read_page(html, "").text if html else ""
