"""Takes a page; gives which features of HTML and CSS it uses and where, by the names of caniemail.com. Pure.

What a feature looks like follows from its title in the tables ("display:flex", "<form> element", "vw unit").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from lxml.html import HtmlElement

from digest.preflight.css import Declaration, StyleRule, declarations
from digest.preflight.proof import Page, name_of
from digest.preflight.support import table

_SEMANTIC = (
    "article", "aside", "details", "figcaption", "figure", "footer", "header", "main", "mark", "nav", "section",
    "summary", "time",
)  # fmt: skip
_NAMED_ELEMENTS: Mapping[str, tuple[str, ...]] = {
    "html-address": ("address",), "html-svg": ("svg",), "html-image-maps": ("map",), "html-lists": ("ul", "ol", "dl"),
    "html-h1-h6": ("h1", "h2", "h3", "h4", "h5", "h6"), "html-semantics": _SEMANTIC,
}  # fmt: skip
_FORMATS = {"jpeg": "jpg", "tif": "tiff", "heic": "heif"}
_PROPERTY = re.compile(r"-?[a-z]+(?:-[a-z]+)*")
_FUNCTION = re.compile(r"([a-z-]+)\(")
_UNIT = re.compile(r"(?<![\w#])-?(?:\d+\.?\d*|\.\d+)([a-z%]+)", re.IGNORECASE)
_PSEUDO = re.compile(r"::?[a-z-]+")


@dataclass(frozen=True, slots=True)
class Use:
    """A feature that is used, and the first place of it in a block."""

    feature: str
    block: str
    place: str
    optional: bool = False
    """Within an at-rule: an extra for those who understand it."""


@dataclass(frozen=True, slots=True)
class Detectors:
    """What stands for a feature: text to look up, slugs found."""

    properties: dict[str, list[str]] = field(default_factory=dict)
    pairs: dict[tuple[str, str], str] = field(default_factory=dict)
    functions: dict[str, str] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    pseudos: dict[str, str] = field(default_factory=dict)
    at_rules: dict[str, str] = field(default_factory=dict)
    elements: dict[str, list[str]] = field(default_factory=dict)
    inputs: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, str] = field(default_factory=dict)
    formats: dict[str, str] = field(default_factory=dict)


def uses(page: Page) -> Iterator[Use]:
    """Every feature that the page uses, once for each block."""
    seen: set[tuple[str, str]] = set()
    for element in page.elements():
        block = page.block_of(element)
        for feature in _of_element(element):
            if (feature, block) not in seen:
                seen.add((feature, block))
                yield Use(feature, block, name_of(element))
    sheet = next(page.elements("style"), None)
    head = page.block_of(sheet) if sheet is not None else ""
    for feature, optional in sorted(_of_styles(page).items()):
        if (feature, head) not in seen:
            yield Use(feature, head, "<style>", optional)


@cache
def detectors() -> Detectors:
    """Made of the titles in the tables."""
    made = Detectors()
    for slug, feature in table().features.items():
        if slug.startswith("css-"):
            _learn_css(made, slug, feature.title)
        elif slug.startswith("html-"):
            _learn_html(made, slug, feature.title)
        else:
            made.formats[slug.removeprefix("image-")] = slug
    return made


def _learn_css(made: Detectors, slug: str, title: str) -> None:
    if title.endswith(" unit"):
        made.units[title.removesuffix(" unit")] = slug
    elif title.startswith("@"):
        made.at_rules.update({part.strip().lower(): slug for part in title.split(", ")})
    elif title.startswith(":"):
        made.pseudos[title] = slug
    elif pair := re.fullmatch(r"([a-z-]+):\s?([a-z]+)", title):
        made.pairs[pair[1], pair[2]] = slug
    elif "()" in title:
        made.functions.update(dict.fromkeys(re.findall(r"([a-z-]+)\(\)", title), slug))
    else:
        _learn_properties(made, slug, title)


def _learn_properties(made: Detectors, slug: str, title: str) -> None:
    plain = re.sub(r" (?:shorthand|property|properties|CSS property)$", "", title)
    for name in re.split(r", | & ", plain):
        if _PROPERTY.fullmatch(name) and "selector" not in slug:
            made.properties.setdefault(name, []).append(slug)


def _learn_html(made: Detectors, slug: str, title: str) -> None:
    for tag in _NAMED_ELEMENTS.get(slug, ()):
        made.elements.setdefault(tag, []).append(slug)
    if typed := re.match(r"<(\w+) type=\"(\w+)\">", title):
        made.inputs[f"{typed[1]}:{typed[2]}"] = slug
    elif tag_only := re.match(r"<(\w+)>", title):
        made.elements.setdefault(tag_only[1], []).append(slug)
    elif title.endswith(("attribute", "attributes")):
        names = re.sub(r" attributes?$", "", title).split(" and ")
        made.attributes.update(dict.fromkeys(names, slug))


def _of_element(element: HtmlElement) -> Iterator[str]:
    made, tag = detectors(), str(element.tag).lower()
    yield from features_of_tag(tag)
    if typed := made.inputs.get(f"{tag}:{(element.get('type') or '').lower()}"):
        yield typed
    yield from (made.attributes[str(name)] for name in element.attrib if str(name) in made.attributes)
    for source in (element.get("src"), *_candidates(element.get("srcset"))):
        yield from _format(source or "")
    declared = declarations(element.get("style") or "")
    if not any(d.name == "display" and d.value == "none" for d in declared):
        for declaration in declared:
            yield from features_of_declaration(declaration)


def _of_styles(page: Page) -> dict[str, bool]:
    """Features of the style elements, and whether they stand only within at-rules."""
    used: dict[str, bool] = {}
    for rule in page.styles:
        optional = bool(rule.within)
        for slug in _of_rule(rule):
            used[slug] = optional and used.get(slug, True)
    return used


def features_of_tag(tag: str) -> Sequence[str]:
    """Of an element's name."""
    return detectors().elements.get(tag, ())


