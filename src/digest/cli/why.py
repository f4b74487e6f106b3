"""`digest why`: why an article is in an issue, or in a reader's mail, or not."""

from __future__ import annotations

from typing import Annotated

import typer

from digest.cli.context import context_of
from digest.cli.output import JsonFlag, clean, emit_json, show_table

ArticleArgument = Annotated[str, typer.Argument(metavar="ARTICLE", help="Id or URL of an article.")]


def register(root: typer.Typer, panel: str) -> None:
    """Adds the command of this file."""
    root.command(
        "why", rich_help_panel=panel, epilog="Example: digest why https://news.example.com/1 --for ada@example.com"
    )(why)


def why(
    ctx: typer.Context,
    article: ArticleArgument,
    issue: Annotated[str, typer.Option("--issue", metavar="ID", help="The latest issue without.")] = "",
    address: Annotated[str, typer.Option("--for", metavar="ADDRESS", help="In this subscriber's edition.")] = "",
    as_json: JsonFlag = False,
) -> None:
    """Say why an article is in an issue or not. What decided comes first, then what spoke for and against it."""
    from digest.pipeline.explaining import find_article, issue_to_explain
    from digest.pipeline.explaining import why as explain

    context = context_of(ctx)
    press = context.app.press
    found = find_article(press, article)
    answer = explain(press, found, issue_to_explain(press, issue, address), context.clock(), address)
    if as_json:
        emit_json(
            {
                "article": found.id, "story": answer.story, "issue": answer.issue, "in": answer.included,
                "reasons": answer.reasons,
            }
        )  # fmt: skip
        return
    where = f"{address}'s edition of {answer.issue}" if address else answer.issue
    context.out.print(
        clean(f"{found.title} ({found.outlet}): {'in' if answer.included else 'not in'} {where}"),
        markup=False, soft_wrap=True,
    )  # fmt: skip
    show_table(context.out, ("Rule", "Detail"), [(reason.rule, reason.detail) for reason in answer.reasons])
