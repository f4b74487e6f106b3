"""Ways to look at a mail: takes its HTML, gives what a frame shows. The mail itself stays as it is."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable
from enum import StrEnum

from digest.preflight.simulate import as_gmail, as_outlook


class Sight(StrEnum):
    """With whose eyes."""

    LIGHT = "light"
    """The mail as it is designed for the light."""
    DARK = "dark"
    """Its own design for the dark."""
    INVERTED = "inverted"
    """All of it turned round, and pictures turned back: what programs do that ignore the mail's own design."""
    GMAIL = "gmail"
    OUTLOOK = "outlook"


LABELS = {
    Sight.LIGHT: "Light",
    Sight.DARK: "Dark",
    Sight.INVERTED: "Inverted",
    Sight.GMAIL: "Gmail",
    Sight.OUTLOOK: "Outlook",
}
CAVEATS = {
    Sight.INVERTED: "An approximation of forced inversion: every colour turned round, pictures turned back.",
    Sight.GMAIL: "A simulation of Gmail in a browser: without what it drops (caniemail.com), clipped at 102,400 bytes.",
    Sight.OUTLOOK: "A simulation of Outlook on Windows: without what Word does not know; Word’s spacing is not shown.",
}
_ASKING = re.compile(r"<style\b[^>]*>.*?</style>|\bmedia=\"[^\"]*\"", re.DOTALL | re.IGNORECASE)
_SCHEME = re.compile(r"\(\s*prefers-color-scheme\s*:\s*(dark|light)\s*\)", re.IGNORECASE)
_MET, _UNMET = "(min-width:0px)", "(max-width:0px)"
_INVERT = "html{background:#fff;filter:invert(1) hue-rotate(180deg)}img{filter:invert(1) hue-rotate(180deg)}"
_PLACE = (
    ".digest-place{position:relative;display:block;height:0}"
    ".digest-place:target+:not(.digest-place),.digest-place:target+.digest-place+*{outline:3px solid #1d5fa8}"
)
_STORY = re.compile(r"^(?:lead|teaser):([^:]+):")


def document(pieces: Iterable[tuple[str, str]], sight: Sight) -> str:
    """The mail as that sight shows it, with a place to jump to before each block; links open a tab of their own."""
    shown = _SHOWN[sight]("".join(f"{_anchor(key)}{piece}" for key, piece in pieces))
    style = f"<style>{_PLACE}{_INVERT if sight is Sight.INVERTED else ''}</style>"
    return re.sub(r"<head\b[^>]*>", lambda head: f'{head[0]}<base target="_blank">{style}', shown, count=1)


def place_of(key: str) -> str:
    """Where a block begins, as the end of an address."""
    return f"block-{key}"


def _anchor(key: str) -> str:
    """What opens and what closes the document is no place."""
    if key in {"head", "tail"}:
        return ""
    story = _STORY.match(key)
    second = f'<a class="digest-place" id="story-{html.escape(story[1])}"></a>' if story else ""
    return f'{second}<a class="digest-place" id="{html.escape(place_of(key))}"></a>'


def in_scheme(document_: str, scheme: str) -> str:
    """The same page for a reader who prefers that scheme, whatever the system of whoever looks at it."""

    def asked(part: re.Match[str]) -> str:
        return _SCHEME.sub(lambda found: _MET if found[1].lower() == scheme else _UNMET, part[0])

    head, closing, body = document_.partition("</head>")
    head = _ASKING.sub(asked, re.sub(r'<meta name="(?:supported-)?color-schemes?"[^>]*>', "", head))
    body = _ASKING.sub(asked, body) if "prefers-color-scheme" in body else body
    return f"{head}<style>:root{{color-scheme:only {scheme}}}</style>{closing}{body}"


_SHOWN: dict[Sight, Callable[[str], str]] = {
    Sight.LIGHT: lambda page: in_scheme(page, "light"),
    Sight.DARK: lambda page: in_scheme(page, "dark"),
    Sight.INVERTED: lambda page: in_scheme(page, "light"),
    Sight.GMAIL: lambda page: in_scheme(as_gmail(page), "light"),
    Sight.OUTLOOK: lambda page: in_scheme(as_outlook(page), "light"),
}
