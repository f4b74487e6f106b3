"""The way to leave, as mail programs take it (RFC 8058): a POST from outside, for nobody, so that nothing changes."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from digest.errors import OutsideError
from digest.model.checks import Check, advice, good, problem
from digest.ports.names import Web

_NAME = "unsubscribing"
DONE = "You have left this newsletter."
"""How our own server answers the press."""


def check_leaving(web: Web, url: str) -> Iterator[Check]:
    """`url`: a signed link to leave, made for a reader who does not exist."""
    parts = urlsplit(url)
    base = f"{parts.scheme}://{parts.netloc}"
    if parts.scheme != "https":
        remedy = "put HTTPS in front and set web.public_url to it; mail programs offer the button only then"
        yield advice(_NAME, f"{base} is not HTTPS (RFC 8058, section 3.1)", remedy)
    try:
        answer = web.post(url, {"List-Unsubscribe": "One-Click"})
    except OutsideError as error:
        remedy = "start `digest run`, and have web.public_url lead to it"
        yield problem(_NAME, f"{base} {error.problem}", remedy)
        return
    if answer.status == 200 and DONE in answer.body:
        yield good(_NAME, f"{base} takes the press of mail programs at once")
    elif 300 <= answer.status < 400:
        remedy = "let the address answer itself: mail programs follow no redirect"
        yield problem(_NAME, f"{base} redirects (status {answer.status})", remedy)
    elif answer.status == 400:
        remedy = "give both the same web.secret_key; links in mails are dead otherwise"
        yield problem(_NAME, f"the server at {base} does not know our signature", remedy)
    else:
        remedy = "let a POST without cookie and login through to `digest run`"
        yield problem(_NAME, f"{base} answers with status {answer.status}", remedy)
