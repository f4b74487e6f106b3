"""Compiling: the fragments there are, and what their bytes promise."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import build
import press
from digest.errors import TemplateError
from digest.model.edition import Escape, Slot
from digest.model.feeds import Picture
from digest.render.templates import Templates


def test_every_block_that_an_edition_could_use_has_a_fragment():
    one, two, three, four = (item.story for item in press.stories())
    told = [f"{one}:privacy", f"{two}:privacy", f"{two}:security", f"{three}:security", f"{four}:robotics"]
    expected = {"head", "tail", "preheader", "header", "intro", "contents", "view-all", "view-all:more"}
    expected |= {"stay-informed", "explore-more", "footer", "sponsor:acme", "event:summit"}
    expected |= {f"{kind}:{of}" for kind in ("lead", "teaser") for of in told}
    expected |= {f"{kind}:{c.slug}" for kind in ("contents", "heading", "explore") for c in press.CATEGORIES}
    keys = list(press.compiled().fragments)
    assert set(keys) == expected
    assert (keys[0], keys[-1]) == ("head", "tail")


@pytest.mark.parametrize("theme", press.THEMES)
def test_wire_lines_are_short_end_in_crlf_and_never_begin_with_a_dot(theme: str):
    whole = press.compiled(theme=theme)
    for fragment in whole.fragments.values():
        for part in (fragment.html, fragment.text):
            wire = b"".join(piece if isinstance(piece, bytes) else b"=\r\nx=\r\n" for piece in part)
            assert not wire or wire.endswith(b"\r\n")
            assert all(len(line) <= 76 and not line.startswith(b".") for line in wire.split(b"\r\n"))


def test_the_size_of_a_fragment_is_its_decoded_html_without_slots():
    whole = press.compiled()
    empty = dict.fromkeys([*press.VALUES, *press.PERSONAL], "")
    for key, fragment in whole.fragments.items():
        html, _ = press.read(whole, [key], empty | {"intro": ""})
        personal = sum(len(press.PERSONAL[s.name].encode()) + press.PERSONAL[s.name].count("&") * 4
                       for s in fragment.html if isinstance(s, Slot) and s.name in press.PERSONAL)  # fmt: skip
        assert fragment.html_size == len(html.encode()) - personal, key


def test_same_rows_give_the_same_bytes():
    assert press.compiled() == press.compiled(templates=Templates())


def test_another_process_gives_the_same_bytes():
    """Nothing hangs on the order of a set or on memory addresses."""
    script = "import hashlib, press; print(hashlib.sha256(repr(press.compiled()).encode()).hexdigest())"
    environment = os.environ | {"PYTHONHASHSEED": "7", "PYTHONPATH": str(Path(press.__file__).parent)}
    there = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert there.stdout.strip() == hashlib.sha256(repr(press.compiled()).encode()).hexdigest()


@pytest.mark.parametrize("theme", press.THEMES)
def test_the_head_says_language_direction_title_and_both_colour_schemes(theme: str):
    head = press.html_of(press.compiled(theme=theme), "head")
    assert head.startswith("<!doctype html>")
    assert '<html lang="en" dir="ltr"' in head
    assert "<title>The Example Weekly, Tuesday, November 24, 2026</title>" in head
    assert '<meta name="color-scheme" content="light dark">' in head
    assert "prefers-color-scheme:dark" in head
    assert "[data-ogsc]" in head
    assert 'role="article"' in head


@pytest.mark.parametrize("theme", press.THEMES)
def test_gmail_keeps_the_styles(theme: str):
    """Gmail drops all of them over 16,384 characters, or when an at-rule stands in an at-rule."""
    html, _ = press.read(press.compiled(theme=theme))
    sheets = re.findall(r"<style[^>]*>(.*?)</style>", html, re.DOTALL)
    assert 0 < sum(map(len, sheets)) < 16_384
    assert not any(re.search(r"@[^{}]*\{[^{}]*(?:\{[^{}]*\}[^{}]*)*@", sheet) for sheet in sheets)


@pytest.mark.parametrize("theme", press.THEMES)
def test_a_mail_loads_nothing_but_its_pictures(theme: str):
    html, _ = press.read(press.compiled(theme=theme))
    assert not re.search(r"<(script|link|iframe|form)\b|@import|@font-face|url\(|fonts\.g", html)
    assert {re.split("[/:]+", url)[1] for url in re.findall(r'src="([^"]*)"', html)} <= {"pictures.example.com"}


@pytest.mark.parametrize(("theme", "number"), [("card", 25), ("editorial", 20)])
def test_a_full_issue_stays_under_gmails_clip(theme: str, number: int):
    """25 two-column teasers, or 20 with the picture above, with everything else that an edition can have."""
    whole = press.compiled(press.many(number), theme=theme)
    keys = [key for key in whole.fragments if not key.startswith("lead:") and key != "view-all"]
    html, _ = press.read(whole, keys, press.VALUES | dict.fromkeys((f"count:{c}" for c in "x"), "1")
                         | {f"count:{k.split(':')[1]}": "4" for k in keys if k.startswith("contents:")})  # fmt: skip
    assert sum(key.startswith("teaser:") for key in keys) == number
    assert len(html.encode()) < 100_000


HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(1)> {{ 7*7 }} {{ slot("more") }} \x00\x07\x1b \ud800 ]]>'


@pytest.mark.parametrize("theme", press.THEMES)
def test_text_from_outside_stays_text(theme: str):
    item = build.story_item(1, title=HOSTILE, outlet=HOSTILE, teaser=build.teaser(HOSTILE),
                            picture=Picture("https://p.example/a.jpg", HOSTILE))  # fmt: skip
    whole = press.compiled(press.issue(item), theme=theme)
    html, text = press.read(whole)
    tags = re.sub(r'="[^"]*"|=\'[^\']*\'', "", " ".join(re.findall(r"<[a-zA-Z](?:\"[^\"]*\"|'[^']*'|[^'\">])*>", html)))
    assert "<script" not in tags
    assert "onerror" not in tags
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "{{ 7*7 }}" in html.replace("\u00a0", " ")
    assert "\x00" not in html + text
    assert not any(isinstance(p, Slot) for p in whole.fragments[f"teaser:{item.story}:privacy"].html)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", " java\nscript:alert(1)", "//evil.example", "", "http://[bad"]
)
def test_a_link_that_is_no_web_address_leads_nowhere(url: str):
    whole = press.compiled(press.issue(build.story_item(1, url=url, picture=Picture(url))))
    html = press.html_of(whole, f"teaser:{build.story_item(1).story}:privacy")
    assert re.findall(r'href="([^"]*)"', html) == ["#"]
    assert "<img" not in html


def test_a_quote_in_a_url_does_not_end_the_attribute():
    whole = press.compiled(press.issue(build.story_item(1, url='https://n.example/a"onmouseover="x?q=ä&b=<c>')))
    html = press.html_of(whole, f"teaser:{build.story_item(1).story}:privacy")
    assert 'href="https://n.example/a%22onmouseover=%22x?q=%C3%A4&amp;b=%3Cc%3E"' in html


def test_alternative_text_survives_mrml_whatever_it_holds():
    """mrml prints attributes as Rust literals: without the guard, a no-break space came out as \\u{a0}."""
    alt = "a\u00a0b é \\ c \u0301 \u200f 'q' “x”"
    picture = Picture("https://p.example/a.jpg", alt)
    whole = press.compiled(press.issue(build.story_item(1, picture=picture)))
    html = press.html_of(whole, f"teaser:{build.story_item(1).story}:privacy")
    assert "\\u{" not in html
    assert "é \\ c \u0301 \u200f ‘q’ “x”" in html


def test_each_story_carries_the_name_of_the_category_it_is_told_under():
    whole = press.compiled()
    first, second = (item.story for item in press.stories()[:2])
    assert "Privacy</p>" in press.html_of(whole, f"lead:{first}:privacy")
    assert "Security &amp; Safety</p>" in press.html_of(whole, f"lead:{second}:security")


def test_only_the_view_all_button_with_a_number_has_a_slot():
    fragments = press.compiled().fragments
    assert Slot("more", Escape.HTML) in fragments["view-all:more"].html
    assert not any(isinstance(piece, Slot) for piece in fragments["view-all"].html)


def test_links_of_the_reader_are_slots_in_urls():
    html = press.compiled().fragments["footer"].html
    assert Slot("unsubscribe_url", Escape.URL) in html
    assert Slot("preferences_url", Escape.URL) in html


def test_the_compact_theme_has_no_pictures():
    html, _ = press.read(press.compiled(theme="compact"))
    assert "<img" not in html


@pytest.mark.parametrize("theme", press.THEMES)
def test_every_picture_has_alternative_text_and_every_table_of_the_layout_says_so(theme: str):
    html, _ = press.read(press.compiled(theme=theme))
    shown = re.sub(r"<!--.*?-->", "", html, flags=re.DOTALL)
    assert all(re.search(r'alt="[^"]', image) for image in re.findall(r"<img[^>]*>", shown))
    assert all('role="presentation"' in table for table in re.findall(r"<table[^>]*>", shown))


@pytest.mark.parametrize("theme", press.THEMES)
def test_right_to_left_reaches_document_sections_and_cells(theme: str):
    whole = press.compiled(theme=theme, direction="rtl", language="ar")
    html, _ = press.read(whole)
    assert '<html lang="ar" dir="rtl"' in html
    assert "direction:ltr" not in html
    cells = re.findall(r'<tr><td class="cell[^>]*>', html)
    assert cells
    assert not any("text-align:left" in cell for cell in cells)


def test_there_is_one_first_heading_and_no_level_is_skipped():
    html, _ = press.read(press.compiled())
    levels = [int(level) for level in re.findall(r"<h(\d)", html)]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in zip([0, *levels], levels, strict=False))


def test_a_picture_without_a_size_is_shown_without_one():
    item = replace(build.story_item(1), picture=Picture("https://p.example/a.jpg"))
    html = press.html_of(press.compiled(press.issue(item)), f"teaser:{item.story}:privacy")
    assert " height=" not in html


def test_an_issue_without_stories_still_compiles():
    empty = press.content(build.story_item(1))
    whole = press.compiled(replace(press.issue(), content=replace(empty, stories=(), sections=())))
    assert "footer" in whole.fragments


def own(folder: Path, name: str, text: str) -> Templates:
    """Templates of a project that overrides one file."""
    path = folder / "email" / name
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    return Templates(folder)


def test_a_project_overrides_single_files(tmp_path: Path):
    section = "<mj-section><mj-column><mj-text>Mine: {{ site.name }}</mj-text></mj-column></mj-section>"
    whole = press.compiled(templates=own(tmp_path, "blocks/footer.mjml", section))
    assert "Mine: Example Press" in press.html_of(whole, "footer")
    assert "View online" in press.html_of(whole, "header")


def test_an_unknown_name_in_a_template_is_reported_with_file_and_line(tmp_path: Path):
    templates = own(tmp_path, "blocks/footer.mjml", "<mj-raw>\n<p>{{ sight.name }}</p></mj-raw>")
    with pytest.raises(TemplateError, match=r"blocks/footer\.mjml:2: 'sight' is undefined"):
        press.compiled(templates=templates)


def test_a_syntax_error_is_reported_with_file_and_line(tmp_path: Path):
    templates = own(tmp_path, "text/footer.txt", "\n\n{% if %}")
    with pytest.raises(TemplateError, match=r"text/footer\.txt:3: "):
        press.compiled(templates=templates)


def test_a_text_slot_inside_a_tag_is_refused(tmp_path: Path):
    templates = own(tmp_path, "blocks/footer.mjml", '<mj-raw><p title="{{ slot("subject") }}">x</p></mj-raw>')
    with pytest.raises(TemplateError, match="inside a tag"):
        press.compiled(templates=templates)


def test_an_unknown_theme_is_reported_with_the_folders_searched():
    with pytest.raises(TemplateError, match=r"themes/rococo/theme\.toml.*no such template"):
        press.compiled(theme="rococo")


def test_a_wrong_token_of_a_theme_is_reported(tmp_path: Path):
    templates = own(tmp_path, "themes/editorial/theme.toml", "pictures = 'everywhere'")
    with pytest.raises(TemplateError, match=r"theme\.toml:0: "):
        press.compiled(templates=templates)


def test_a_story_in_another_language_says_so():
    item = build.story_item(1, language="de")
    html = press.html_of(press.compiled(press.issue(item)), f"teaser:{item.story}:privacy")
    assert '<h3 class="title" lang="de" dir="auto"' in html
    assert 'lang="' not in press.html_of(press.compiled(), f"teaser:{item.story}:privacy")
