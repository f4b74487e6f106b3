"""Serves the made-up outlets of examples/ over real HTTP on the loopback address, from a thread. [I/O]

Takes the folder and the moment its articles are dated by; gives an address. It answers conditional requests
(ETag, Last-Modified) as a good publisher does, and writes the Markdown outlet to a folder. It is a stage set:
nothing in it is meant for a network.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit

import frontmatter

from digest.demo.outlets import Newsstand, Page, read_newsstand
from digest.demo.press import Press, Printed

CONFIGURED_ORIGIN = "http://localhost:8765"
"""What the shipped config.toml writes where the address of this server belongs."""


class Publishers:
    """The outlets of `root` on a free port (or `port`) of 127.0.0.1, from `start` to `stop`."""

    def __init__(self, root: Path, now: datetime, port: int = 0) -> None:
        self._server = _Server(("127.0.0.1", port), _Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.press = Press(root, read_newsstand(root, now), self.url, now)
        self._server.printed = lru_cache(maxsize=None)(self.press.print)
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def start(self) -> Self:
        """Begins to answer."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Ends answering and gives the port back."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    @property
    def feed_urls(self) -> tuple[str, ...]:
        """The addresses of all feeds."""
        paths = (outlet.feed_path for outlet in self.press.newsstand.outlets)
        return tuple(self.url + path for path in paths if path)

    def write_notes(self, folder: Path) -> int:
        """Writes the Markdown outlets' articles, dated and with their links, as a folder to gather from.

        Gives how many files it wrote.
        """
        folder.mkdir(parents=True, exist_ok=True)
        notes = notes_of(self.press.newsstand, self.url)
        for name, text in notes.items():
            (folder / name).write_text(text, encoding="utf-8")
        return len(notes)


def notes_of(newsstand: Newsstand, origin: str) -> dict[str, str]:
    """The Markdown outlets' articles as files by name, dated and with their links."""
    outlets = {outlet.slug for outlet in newsstand.outlets if outlet.format == "markdown"}
    return {f"{page.slug}.md": _note(page, origin) for page in newsstand.pages if page.outlet in outlets}


def _note(page: Page, origin: str) -> str:
    facts = {
        "title": page.title, "date": page.published_at.isoformat(), "url": origin + page.path, "author": page.author,
        "tags": list(page.tags), "description": page.description,
        "image": f"{origin}/pictures/{page.picture}" if page.picture else "",
    }  # fmt: skip
    return str(frontmatter.dumps(frontmatter.Post(page.body, None, **{k: v for k, v in facts.items() if v}))) + "\n"


class _Server(ThreadingHTTPServer):
    """A thread for each connection; `printed` is set before it starts."""

    daemon_threads = True
    request_queue_size = 64
    printed: Callable[[str], Printed | None]


class _Handler(BaseHTTPRequestHandler):
    """GET and HEAD, one answer a connection."""

    server_version = "Newsstand"
    server: _Server

    def do_GET(self) -> None:
        """The document, or 304 for somebody who has it."""
        printed = self.server.printed(unquote(urlsplit(self.path).path))
        if printed is None:
            self.send_error(HTTPStatus.NOT_FOUND)
        elif self._has(printed):
            self._head(HTTPStatus.NOT_MODIFIED, printed)
        else:
            self._head(HTTPStatus.OK, printed)
            if self.command != "HEAD":
                self.wfile.write(printed.body)

    do_HEAD = do_GET

    def _has(self, printed: Printed) -> bool:
        """Whether the request's validators match (RFC 9110, section 13.2.2)."""
        if known := self.headers.get("If-None-Match"):
            return printed.etag in known
        if since := self.headers.get("If-Modified-Since"):
            return _date(since) >= printed.changed_at
        return False

    def _head(self, status: HTTPStatus, printed: Printed) -> None:
        self.send_response(status)
        self.send_header("ETag", printed.etag)
        self.send_header("Last-Modified", format_datetime(printed.changed_at.astimezone(UTC), usegmt=True))
        self.send_header("Cache-Control", "max-age=60")
        if status is HTTPStatus.OK:
            self.send_header("Content-Type", printed.content_type)
            self.send_header("Content-Length", str(len(printed.body)))
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing: the demonstration has its own progress to show."""


def _date(value: str) -> datetime:
    try:
        return parsedate_to_datetime(value).astimezone(UTC)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
