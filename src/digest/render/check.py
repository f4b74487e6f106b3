"""Takes the source of a template; raises TemplateError with file and line for what mjml-python would let pass.

Unknown tags and attributes, wrong nesting, unclosed tags, scripts, remote fonts and styles: mrml drops or copies
them in silence. Jinja2 is blanked first, so tags must balance over all branches taken together, and what a macro is
called with is checked as HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from digest.errors import TemplateError
from digest.render.vocabulary import ATTRIBUTES, CHILDREN, FORBIDDEN, HTML, HTML_INSIDE, VOID

_TOKEN = re.compile(r"<!--.*?-->|<(/?)([a-zA-Z][\w:-]*)((?:\"[^\"]*\"|'[^']*'|[^'\"<>])*)>|(<)", re.DOTALL)
_ATTRIBUTE = re.compile(r"([\w:-]+)(?:\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s\"'>]+))?")
_CSS = re.compile(r"@import|@font-face|url\(\s*['\"]?(?:https?:)?//", re.IGNORECASE)
_JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
_CSS_REMEDY = "use system fonts and colours: a mail loads nothing but its pictures"


@dataclass(frozen=True, slots=True)
class _Tag:
    name: str
    attributes: str
    line: int
    closes: bool = False

    @property
    def empty(self) -> bool:
        return self.name in VOID or self.attributes.rstrip().endswith("/")


def check(source: str, name: str, file: str) -> None:
    """Checks one template. `name` as templates call it, `file` for the message. Raises TemplateError."""
    plain = _JINJA.sub(_blank, source)
    _check_css(plain, file)
    if name.endswith(".mjml"):
        _check_tags(plain, file, root="mj-body" if "blocks/" in name else "")


def _blank(match: re.Match[str]) -> str:
    """The same number of lines without Jinja2; a call's body becomes what stands in mj-raw."""
    text = match[0]
    lines = "\n" * text.count("\n")
    word = text[2:].lstrip("-+ \n").split(" ", 1)[0]
    if text.startswith("{%") and word in {"call", "endcall"}:
        return ("<mj-raw>" if word == "call" else "</mj-raw>") + lines
    return ("x" if text.startswith("{{") else "") + lines


def _check_css(plain: str, file: str) -> None:
    found = _CSS.search(plain)
    if found:
        raise TemplateError(_place(file, plain, found.start()), f"{found[0]}: loads from outside", _CSS_REMEDY)


def _check_tags(plain: str, file: str, root: str) -> None:
    stack: list[_Tag] = []
    for tag in _tags(plain, file):
        place = f"{file}:{tag.line}"
        if tag.closes:
            _close(tag, stack, place)
            continue
        _check_name(tag, place)
        _check_place(tag, stack[-1].name if stack else root, place)
        _check_attributes(tag, any(opened.name == "mj-attributes" for opened in stack), place)
        if not tag.empty:
            stack.append(tag)
    if stack:
        raise TemplateError(f"{file}:{stack[-1].line}", f"<{stack[-1].name}> is never closed", "close it")


def _tags(plain: str, file: str) -> Iterator[_Tag]:
    for match in _TOKEN.finditer(plain):
        if match[4]:
            place = _place(file, plain, match.start())
            raise TemplateError(place, "a < that begins no tag", "write &lt;, or close the tag or quote")
        if match[2]:
            line = plain.count("\n", 0, match.start()) + 1
            yield _Tag(match[2].lower(), match[3], line, closes=bool(match[1]))


def _close(tag: _Tag, stack: list[_Tag], place: str) -> None:
    if not stack or stack[-1].name != tag.name:
        opened = f"<{stack[-1].name}> of line {stack[-1].line} is open" if stack else "nothing is open"
        raise TemplateError(place, f"</{tag.name}>, but {opened}", "close tags in the order in which they were opened")
    stack.pop()


def _check_name(tag: _Tag, place: str) -> None:
    if tag.name in FORBIDDEN:
        raise TemplateError(place, f"<{tag.name}> may not stand in a mail", FORBIDDEN[tag.name])
    if tag.name not in ATTRIBUTES and tag.name not in HTML:
        raise TemplateError(place, f"<{tag.name}> is no known tag", _meant(tag.name, [*ATTRIBUTES, *HTML]))


def _check_place(tag: _Tag, parent: str, place: str) -> None:
    if parent in {"", "mj-attributes"}:
        return
    if parent in HTML or parent in HTML_INSIDE:
        if tag.name.startswith("mj"):
            raise TemplateError(place, f"<{tag.name}> inside <{parent}>", f"<{parent}> holds HTML only")
    elif tag.name not in CHILDREN.get(parent, ()):
        remedy = f"<{parent}> may hold: {', '.join(CHILDREN.get(parent, ())) or 'nothing'}"
        raise TemplateError(place, f"<{tag.name}> directly inside <{parent}>", remedy)


def _check_attributes(tag: _Tag, is_default: bool, place: str) -> None:
    known = ATTRIBUTES.get(tag.name)
    for attribute in _ATTRIBUTE.finditer(tag.attributes):
        name, value = attribute[1].lower(), (attribute[2] or "").strip("\"'").strip().lower()
        if name.startswith("on") or value.startswith("javascript:"):
            raise TemplateError(place, f"{name} of <{tag.name}> is a script", "a mail runs no scripts")
        if known is None or (is_default and tag.name in {"mj-all", "mj-class"}):
            continue
        if name not in known:
            raise TemplateError(place, f"<{tag.name}> has no attribute {name}", _meant(name, sorted(known)))


def _meant(name: str, known: list[str]) -> str:
    close = get_close_matches(name, known, n=1)
    return f"did you mean {close[0]}?" if close else "see the MJML documentation"


def _place(file: str, text: str, at: int) -> str:
    return f"{file}:{text.count(chr(10), 0, at) + 1}"
