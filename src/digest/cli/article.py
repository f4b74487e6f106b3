"""`digest article`: what was gathered and decided, and corrections of it."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.add import add_adding
from digest.cli.context import context_of
from digest.cli.output import JsonFlag, clean, emit_json, show_table
from digest.cli.person import ByOption, person
from digest.cli.why import ArticleArgument
from digest.errors import UsageError

if TYPE_CHECKING:
    from digest.config.settings import Settings
    from digest.model.ids import CategorySlug
    from digest.ports.content import Decided

app = typer.Typer(help="Look at articles and correct their categories.", no_args_is_help=True)


def register(root: typer.Typer, panel: str) -> None:
    """Adds the commands of this file."""
    root.add_typer(app, name="article", rich_help_panel=panel)


@app.command("list", epilog="Example: digest article list --abstained")
def list_(
    ctx: typer.Context,
    search: Annotated[str, typer.Option(metavar="TEXT", help="Part of the title or the outlet's name.")] = "",
    abstained: Annotated[bool, typer.Option("--abstained", help="Only those that no category was found for.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000, metavar="NUMBER", help="So many at most.")] = 50,
    as_json: JsonFlag = False,
) -> None:
    """List the latest articles with what was decided about each, the newest first."""
    context = context_of(ctx)
    found = context.app.press.store.editorial.decided(search, abstained, limit)
    if as_json:
        emit_json({"articles": [_facts(one) for one in found]})
        return
    columns = ("Article", "Gathered", "Outlet", "Title", "Categories", "In")
    show_table(context.out, columns, [_row(one) for one in found])
    if not found:
        context.out.print("No such article. Gather some: digest gather", markup=False)


@app.command(epilog="Example: digest article categorise 3f2a1b0c9d8e7f60 privacy security")
def categorise(
    ctx: typer.Context,
    article: ArticleArgument,
    slugs: Annotated[list[str] | None, typer.Argument(metavar="[SLUG...]", help="Categories, the best first.")] = None,
    none: Annotated[bool, typer.Option("--none", help="No category fits.")] = False,
    by: ByOption = "",
    as_json: JsonFlag = False,
) -> None:
    """Correct the categories of an article. Drafts built from now on keep to it, and learn from eight of a kind."""
    from digest.pipeline.explaining import find_article

    context = context_of(ctx)
    press = context.app.press
    if slugs and none:
        raise UsageError("categories", f"{' '.join(slugs)} and --none contradict each other", "leave one of them out")
    if not slugs and not none:
        raise UsageError("categories", "name at least one, or say --none", "see: digest config show categories")
    found = find_article(press, article)
    categories = known_categories(slugs or (), press.settings)
    press.store.editorial.correct(found.id, categories, person(by), context.clock())
    if as_json:
        emit_json({"article": found.id, "categories": categories})
        return
    context.out.print(clean(f"{found.title}: {', '.join(categories) or 'no category'}"), markup=False, soft_wrap=True)


@app.command(epilog="Example: digest article pin 3f2a1b0c9d8e7f60")
def pin(
    ctx: typer.Context,
    article: ArticleArgument,
    off: Annotated[bool, typer.Option("--off", help="Take the pin away.")] = False,
    by: ByOption = "",
) -> None:
    """Tell an article's story first, however old. Drafts built from now on keep to it, until it has been told."""
    from digest.pipeline.explaining import find_article

    context = context_of(ctx)
    press = context.app.press
    found = find_article(press, article)
    if off:
        done = "no longer pinned" if press.store.editorial.unpin(found.id) else "was not pinned"
    else:
        press.store.editorial.pin(found.id, person(by), context.clock())
        done = "pinned"
    context.out.print(clean(f"{found.title}: {done}"), markup=False, soft_wrap=True)


def known_categories(slugs: Sequence[str], settings: Settings) -> tuple[CategorySlug, ...]:
    """These categories, each once. Raises UsageError naming one that is not configured."""
    known = {category.slug: category.key for category in settings.categories}
    for slug in slugs:
        if slug not in known:
            close = get_close_matches(slug, known, 1)
            remedy = f"did you mean {close[0]}?" if close else f"there are: {', '.join(known) or 'none'}"
            raise UsageError(f"category {slug}", "is not configured", remedy)
    return tuple(dict.fromkeys(known[slug] for slug in slugs))


def _categories(one: Decided) -> tuple[CategorySlug, ...] | None:
    """As an editor said, else as the latest issue had it; None when nobody has looked."""
    return one.corrected if one.corrected is not None else one.verdict.categories if one.verdict else None


def _facts(one: Decided) -> dict[str, object]:
    article, verdict = one.article, one.verdict
    return {
        "id": article.id, "url": article.url, "title": article.title, "outlet": article.outlet,
        "published_at": article.published_at, "gathered_at": article.gathered_at, "language": article.language,
        "story": article.story, "categories": _categories(one), "corrected": one.corrected is not None,
        "abstained": _categories(one) == () and one.corrected is None,
        "issue": one.issue, "in": verdict.included if verdict else None,
        "reasons": verdict.reasons if verdict else (),
    }  # fmt: skip


def _row(one: Decided) -> tuple[object, ...]:
    categories = _categories(one)
    told = "?" if categories is None else ", ".join(categories) or "none"
    mark = " (editor)" if one.corrected is not None else ""
    issue = one.issue if one.verdict and one.verdict.included else ""
    article = one.article
    return article.id, article.gathered_at, article.outlet, article.title, f"{told}{mark}", issue


add_adding(app)
