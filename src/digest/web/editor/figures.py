"""What came of an issue as files (CSV, RFC 4180): by story, by category, and the deliveries in trouble.

Text from outside can start no formula in them.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from digest.model.delivery import DeliveryState
from digest.pipeline.watching import Row, aftermath, category_rows, lines_for, story_rows
from digest.subscribe.formulas import disarm
from digest.web.editor.preview import Identity
from digest.web.editor.readers import sees_readers
from digest.web.site import Site

_FATE = ("sent", "arrived", "came_back", "complaints", "left", "refused", "skipped", "waiting", "clicks")
_DELIVERY = ("subscriber", "state", "attempts", "at", "message_id", "reply")


def figure_routes(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/editor/issues/{identity}/watch")

    @routes.get("/stories.csv")
    def stories(identity: Identity) -> StreamingResponse:
        issue = site.app.press.issue(identity)
        rows = story_rows(issue, aftermath(site.app.press, issue))
        return csv_file(f"{issue.id}-stories", ("story", "title", *_FATE), map(_cells, rows))

    @routes.get("/categories.csv")
    def categories(identity: Identity) -> StreamingResponse:
        press = site.app.press
        issue = press.issue(identity)
        rows = category_rows(press, aftermath(press, issue))
        return csv_file(f"{issue.id}-categories", ("category", "name", *_FATE), map(_cells, rows))

    @routes.get("/links.csv")
    def links(identity: Identity) -> StreamingResponse:
        """Each counted link, by block."""
        issue = site.app.press.issue(identity)
        clicked = aftermath(site.app.press, issue).clicked
        rows = ((target.block, target.url, number) for target, number in clicked)
        return csv_file(f"{issue.id}-links", ("block", "url", "clicks"), rows)

    @routes.get("/deliveries.csv")
    def deliveries(
        request: Request, identity: Identity, state: Literal["failed", "uncertain", "skipped"] = "failed"
    ) -> StreamingResponse:
        """Readers by number: who may see addresses finds them by it, and reads what servers said word for word."""
        issue = site.app.press.issue(identity)
        lines = lines_for(site.app.press, issue, DeliveryState(state), named=sees_readers(request))
        rows = ((x.subscriber, x.state, x.attempts, x.at, x.message_id, x.reply) for x in lines)
        return csv_file(f"{issue.id}-{state}", _DELIVERY, rows)

    return routes


def _cells(row: Row) -> tuple[object, ...]:
    key, name, fate, clicks = row
    numbers = (fate.sent, fate.arrived, fate.bounced, fate.complained, fate.left)
    return (key, name, *numbers, fate.failed, fate.skipped, fate.waiting, clicks)


def csv_file(name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> StreamingResponse:
    """A file to save, line by line."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"', "Cache-Control": "no-store"}
    return StreamingResponse(_lines((columns, *rows)), media_type="text/csv; charset=utf-8", headers=headers)


def _lines(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    for row in rows:
        line = io.StringIO()
        csv.writer(line).writerow([disarm("" if cell is None else str(cell)) for cell in row])
        yield line.getvalue()
