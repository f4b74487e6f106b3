"""A mail without fault in pieces: each test spoils one thing in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from digest.model.findings import Finding
from digest.preflight.check import Policy, check
from digest.preflight.proof import Proof
from digest.preflight.support import chosen

PUBLIC = "https://press.example.com"
POLICY = Policy(PUBLIC, 98_304, chosen(("outlook.windows:2019", "gmail.ios", "apple-mail.ios")))
HEAD = """<!doctype html>
<html lang="en" dir="ltr"><head><title>The Weekly</title><style>
p{margin:0}
@media (prefers-color-scheme:dark){.page{background-color:#121417!important}.ink{color:#e8eaed!important}}
</style></head><body style="background-color:#ffffff"><div role="article" lang="en" dir="ltr" class="page ink"
style="background-color:#ffffff;color:#16181d;font-size:16px;line-height:24px">"""
STORY = """<table role="presentation"><tr><td><h2 class="ink"><a class="ink" style="color:#16181d"
href="https://news.example.com/one">Parliament votes to label voices</a></h2><p class="ink">From July, a machine that
calls must say so in its first sentence.</p></td></tr></table>"""
PICTURE = (
    '<a href="https://news.example.com/one"><img src="https://press.example.com/media/a.jpg" width="560" alt="A"></a>'
)
PIECES = {
    "head": HEAD,
    "intro": '<h1 class="ink">What parliament decided</h1>',
    "teaser:1:privacy": STORY,
    "teaser:2:privacy": PICTURE,
    "tail": "</div></body></html>\n",
}
TEXT = "What parliament decided\n\nParliament votes to label voices [1]\nFrom July, a machine that calls must say so.\n"
HEADERS = {
    "Date": "Tue, 24 Nov 2026 07:00:00 +0000",
    "From": "Weekly <weekly@press.example.com>",
    "To": "=?utf-8?q?Jos=C3=A9?= <jose@example.org>",
    "Subject": "What parliament decided",
    "Message-ID": "<weekly-2026-11-24.1@press.example.com>",
    "List-Id": "The Weekly <weekly.press.example.com>",
    "List-Owner": "<mailto:editors@press.example.com>",
    "List-Unsubscribe": "<https://press.example.com/r/unsubscribe/token>",
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    "Feedback-ID": "weekly-2026-11-24:weekly:digest:pressexamplecom",
    "MIME-Version": "1.0",
    "Content-Type": 'multipart/alternative; boundary="=_b"',
}
_PART = "Content-Type: text/{}; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n{}"


def mail(
    headers: Mapping[str, str] = HEADERS, kinds: tuple[str, ...] = ("plain", "html"), body: str = "words"
) -> bytes:
    """A mail of these headers and parts."""
    head = "".join(f"{name}: {value}\n" for name, value in headers.items())
    parts = "".join(f"\n--=_b\n{_PART.format(kind, body)}" for kind in kinds)
    return f"{head}{parts}\n--=_b--\n".replace("\n", "\r\n").encode()


GOOD = Proof("everything", tuple(PIECES.items()), TEXT, mail())


def found_in(proof: Proof, policy: Policy = POLICY) -> dict[str, Finding]:
    """Findings by rule."""
    return {finding.id: finding for finding in check([proof], policy)}


def with_piece(html: str, key: str = "teaser:2:privacy") -> Proof:
    """The good mail with this in place of a block."""
    return replace(GOOD, pieces=tuple((PIECES | {key: html}).items()))


def with_headers(**changed: str) -> Proof:
    """The good mail with these headers, underscores as hyphens; "" leaves one out."""
    given = {name.replace("_", "-"): value for name, value in changed.items()}
    return replace(GOOD, mail=mail({name: value for name, value in (HEADERS | given).items() if value}))
