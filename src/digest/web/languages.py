"""In which language a page speaks: the one in the address, else the browser's first that there are words for."""

from __future__ import annotations

from starlette.requests import Request

from digest.subscribe.places import languages_in
from digest.words import LANGUAGES

RIGHT_TO_LEFT = frozenset({"ar"})


def language_of(request: Request, own: str = "") -> str:
    """`own`: the reader's, where it is known who reads."""
    asked = (request.query_params.get("lang", ""), own, *languages_in(request.headers.get("accept-language", "")))
    return next((tag[:2].lower() for tag in asked if tag[:2].lower() in LANGUAGES), "en")
