"""Takes the templates in force; gives every fault of them that can be found before an issue is made of them.

Each file by itself (Jinja2 syntax, our MJML check), each theme's tokens and contrasts, each file that no block uses,
and a whole sample issue in each theme, from left to right and from right to left. Changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import PurePosixPath

from digest.config.places import key_lines
from digest.errors import TemplateError
from digest.render.blocks import superset
from digest.render.compile import compile_issue
from digest.render.sample import SAMPLE_CATEGORIES, SAMPLE_SITE, sample_issue, sample_newsletter
from digest.render.templates import Templates
from digest.render.theme import Theme, contrast, load_theme
from digest.words import words

_AA = 4.5
_SINGLE = ("confirm", "known", "link", "welcome", "new-address", "old-address", "erase", "draft")


def faults(templates: Templates) -> list[TemplateError]:
    """All faults, each once, in the order of the files."""
    found = [*_files(templates), *_unused(templates), *_single_mails(templates)]
    for theme in templates.themes():
        found += _theme(templates, theme)
    return list({str(fault): fault for fault in found}.values())


def _files(templates: Templates) -> Iterator[TemplateError]:
    for name in templates.names():
        try:
            templates.load(name)
        except TemplateError as fault:
            yield fault


def _unused(templates: Templates) -> Iterator[TemplateError]:
    """Files where blocks are looked for, with the name of none."""
    known = {block.template for block in superset(sample_issue().content, SAMPLE_CATEGORIES)}
    for name in templates.names():
        path = PurePosixPath(name)
        if path.parent.name in {"blocks", "text"} and path.suffix in {".mjml", ".txt"} and path.stem not in known:
            close = get_close_matches(path.stem, sorted(known), 1)
            remedy = f"did you mean {close[0]}?" if close else f"blocks are: {', '.join(sorted(known))}"
            yield TemplateError(f"{templates.file(name)}:1", "no block has this name, so nothing uses it", remedy)


def _single_mails(templates: Templates) -> Iterator[TemplateError]:
    values = {
        "name": "Ada", "newsletter": sample_newsletter("editorial", "en"), "site": SAMPLE_SITE,
        "link": SAMPLE_SITE.url, "subject": "Confirm", "catalog": words("en"),
        "title": "Weekly", "silence": "It waits.", "stories": ["A story"], "more": 1,
    }  # fmt: skip
    for name in (f"single/{mail}.{part}" for mail in _SINGLE for part in ("html", "txt")):
        try:
            templates.render(name, values)
        except TemplateError as fault:
            yield fault


def _theme(templates: Templates, name: str) -> Iterator[TemplateError]:
    try:
        yield from _contrasts(load_theme(templates, name), templates)
        for language in ("en", "ar"):
            newsletter = sample_newsletter(name, language)
            compile_issue(sample_issue(), newsletter, SAMPLE_CATEGORIES, SAMPLE_SITE, templates)
    except TemplateError as fault:
        yield fault


def _contrasts(theme: Theme, templates: Templates) -> Iterator[TemplateError]:
    file = f"themes/{theme.name}/theme.toml"
    lines = key_lines(templates.source(file))
    for scheme, palette in (("light", theme.light), ("dark", theme.dark)):
        for text in ("ink", "muted"):
            for ground in ("page", "surface"):
                ratio = contrast(getattr(palette, text), getattr(palette, ground))
                if ratio < _AA:
                    problem = f"[{scheme}] {text} on {ground} has a contrast of {ratio:.1f}:1"
                    place = f"{templates.file(file)}:{lines[scheme, text]}"
                    yield TemplateError(place, problem, f"make it at least {_AA}:1")
