"""[I/O] Tells a program elsewhere by an HTTP POST of JSON; implements ports.alarms.Hook."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.error import URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from digest.errors import OutsideError
from digest.model.urls import split_url

_PATIENCE = 10.0


class _Stay(HTTPRedirectHandler):
    """The token goes to the server that it is for, and to no other."""

    def redirect_request(self, *_: object) -> None:
        """Follows nothing."""


class HttpHook:
    """Every answer but 2xx is a failure, and told again later."""

    def __init__(self, url: str, token: str = "") -> None:
        self._url = url
        self._token = token

    def tell(self, facts: Mapping[str, object]) -> None:
        """Sends the object. Raises OutsideError, which names the server only: a path may be a secret."""
        headers = {"Content-Type": "application/json"} | (
            {"Authorization": f"Bearer {self._token}"} if self._token else {}
        )
        request = Request(self._url, json.dumps(facts).encode(), headers)  # noqa: S310 - settings take http(s) only
        try:
            with build_opener(_Stay).open(request, timeout=_PATIENCE):
                return
        except (URLError, OSError, ValueError) as error:
            place = f"webhook at {split_url(self._url).netloc}"
            raise OutsideError(place, f"did not take it: {error}", "check [alarms] webhook") from error
