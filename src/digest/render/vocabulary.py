"""The MJML and HTML that templates may use: tags, their attributes, and what may stand directly inside what."""

from __future__ import annotations


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_PADDING = "padding padding-top padding-right padding-bottom padding-left "
_BORDER = "border border-top border-right border-bottom border-left border-radius "
_BACKGROUND = (
    "background-color background-url background-repeat background-size background-position background-position-x "
    "background-position-y "
)
_FONT = "color font-family font-size font-style font-weight letter-spacing line-height text-decoration text-transform "
_EVERY = "css-class mj-class "
_CELL = _EVERY + _PADDING + "container-background-color align "

ATTRIBUTES: dict[str, frozenset[str]] = {
    "mjml": _set("lang dir owa"),
    "mj-head": frozenset(),
    "mj-title": frozenset(),
    "mj-attributes": frozenset(),
    "mj-all": frozenset(),
    "mj-class": _set("name"),
    "mj-style": frozenset(),
    "mj-breakpoint": _set("width"),
    "mj-raw": _set("position"),
    "mj-body": _set("width background-color css-class"),
    "mj-wrapper": _set(_EVERY + _PADDING + _BORDER + _BACKGROUND + "full-width text-align gap"),
    "mj-section": _set(_EVERY + _PADDING + _BORDER + _BACKGROUND + "direction full-width text-align text-padding"),
    "mj-group": _set(_EVERY + "background-color direction vertical-align width"),
    "mj-column": _set(
        _EVERY + _PADDING + _BORDER + "background-color direction vertical-align width inner-background-color "
        "inner-border inner-border-top inner-border-right inner-border-bottom inner-border-left inner-border-radius"
    ),
    "mj-hero": _set(
        _EVERY + _PADDING + _BACKGROUND + "background-height background-width border-radius height mode "
        "inner-background-color inner-padding vertical-align width container-background-color align"
    ),
    "mj-text": _set(_CELL + _FONT + "height"),
    "mj-button": _set(
        _CELL + _FONT + _BORDER + "background-color height href inner-padding name rel target text-align title "
        "vertical-align width"
    ),
    "mj-image": _set(
        _CELL + _BORDER + "alt fluid-on-mobile font-size height href max-height name rel sizes src srcset target "
        "title usemap width"
    ),
    "mj-divider": _set(_CELL + "border-color border-style border-width width"),
    "mj-spacer": _set(_CELL + "height vertical-align"),
    "mj-table": _set(_CELL + _FONT + "border cellpadding cellspacing role table-layout width"),
    "mj-social": _set(
        _CELL + _FONT + "border-radius icon-height icon-padding icon-size inner-padding mode table-layout text-padding"
    ),
    "mj-social-element": _set(
        _EVERY + _PADDING + _FONT + "align alt background-color border-radius href icon-height icon-padding "
        "icon-position icon-size name rel sizes src srcset target text-padding title vertical-align"
    ),
}
"""Every MJML tag that may be used, with its attributes. In mj-attributes, mj-all and mj-class take any."""

_IN_COLUMN = ("mj-text", "mj-image", "mj-button", "mj-divider", "mj-spacer", "mj-table", "mj-social", "mj-raw")

CHILDREN: dict[str, tuple[str, ...]] = {
    "mjml": ("mj-head", "mj-body"),
    "mj-head": ("mj-title", "mj-attributes", "mj-style", "mj-breakpoint", "mj-raw"),
    "mj-body": ("mj-section", "mj-wrapper", "mj-hero", "mj-raw"),
    "mj-wrapper": ("mj-section", "mj-hero", "mj-raw"),
    "mj-section": ("mj-column", "mj-group", "mj-raw"),
    "mj-group": ("mj-column", "mj-raw"),
    "mj-column": _IN_COLUMN,
    "mj-hero": _IN_COLUMN,
    "mj-social": ("mj-social-element", "mj-raw"),
}
"""What may stand directly inside each MJML tag."""

HTML_INSIDE = _set("mj-text mj-button mj-table mj-raw mj-title mj-style mj-social-element")
"""MJML tags that hold HTML or text."""

HTML = _set(
    "a b blockquote br code div em h1 h2 h3 h4 h5 h6 hr i img li meta ol p pre s small span strong sub sup table tbody "
    "td tfoot th thead tr u ul"
)
VOID = _set("br hr img meta")

_NO_SCRIPT = "a mail runs no scripts"
_NO_FORM = "link to a page with the form instead"
_NO_FETCH = "a mail loads nothing but its pictures"
FORBIDDEN: dict[str, str] = {
    "script": _NO_SCRIPT,
    "iframe": _NO_FETCH,
    "object": _NO_FETCH,
    "embed": _NO_FETCH,
    "form": _NO_FORM,
    "input": _NO_FORM,
    "button": "use mj-button or a link",
    "link": _NO_FETCH,
    "base": "write absolute links",
    "style": "use mj-style, head.css or inline.css",
    "mj-font": "use system fonts: web fonts are loaded from outside",
    "mj-include": "use Jinja2's include",
    "mj-preview": "use the preheader block: mj-preview costs spam points",
    "mj-html-attributes": "mjml-python cannot read it",
}
"""Tags with the reason why they may not be used."""
