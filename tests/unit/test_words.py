"""Catalogs: complete, compiled, with the same placeholders; unknown languages are told in English."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from digest.config.publication import NewsletterSettings, SenderSettings
from digest.words import CATALOGS, LANGUAGES, locale_of, words

ROOT = Path(__file__).resolve().parents[2]
TRANSLATED = [language for language in LANGUAGES if language != "en"]


def catalog(language: str) -> Catalog:
    """The source of a catalog."""
    with (CATALOGS / language / "LC_MESSAGES" / "digest.po").open("rb") as file:
        return read_po(file, locale=language)


@pytest.fixture(scope="module")
def said() -> set[object]:
    """Every message that templates and code ask for."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    found: set[object] = set()
    keywords = DEFAULT_KEYWORDS | {"say": None}
    for folder in ("src/digest/compose", "src/digest/render", "src/digest/web/reader", "templates/email",
                   "templates/web"):  # fmt: skip
        mapping = [(pattern.removeprefix(f"{folder}/"), method) for pattern, method in methods
                   if pattern.startswith(folder)]  # fmt: skip
        own = {pattern.removeprefix(f"{folder}/"): option for pattern, option in options.items()}
        found |= {message for _, _, message, _, _ in extract_from_dir(ROOT / folder, mapping, own, keywords)}
    return found


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalog_says_everything_and_nothing_else(language: str, said: set[object]):
    """Run `make words` after a change of what mails say, and translate what is new."""
    there = {message.id for message in catalog(language) if message.id}
    assert there == said
    assert len(said) > 30


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_message_is_translated_and_sure(language: str):
    for message in filter(lambda message: message.id, catalog(language)):
        assert not message.fuzzy, message.id
        assert all(forms(message)), message.id


def forms(message: Message) -> tuple[str, ...]:
    """All that a message can become."""
    return message.string if isinstance(message.string, tuple) else (message.string,)


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_have_the_placeholders_of_the_original(language: str):
    """A plural form for one or two may leave the number out."""
    for message in catalog(language):
        original = " ".join(message.id) if isinstance(message.id, tuple) else message.id
        for form in forms(message) if message.id else ():
            missing = placeholders(original) ^ placeholders(form)
            assert not missing or (message.pluralizable and missing == {"num"}), form


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"%\((\w+)\)[sd]", text))


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_compiled_catalog_is_that_of_its_source(language: str):
    made = io.BytesIO()
    write_mo(made, catalog(language))
    compiled = (CATALOGS / language / "LC_MESSAGES" / "digest.mo").read_bytes()
    assert compiled == made.getvalue(), "run: make words"


@pytest.mark.parametrize(
    ("tag", "archive"), [("de", "Archiv"), ("de-CH", "Archiv"), ("nl", "Archive"), ("?", "Archive")]
)
def test_a_language_is_found_by_its_tag_and_english_stands_in(tag: str, archive: str):
    assert words(tag).gettext("Archive") == archive


@pytest.mark.parametrize(
    ("tag", "locale"), [("en", "en"), ("pt-BR", "pt_BR"), ("de-1996", "de"), ("??", "en"), ("", "en")]
)
def test_dates_are_written_as_the_language_does_or_as_in_english(tag: str, locale: str):
    assert str(locale_of(tag)) == locale


@pytest.mark.parametrize(("tag", "direction"), [("en", "ltr"), ("ar", "rtl"), ("he-IL", "rtl"), ("de", "ltr")])
def test_the_direction_of_a_newsletter_is_that_of_its_language(tag: str, direction: str):
    sender = SenderSettings(name="Weekly", address="weekly@example.org")
    assert NewsletterSettings(slug="weekly", name="Weekly", sender=sender, language=tag).direction == direction
