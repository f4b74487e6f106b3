"""An issue as files at the desk: down as a .zip to be reviewed, up again as one edit, with what differs."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, File, Form, Request, Response, UploadFile
from fastapi.responses import HTMLResponse

from digest.compose.packing import pack, unpack
from digest.errors import DigestError, UsageError
from digest.model.access import Role
from digest.model.issue import EDITABLE, Issue
from digest.pipeline.exchanging import Imported, export_issue, import_issue
from digest.web.access.actor import Editor, desk_page
from digest.web.editor.preview import Identity
from digest.web.site import Site

LARGEST_ARCHIVE = 8_388_608
"""Bytes of a .zip that is brought, before it is looked into."""
LARGEST_BODY = 2 * LARGEST_ARCHIVE
"""Bytes that are read at all, so that a file a little too large can be named."""
TOO_LARGE = (
    f"has more than the {LARGEST_ARCHIVE // 1_048_576} MB that an issue can have",
    "pack the issue's folder alone, or bring it by: digest issue import FOLDER",
)
"""What is wrong with it, and what to do."""


def file_routes(site: Site) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/editor/issues/{identity}")
    _download(routes, site)
    _upload(routes, site)
    return routes


def _download(routes: APIRouter, site: Site) -> None:
    @routes.get("/files")
    def files(request: Request, identity: Identity) -> HTMLResponse:
        return _page(site, request, site.app.press.issue(identity))

    @routes.get("/files.zip")
    def archive(identity: Identity) -> Response:
        app = site.app
        issue = app.press.issue(identity)
        packed = pack(export_issue(app.press, issue, app.personas(), app.clock()), issue.id)
        name = f'attachment; filename="{issue.id}.zip"'
        return Response(packed, media_type="application/zip", headers={"Content-Disposition": name})


def _upload(routes: APIRouter, site: Site) -> None:
    @routes.post("/files", max_body_size=LARGEST_BODY)
    def take(
        request: Request, identity: Identity, actor: Editor, packed: Annotated[UploadFile, File()],
        do: Annotated[Literal["look", "import"], Form()] = "look", over: Annotated[bool, Form()] = False,
    ) -> HTMLResponse:  # fmt: skip
        press, now = site.app.press, site.app.clock()
        try:
            imported = import_issue(press, _files(packed), actor, now, dry_run=do == "look", over=over,
                                    expected=identity)  # fmt: skip
        except DigestError as error:
            return _page(site, request, press.issue(identity), error=error)
        return _page(site, request, press.issue(identity), imported=imported)


def _files(packed: UploadFile) -> dict[str, bytes]:
    """What the .zip holds. Raises FolderError, or UsageError when none was chosen or it is too large."""
    name = packed.filename or ""
    shown = "".join(c for c in name if c.isprintable())[:80] or "the .zip"
    data = packed.file.read(LARGEST_ARCHIVE + 1)
    if not name and not data:
        raise UsageError("file", "none was chosen", "choose the .zip of this issue")
    if len(data) > LARGEST_ARCHIVE:
        raise UsageError(shown, *TOO_LARGE)
    return unpack(data, shown)


def _page(
    site: Site, request: Request, issue: Issue, imported: Imported | None = None, error: DigestError | None = None
) -> HTMLResponse:
    editable = issue.state in EDITABLE and request.state.actor.role.covers(Role.EDITOR)
    return desk_page(
        request, "editor/files.html", 400 if error else 200, issue=issue,
        newsletter=site.app.press.newsletter_of(issue), imported=imported, refused=error,
        editable=editable,
    )  # fmt: skip
