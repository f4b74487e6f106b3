"""One visit to a reader's page: the request, the language that it is answered in, and the words for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

from anyio import CapacityLimiter, to_thread
from fastapi import Depends, Request
from fastapi.responses import HTMLResponse
from starlette.datastructures import FormData

from digest.app import App
from digest.model.people import Origin
from digest.web.guard import asked_from
from digest.web.languages import language_of
from digest.web.pages import PAGE_POLICY
from digest.web.site import Site
from digest.words import words


@dataclass(frozen=True, slots=True)
class Visit:
    """What a route answers with."""

    site: Site
    request: Request
    language: str

    @property
    def app(self) -> App:
        """The App of the moment."""
        return self.site.app

    @property
    def network(self) -> str:
        """Where the request came from."""
        return asked_from(self.request, self.app.settings.web)

    @property
    def origin(self) -> Origin:
        """For the log of consent."""
        return Origin("web", self.network)

    @property
    def lang(self) -> str:
        """What keeps the language in an address of ours where this address asks for one: "?lang=de", or nothing."""
        return f"?lang={self.language}" if self.request.query_params.get("lang") else ""

    def of(self, language: str) -> Visit:
        """The same in the language of a reader who is known, unless the address asks for another."""
        return Visit(self.site, self.request, language_of(self.request, language))

    def say(self, text: str, **values: object) -> str:
        """The text in the language of the visit."""
        return words(self.language).gettext(text) % values

    def page(self, template: str, status: int = 200, policy: str = PAGE_POLICY, **variables: object) -> HTMLResponse:
        """A page in that language."""
        return self.site.page(template, status, policy, self.language, lang=self.lang, **variables)

    def notice(
        self, heading: str, *paragraphs: str, status: int = 200, alternative: dict[str, str] | None = None
    ) -> HTMLResponse:
        """A page that says one thing."""
        return self.page("reader/notice.html", status, heading=heading, paragraphs=paragraphs, alternative=alternative)


def visits(site: Site) -> Callable[[Request], Awaitable[Visit]]:
    """What routes depend on: `visit: Annotated[Visit, Depends(...)]`."""

    async def visit(request: Request) -> Visit:  # asynchronous only so that it takes no turn in another thread
        return Visit(site, request, language_of(request))

    return visit


_TURNS = CapacityLimiter(4)


async def quickly(site: Site, make: Callable[[], HTMLResponse]) -> HTMLResponse:
    """Makes a page that many ask for at the same time.

    With a database that is a file it is made on the spot: the page takes 1 ms, and forty threads that take Python's
    lock from each other take 2 ms more. Elsewhere the network is waited for, by a few threads.
    """
    if site.app.settings.database.is_file:
        return make()
    return await to_thread.run_sync(make, limiter=_TURNS)


async def read_form(request: Request) -> FormData:
    """The fields of a form; none where the body is none."""
    return await request.form(max_files=0, max_fields=300)


Given = Annotated[FormData, Depends(read_form)]
"""What routes take a form as."""


def texts(form: FormData) -> dict[str, str]:
    """Every field by name; of one that stands several times (topics) the values, separated by ";"."""
    return {name: ";".join(str(value) for value in form.getlist(name)) for name in form}
