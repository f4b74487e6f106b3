"""Takes a newsstand and gives the bytes of its feeds and pages, by path, with links to the origin that serves them.

Every answer is a function of the folder, the newsstand's moment and the origin. Opens no socket.
"""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import cached_property
from pathlib import Path

from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from digest.demo.outlets import Newsstand, Outlet, Page, Reprint

_TYPES = {
    "rss20": "application/rss+xml; charset=utf-8",
    "rss10": "application/rdf+xml; charset=utf-8",
    "atom10": "application/atom+xml; charset=utf-8",
    "json11": "application/feed+json; charset=utf-8",
}
_HTML = "text/html; charset=utf-8"
_LOCALES = {"en": "en_GB"}
"""Where the outlets of a language write their dates."""
_FOLDERS = ("pictures", "brand")


@dataclass(frozen=True, slots=True)
class Printed:
    """What is served under a path."""

    body: bytes
    content_type: str
    changed_at: datetime

    @property
    def etag(self) -> str:
        """A strong validator (RFC 9110, section 8.8.3)."""
        return f'"{hashlib.sha256(self.body).hexdigest()[:20]}"'


@dataclass(frozen=True, slots=True)
class Listing:
    """An article as one feed lists it."""

    page: Page
    url: str
    guid: str
    listed_at: datetime
    gives: str

    @property
    def title(self) -> str:
        """As the feed has it."""
        return self.page.feed_title or self.page.title


@dataclass(frozen=True)
class Press:
    """Prints a newsstand for one origin. It has no slots because it keeps its compiled templates."""

    root: Path
    newsstand: Newsstand
    origin: str
    now: datetime

    def paths(self) -> Iterator[str]:
        """Every path that can be printed."""
        yield "/"
        for outlet in self.newsstand.outlets:
            yield from filter(None, (outlet.path, outlet.feed_path))
        yield from (page.path for page in self.newsstand.pages)
        for folder in _FOLDERS:
            yield from (f"/{folder}/{file.name}" for file in sorted((self.root / folder).glob("*.*")))

    def print(self, path: str) -> Printed | None:
        """What is under the path; None when nothing is."""
        if path == "/":
            return self._document("index.html", _HTML, self.now, newsstand=self.newsstand)
        for outlet in self.newsstand.outlets:
            if path == outlet.path:
                pages = self.newsstand.of(outlet)
                return self._document("outlet.html", _HTML, self.now, outlet=outlet, pages=pages)
            if path == outlet.feed_path:
                return self._feed(outlet)
        page = next((page for page in self.newsstand.pages if page.path == path), None)
        return self._page(page) if page else self._file(path)

    def listings(self, outlet: Outlet) -> tuple[Listing, ...]:
        """What the outlet's feed lists, newest first."""
        own = [self._listing(outlet, page, Reprint(page="")) for page in self.newsstand.of(outlet)]
        again = [self._listing(outlet, self.newsstand.page(reprint.page), reprint) for reprint in outlet.reprints]
        return tuple(sorted(own + again, key=lambda listing: listing.listed_at, reverse=True))

    def _listing(self, outlet: Outlet, page: Page, reprint: Reprint) -> Listing:
        url = self.origin + page.path
        listed_at = page.published_at if reprint.age_hours is None else self.now - timedelta(hours=reprint.age_hours)
        link = f"{url}?{reprint.query}" if reprint.query else url
        return Listing(page, link, reprint.guid or link, listed_at, page.gives or outlet.gives)

    def _feed(self, outlet: Outlet) -> Printed:
        listings = self.listings(outlet)
        changed_at = max((listing.listed_at for listing in listings), default=self.now)
        name = f"{outlet.format}{Path(outlet.feed_path).suffix}"
        return self._document(name, _TYPES[outlet.format], changed_at, outlet=outlet, listings=listings)

    def _page(self, page: Page) -> Printed:
        outlet = next(outlet for outlet in self.newsstand.outlets if outlet.slug == page.outlet)
        related = [other for other in self.newsstand.of(outlet) if other != page][:3]
        return self._document("page.html", _HTML, page.published_at, outlet=outlet, page=page, related=related)

    def _file(self, path: str) -> Printed | None:
        folder, _, name = path.strip("/").partition("/")
        if folder not in _FOLDERS or not name or "/" in name or not (self.root / folder / name).is_file():
            return None
        content_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
        return Printed((self.root / folder / name).read_bytes(), content_type, self.now)

    def _document(self, name: str, content_type: str, changed_at: datetime, **values: object) -> Printed:
        template = self._templates.get_template(name)
        text = template.render(origin=self.origin, words=self.newsstand.words, changed_at=changed_at, **values)
        return Printed(text.encode(), content_type, changed_at.replace(microsecond=0))

    @cached_property
    def _templates(self) -> Environment:
        loader = FileSystemLoader(self.root / "templates")
        templates = Environment(
            loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        templates.filters["day"] = lambda at, language: format_date(at, "long", locale=_LOCALES.get(language, language))
        templates.filters["rfc822"] = format_datetime
        templates.filters["rfc3339"] = lambda at: at.isoformat(timespec="seconds")
        return templates