def features_of_pseudos(selector: str) -> Iterator[str]:
    """Of the pseudo-classes and -elements of a selector."""
    pseudos = detectors().pseudos
    return (pseudos[pseudo] for pseudo in _PSEUDO.findall(selector) if pseudo in pseudos)


def _of_rule(rule: StyleRule) -> Iterator[str]:
    for at in rule.within:
        yield from features_of_at_rule(at)
    for selector in rule.selectors:
        yield from features_of_pseudos(selector)
    for declaration in rule.declarations:
        yield from features_of_declaration(declaration)


def features_of_at_rule(at: str) -> Iterator[str]:
    """Of one at-rule, as it stands before its brace."""
    asked = re.sub(r"\s+", " ", at.lower())
    for title, slug in detectors().at_rules.items():
        name, _, condition = title.partition(" ")
        if asked.startswith(name) and condition.strip("()") in asked:
            yield slug


def features_of_declaration(declaration: Declaration) -> Iterator[str]:
    """Of one declaration; those for one maker's programs are none."""
    made, name, value = detectors(), declaration.name, declaration.value.lower()
    if name.startswith(("mso-", "-ms-", "-webkit-")):
        return
    yield from made.properties.get(name, ())
    if paired := made.pairs.get((name, value)):
        yield paired
    if name.startswith("--"):
        yield "css-variables"
    yield from (made.functions[f] for f in _FUNCTION.findall(value) if f in made.functions)
    yield from (made.units[u.lower()] for u in _UNIT.findall(value) if u.lower() in made.units)
    for url in re.findall(r"url\(\s*['\"]?([^'\")]+)", declaration.value):
        yield from _format(url)


def _format(url: str) -> Iterator[str]:
    """The picture's format, by the end of its path."""
    if url.startswith("data:"):
        yield "image-base64"
        return
    end = re.split(r"[?#]", url, maxsplit=1)[0].rpartition(".")[2].lower()
    slug = detectors().formats.get(_FORMATS.get(end, end))
    if slug:
        yield slug


def _candidates(srcset: str | None) -> list[str]:
    return [words[0] for part in (srcset or "").split(",") if (words := part.split())]
