"""Renders pages from templates/web, and says how a page may be used: every answer carries a content policy."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache, lru_cache, partial
from pathlib import Path

from babel.dates import format_date, format_datetime
from fastapi.responses import HTMLResponse
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from digest.config.shipped import shipped
from digest.render.templates import KeptCode
from digest.web.folding import FoldedWords
from digest.web.languages import RIGHT_TO_LEFT
from digest.web.programs import told
from digest.words import locale_of, words

PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' https: data:; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
"""Pages of ours: nothing inline, nothing from elsewhere but pictures."""
EMBEDDED_POLICY = PAGE_POLICY.replace("frame-ancestors 'self'", "frame-ancestors *")
"""The sign-up form within another site's page."""
MAIL_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src https: http: data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
"""A mail shown on the web: its own styles and pictures, no script, no form, an origin of its own."""
LIVE_POLICY = MAIL_POLICY.replace("sandbox ", "sandbox allow-same-origin ")
"""The same where our page about it changes what an edit has changed: still without any script."""


class Pages:
    """The web templates: a project's own folder first, then the shipped one; an environment for each language."""

    def __init__(self, own: Path | None) -> None:
        self._folders = [folder / "web" for folder in (own, shipped("templates")) if folder]
        self._environments: dict[str, Environment] = {}

    def page(
        self, template: str, status: int = 200, policy: str = PAGE_POLICY, language: str = "en", **variables: object
    ) -> HTMLResponse:
        """A page of ours, in a language that there are words for."""
        html = self.part(template, language, **variables)
        return HTMLResponse(html, status, {"Content-Security-Policy": policy, "Cache-Control": "no-store"})

    def part(self, template: str, language: str, **variables: object) -> Markup:
        """The HTML of a template, for a part of a page that is the same for everybody."""
        if language not in self._environments:
            self._environments[language] = _environment(self._folders, language)
        html = self._environments[language].get_template(template).render(variables)
        return Markup(html)  # noqa: S704  # the environment escapes


def _environment(folders: Sequence[Path], language: str) -> Environment:
    """Templates with the words of one language, so that macros are imported once and not for every page."""
    environment = Environment(
        loader=ChoiceLoader([FileSystemLoader(folder) for folder in folders]),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=[FoldedWords],
        bytecode_cache=_code_of(language),
    )
    catalog = words(language)
    environment.globals.update(
        language=language,
        direction="rtl" if language in RIGHT_TO_LEFT else "ltr",
        _=lambda text, **values: catalog.gettext(text) % values,
        so_many=so_many,
        ngettext=lambda one, many, num, **values: catalog.ngettext(one, many, num) % {"num": num, **values},
    )
    environment.filters.update(
        day=partial(written_day, language),
        date=_date,
        weekday=partial(written_weekday, language),
        moment=_moment,
        sentence=sentence,
        told=told,
    )
    return environment


@cache
def _code_of(language: str) -> KeptCode:
    """Words are folded into the code."""
    return KeptCode()


def mail_page(html: str, pictures: bool = True, policy: str = MAIL_POLICY) -> HTMLResponse:
    """A mail as a document of its own that can do nothing; without `pictures` it may not even load those."""
    policy = policy if pictures else policy.replace("img-src https: http: data:", "img-src 'none'")
    return HTMLResponse(html, headers={"Content-Security-Policy": policy, "Cache-Control": "no-store"})


@lru_cache(maxsize=1_000)
def written_day(language: str, day: date) -> str:
    """Written out, as the language has it."""
    return format_date(day, "long", locale_of(language))


@lru_cache(maxsize=1_000)
def written_weekday(language: str, day: date) -> str:
    """The same with its weekday."""
    return format_date(day, "full", locale_of(language))


def _date(value: date) -> str:
    """As the desk writes days: with the day first, like its moments."""
    return format_date(value, "d MMMM yyyy", locale="en")


def _moment(value: datetime | None) -> str:
    return format_datetime(value, "d MMM, HH:mm 'UTC'", locale="en") if value else ""


def so_many(number: int, one: str, many: str) -> str:
    """As the desk writes numbers of things: "1 story", "1,204 stories". Readers' pages have ngettext."""
    return f"{number:,} {one if number == 1 else many}"


def sentence(text: str) -> str:
    """Words of an error as a sentence of their own; nothing stays nothing."""
    text = text[:1].upper() + text[1:]
    return text if not text or text.endswith((".", "!", "?")) else f"{text}."
