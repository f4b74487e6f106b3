"""Takes a mail's HTML; gives what a mail program leaves of it: an approximation by the tables of caniemail.com. Pure.

What a program does not know is taken out: declarations, rules, elements. How it draws what is left stays the browser's
way, so the picture is too kind: Word's gaps and its boxes are not here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lxml.html import HtmlElement, tostring

from digest.preflight.css import Declaration, StyleRule, declarations, stylesheet
from digest.preflight.features import (
    features_of_at_rule,
    features_of_declaration,
    features_of_pseudos,
    features_of_tag,
)
from digest.preflight.proof import parsed
from digest.preflight.size import CLIP, MOST_CSS
from digest.preflight.support import Client, answer, table

GMAIL = Client("gmail.desktop-webmail")
OUTLOOK = Client("outlook.windows")
_WHOLE = ("form", "object", "embed", "iframe", "video", "audio", "svg", "script", "link")
"""Elements that go with all that is within them."""
_FOR_WORD = re.compile(r"<!--\[if (?!\s*!)[^\]]*\b(?:mso|ie)\b[^\]]*\]>(.*?)<!\[endif\]-->", re.DOTALL | re.IGNORECASE)
_NOT_FOR_WORD = re.compile(r"<!--\[if\s*!mso[^\]]*\]><!-->.*?<!--<!\[endif\]-->", re.DOTALL | re.IGNORECASE)
_CLIPPED = (
    '<p style="margin:16px;font:14px/20px Arial,sans-serif;color:#1a1c1f;background:#fff">'
    "[Message clipped] <u>View entire message</u></p>"
)


def as_gmail(html: str) -> str:
    """As Gmail in a browser: clipped after 102,400 bytes, without the styles that it drops."""
    whole = html.encode("utf-8", "replace")
    root = parsed(whole[:CLIP].decode("utf-8", "ignore"))
    sheets = list(root.iter("style"))
    if sum(len(sheet.text or "") for sheet in sheets) > MOST_CSS:
        for sheet in sheets:
            sheet.drop_tree()
    return _left(root, GMAIL) + (_CLIPPED if len(whole) > CLIP else "")


def as_outlook(html: str) -> str:
    """As Outlook on Windows, which draws with Word: its conditional comments are met."""
    return _left(parsed(_FOR_WORD.sub(r"\1", _NOT_FOR_WORD.sub("", html))), OUTLOOK)


def _left(root: HtmlElement, client: Client) -> str:
    for sheet in list(root.iter("style")):
        sheet.text = "\n".join(_rules(stylesheet(sheet.text or ""), client))
    for element in [e for e in root.iter() if isinstance(e.tag, str)]:
        if element.get("style"):
            element.set("style", _written(_known(declarations(element.get("style") or ""), client)))
        if element.tag in _WHOLE:
            element.drop_tree()
        elif element.getparent() is not None and _is_unknown(features_of_tag(str(element.tag)), client):
            element.drop_tag()
    return "<!doctype html>\n" + str(tostring(root, encoding="unicode"))


def _rules(rules: Iterable[StyleRule], client: Client) -> Iterator[str]:
    """The rules that are left, each within its at-rules."""
    for rule in rules:
        kept = _written(_known(rule.declarations, client))
        selectors = [s for s in rule.selectors if not _is_unknown(features_of_pseudos(s), client)]
        if kept and selectors and not any(_is_unknown(features_of_at_rule(at), client) for at in rule.within):
            opened = "".join(f"{at} {{ " for at in rule.within)
            yield f"{opened}{', '.join(selectors)} {{ {kept} }}{' }' * len(rule.within)}"


def _known(declared: Iterable[Declaration], client: Client) -> Iterator[Declaration]:
    return (one for one in declared if not _is_unknown(features_of_declaration(one), client))


def _written(declared: Iterable[Declaration]) -> str:
    return "; ".join(f"{one.name}: {one.value}{' !important' if one.important else ''}" for one in declared)


def _is_unknown(features: Iterable[str], client: Client) -> bool:
    return any(answer(table().features[feature], client) == "n" for feature in features)
