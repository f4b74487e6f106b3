"""MJML to HTML with its CSS inlined, by mjml-python and premailer; touches no network, knows no issue."""

from __future__ import annotations

import logging
import re
from functools import cache, lru_cache

from mjml import mjml2html
from premailer import Premailer

from digest.errors import TemplateError

_IGNORED = ' data-premailer="ignore"'
_VALUE = re.compile(r"""=("[^"]*"|'[^']*')(?=[\s/>])""")
_PLAIN_VALUE = re.compile(r'"[ !#-\[\]-~]*"')
_TOUCHING = re.compile(r"<!\[endif\]-->\s*<!--\[if mso \| IE\]>")
_STYLE = re.compile(r' style="[^"]*"')
_SPACE = re.compile(r"([;:,]) +")
_STYLES = 16
"""Style sheets whose rules are kept: a theme has one for each direction and accent."""
_KEPT_AS_THEY_ARE = ["width", "height", "align", "valign", "bgcolor"]


def guard_attributes(mjml: str) -> str:
    """The same MJML with attribute values in printable ASCII between double quotes, the rest as character references.

    mrml prints an attribute's value as a Rust literal: a no-break space comes out as an escape in braces, and a
    double quote inside single quotes ends the attribute.
    """
    return _VALUE.sub(_guarded, mjml)


def _guarded(match: re.Match[str]) -> str:
    if _PLAIN_VALUE.fullmatch(match[1]):
        return match[0]
    value = match[1][1:-1]
    safe = "".join(c if " " <= c <= "~" and c not in '\\"' else f"&#{ord(c)};" for c in value)
    return f'="{safe}"'


def to_html(mjml: str) -> str:
    """Renders an MJML document. `fonts={}` keeps it from linking web fonts. Raises TemplateError."""
    try:
        return mjml2html(mjml, fonts={})
    except ValueError as error:
        raise TemplateError("templates/email", f"MJML cannot be read: {error}", "run digest template check") from error


def inline(html: str, css: str) -> str:
    """Writes the rules of `css` into the elements that they select.

    The document's own styles (resets, media queries, dark mode) stay as they are: inlining mrml's would cost 25 KB.
    """
    guarded = re.sub(r"<style\b", f"<style{_IGNORED}", html)
    inlined = str(_Inliner(guarded, css).transform(pretty_print=False)).replace(_IGNORED, "")
    return "<!doctype html>\n" + _slim(inlined)


class _Inliner(Premailer):  # type: ignore[misc]  # premailer has no types
    """premailer, tamed; it reads the same rules once, for they are the same in every compile of an issue."""

    def __init__(self, html: str, css: str) -> None:
        super().__init__(
            html,
            css_text=[css],
            keep_style_tags=True,
            strip_important=False,
            align_floating_images=False,
            disable_validation=True,
            disable_leftover_css=True,
            disable_basic_attributes=_KEPT_AS_THEY_ARE,
            allow_network=False,
            cssutils_logging_level=logging.CRITICAL,
        )

    def _parse_style_rules(self, css_body: str, ruleset_index: int) -> tuple[list[object], list[object]]:
        rules, leftover = _style_rules(css_body, ruleset_index)
        return list(rules), list(leftover)


@lru_cache(_STYLES)
def _style_rules(css: str, index: int) -> tuple[tuple[object, ...], tuple[object, ...]]:
    rules, leftover = Premailer._parse_style_rules(_Inliner("", ""), css, index)
    return tuple(rules), tuple(leftover)


def _slim(html: str) -> str:
    """The same page in fewer bytes: comments for Outlook that touch are one, styles have no spaces between parts."""
    slim = cache(lambda style: _SPACE.sub(r"\1", style))
    return _STYLE.sub(lambda style: slim(style[0]), _TOUCHING.sub("", html))
