"""A story's words and picture, edited in place; and the subject, preheader and introduction of the issue."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse

from digest.compose.editing import headline_of
from digest.errors import DigestError
from digest.model.access import Actor, Role
from digest.model.editing import Edit, Line, Place
from digest.model.ids import CategorySlug, StoryId
from digest.model.issue import EDITABLE, Issue
from digest.pipeline.editing import edit_issue
from digest.pipeline.wording import Words, desk_of, doubts, named_in, repictured, rewritten, said
from digest.web.access.actor import Editor, desk_page
from digest.web.editor.board import by_script, told
from digest.web.editor.identity import Story
from digest.web.editor.preview import Identity
from digest.web.site import Site

Short = Annotated[str, Form(max_length=600)]
Long = Annotated[str, Form(max_length=4000)]


def story_routes(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/editor/issues/{identity}")
    _show(routes, site)
    _save(routes, site)
    _lines(routes, site)
    return routes


def _show(routes: APIRouter, site: Site) -> None:
    @routes.get("/stories/{story}")
    def story(request: Request, identity: Identity, story: Story) -> HTMLResponse:
        return _story_page(site, request, site.app.press.issue(identity), StoryId(story))

    @routes.get("/stories/{story}/doubts")
    def check(
        request: Request, identity: Identity, story: Story, title: Annotated[str, Query(max_length=600)] = "",
        teaser: Annotated[str, Query(max_length=600)] = "",
    ) -> HTMLResponse:  # fmt: skip
        """What these words say that the article does not."""
        desk = desk_of(site.app.press, site.app.press.issue(identity), StoryId(story))
        found = doubts(desk.article, title) + doubts(desk.article, teaser) if desk.article else ()
        return desk_page(request, "editor/doubts.html", doubts=found)


def _save(routes: APIRouter, site: Site) -> None:
    @routes.post("/stories/{story}")
    def save(
        request: Request, identity: Identity, story: Story, actor: Editor,
        title: Short, teaser: Short, was_title: Short = "", was_teaser: Short = "", was_picture: Long = "",
        picture: Long = "keep", address: Long = "", alt: Short = "", under: Short = "", to: Short = "",
    ) -> Response:  # fmt: skip
        press, now = site.app.press, site.app.clock()
        issue, key = press.issue(identity), StoryId(story)
        try:
            edits: list[Edit] = [*rewritten(press, issue, key, Words(title, was_title, teaser, was_teaser))]
            choice = address.strip() if picture == "other" else picture
            changed = repictured(press, issue, key, was_picture, choice, alt, now)
            moved = Place(key, CategorySlug(under), CategorySlug(to)) if under != to else None
            return _done(site, request, issue, actor, filter(None, (*edits, changed, moved)))
        except DigestError as error:
            return _story_page(site, request, press.issue(identity), key, error, {"title": title, "teaser": teaser})


def _lines(routes: APIRouter, site: Site) -> None:
    @routes.get("/lines/{line}")
    def show(request: Request, identity: Identity, line: Line) -> HTMLResponse:
        return _line_page(site, request, site.app.press.issue(identity), line)

    @routes.post("/lines/{line}")
    def save(
        request: Request, identity: Identity, line: Line, actor: Editor,
        text: Long = "", was: Long = "", stories: Annotated[Sequence[str], Form()] = (),
    ) -> Response:  # fmt: skip
        issue = site.app.press.issue(identity)
        told_in = {item.story for item in issue.content.stories}
        named = [StoryId(story) for story in stories if story in told_in]
        edit = said(issue, line, was.replace("\r\n", "\n"), text.replace("\r\n", "\n"), named)
        try:
            return _done(site, request, issue, actor, [edit] if edit else [])
        except DigestError as error:
            return _line_page(site, request, site.app.press.issue(identity), line, error, text)


def _done(site: Site, request: Request, issue: Issue, actor: Actor, edits: Iterable[Edit]) -> Response:
    for edit in edits:
        issue = edit_issue(site.app.press, issue.id, edit, actor, site.app.clock())
    return told(site, request, issue)


def _story_page(
    site: Site, request: Request, issue: Issue, story: StoryId, error: DigestError | None = None,
    typed: dict[str, str] | None = None,
) -> HTMLResponse:  # fmt: skip
    desk = desk_of(site.app.press, issue, story)
    sections = [section.category for section in issue.content.sections if story in section.stories]
    variables: dict[str, Any] = {
        "issue": issue,
        "desk": desk,
        "item": desk.item,
        "under": sections[0] if sections else "",
        "own": site.app.press.categories_of(site.app.press.newsletter_of(issue)),
        "most": site.app.settings.summarise.max_chars,
        "typed": typed or {"title": desk.item.title, "teaser": desk.item.teaser.text},
        "doubts": desk.doubts,
        "editable": issue.state in EDITABLE and request.state.actor.role.covers(Role.EDITOR),
        "error": error,
    }
    return _form_page(request, "editor/story", error, variables)


def _line_page(
    site: Site, request: Request, issue: Issue, line: Line, error: DigestError | None = None, typed: str | None = None
) -> HTMLResponse:
    own = headline_of(issue.content, line)
    text = own.text if own else ""
    variables = {
        "issue": issue,
        "line": line,
        "own": own,
        "typed": text if typed is None else typed,
        "named": own.stories if own else named_in(issue, typed or ""),
        "editable": issue.state in EDITABLE and request.state.actor.role.covers(Role.EDITOR),
        "error": error,
    }
    return _form_page(request, "editor/line", error, variables)


def _form_page(request: Request, name: str, error: DigestError | None, variables: dict[str, Any]) -> HTMLResponse:
    """The form alone for a script, which puts it on the board; else a page with it."""
    if by_script(request):
        answer = desk_page(request, f"{name}_form.html", **variables)
        answer.headers.update({"HX-Retarget": "#sheet", "HX-Reswap": "innerHTML"})
        return answer
    return desk_page(request, f"{name}.html", 409 if error else 200, **variables)
