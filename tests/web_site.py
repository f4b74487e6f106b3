"""A web site on loopback with pages of articles, for what fetches them in this or another process."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SENTENCE = "The city council of Ravensmoor voted on Monday to switch off its facial recognition cameras for a year."
PAGE = """<!doctype html><html lang="en"><head><title>Council switches cameras off</title>
<meta property="og:site_name" content="Ravensmoor Post">
<meta property="og:title" content="Council switches cameras off">
<meta name="description" content="{sentence}"><meta property="article:published_time" content="2026-11-23T08:00:00Z">
</head><body><article><h1>Council switches cameras off</h1><p>{sentence}</p><p>{more}</p></article></body></html>"""
MORE = "An audit had found that two in three alerts pointed at the wrong person, and nobody could say why. " * 6


@dataclass
class WebSite:
    """What it answers by path, and what it was asked."""

    url: str = ""
    pages: dict[str, tuple[int, str, bytes]] = field(default_factory=dict)
    """Status, content type (or the target of a redirect) and body."""
    asked: list[str] = field(default_factory=list)


@contextmanager
def web_site() -> Iterator[WebSite]:
    """The site, with an article under /1."""
    site = WebSite()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append(self.path)
            status, kind, body = site.pages.get(self.path, (404, "text/html", b"gone"))
            self.send_response(status)
            self.send_header("Location" if 300 <= status < 400 else "Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    site.url = f"http://127.0.0.1:{server.server_port}"
    site.pages["/1"] = (200, "text/html; charset=utf-8", PAGE.format(sentence=SENTENCE, more=MORE).encode())
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
