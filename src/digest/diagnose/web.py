"""[I/O] Single questions to web servers by the standard library; implements ports.names.Web."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from urllib.parse import urlencode, urlsplit

from digest.errors import OutsideError
from digest.ports.names import WebAnswer

_PATIENCE = 10.0
"""Seconds."""
_MOST = 65_536
"""Bytes of an answer."""


class PlainWeb:
    """Follows no redirect, keeps no cookie; certificates are checked by the system's authorities."""

    def get(self, url: str) -> WebAnswer:
        """A GET."""
        return _asked("GET", url, None)

    def post(self, url: str, fields: Mapping[str, str]) -> WebAnswer:
        """A POST of a form."""
        return _asked("POST", url, urlencode(fields))


def _asked(method: str, url: str, body: str | None) -> WebAnswer:
    parts = urlsplit(url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=_PATIENCE)
    headers = {"Content-Type": "application/x-www-form-urlencoded"} if body is not None else {}
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request(method, path, body, headers)
        return _answer(connection.getresponse())
    except (OSError, HTTPException, UnicodeError) as error:
        problem = f"does not answer: {str(error) or type(error).__name__}"
        raise OutsideError(
            f"{parts.scheme}://{parts.netloc}", problem, "check the server, its name and port"
        ) from error
    finally:
        connection.close()


def _answer(response: HTTPResponse) -> WebAnswer:
    try:
        date = parsedate_to_datetime(response.headers.get("Date", ""))
    except ValueError:
        date = None
    aware = date.replace(tzinfo=date.tzinfo or UTC) if date else None
    return WebAnswer(response.status, response.read(_MOST).decode("utf-8", "replace"), aware)
