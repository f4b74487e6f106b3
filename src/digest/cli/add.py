"""`digest article add`: an article by the address of its page, into the pool or an issue."""

from __future__ import annotations

from typing import Annotated

import typer

from digest.cli.context import context_of
from digest.cli.output import JsonFlag, clean, emit_json
from digest.cli.person import ByOption, actor_named
from digest.errors import UsageError


def add_adding(app: typer.Typer) -> None:
    """Adds the command of this file to `digest article`."""
    app.command(epilog="Example: digest article add https://news.example.com/1 --category privacy")(add)


def add(
    ctx: typer.Context,
    url: Annotated[str, typer.Argument(metavar="URL", help="Address of the article's page.")],
    category: Annotated[list[str] | None, typer.Option(metavar="SLUG", help="What it is about.")] = None,
    issue: Annotated[str, typer.Option(metavar="ID", help="Tell it in this draft, under the first category.")] = "",
    by: ByOption = "",
    as_json: JsonFlag = False,
) -> None:
    """Fetch an article by its address and keep it. Drafts built from now on may tell it."""
    import asyncio

    from digest.cli.article import known_categories
    from digest.pipeline.adding import article_by_url, tell_article

    context = context_of(ctx)
    app, now = context.app, context.clock()
    categories = known_categories(category or (), app.settings)
    if issue and not categories:
        raise UsageError("--issue", "needs a category", "add --category SLUG: where it is to stand")
    draft = app.press.issue(issue) if issue else None
    article = asyncio.run(article_by_url(app.press, url, categories, app.fetching(), now))
    if draft:
        tell_article(app.press, draft, article, categories[0], actor_named(by), now)
    if as_json:
        facts = {"id": article.id, "url": article.url, "title": article.title, "outlet": article.outlet}
        emit_json({"article": facts | {"categories": article.hints}, "issue": issue or None})
        return
    where = f", told by {issue}" if issue else ""
    context.out.print(clean(f"{article.id} {article.title} ({article.outlet}){where}"), markup=False, soft_wrap=True)
