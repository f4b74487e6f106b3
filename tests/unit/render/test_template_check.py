"""The MJML check: what mjml-python lets pass is an error with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

import press
from digest.config.shipped import shipped
from digest.errors import TemplateError
from digest.render.check import check
from digest.render.templates import Templates

SECTION = "<mj-section>\n<mj-column>\n{}\n</mj-column>\n</mj-section>"


def fault(source: str, name: str = "blocks/x.mjml") -> str:
    """What the check says of a template."""
    with pytest.raises(TemplateError) as raised:
        check(source, name, "x.mjml")
    return str(raised.value)


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        ("<mj-txt>a</mj-txt>", "x.mjml:3: <mj-txt> is no known tag; did you mean mj-text?"),
        ('<mj-text colour="red">a</mj-text>', "x.mjml:3: <mj-text> has no attribute colour; did you mean color?"),
        ("<mj-section></mj-section>", "x.mjml:3: <mj-section> directly inside <mj-column>"),
        ("<p>a</p>", "x.mjml:3: <p> directly inside <mj-column>"),
        ("<mj-text>\n<b>a</mj-text>", "x.mjml:4: </mj-text>, but <b> of line 4 is open"),
        ("<mj-text>a", "x.mjml:4: </mj-column>, but <mj-text> of line 3 is open"),
        ("<mj-raw><script>x</script></mj-raw>", "x.mjml:3: <script> may not stand in a mail; a mail runs no scripts"),
        ('<mj-raw><p onclick="x">a</p></mj-raw>', "x.mjml:3: onclick of <p> is a script"),
        ('<mj-raw><a href="javascript:x">a</a></mj-raw>', "x.mjml:3: href of <a> is a script"),
        ("<mj-text><mj-image /></mj-text>", "x.mjml:3: <mj-image> inside <mj-text>; <mj-text> holds HTML only"),
        ("<mj-text><marquee>a</marquee></mj-text>", "x.mjml:3: <marquee> is no known tag"),
        ("<mj-text>a < b</mj-text>", "x.mjml:3: a < that begins no tag"),
        ('<mj-raw><p style="background:url(https://x.example/a)">a</p></mj-raw>', "loads from outside"),
    ],
)
def test_a_fault_is_named_with_its_line(inside: str, said: str):
    assert said in fault(SECTION.format(inside))


@pytest.mark.parametrize("tag", ["mj-font", "mj-preview", "mj-include", "mj-html-attributes", "link", "style"])
def test_tags_that_load_or_harm_are_refused(tag: str):
    assert f"<{tag}> may not stand in a mail" in fault(f"<mj-raw></mj-raw>\n<{tag}></{tag}>")


@pytest.mark.parametrize("css", ["@import 'x';", "@font-face{}", "a{background:url(//x.example)}"])
def test_styles_that_load_from_outside_are_refused(css: str):
    assert "head.css:2: " in str(_css_fault("a{}\n" + css))


def _css_fault(css: str) -> TemplateError:
    with pytest.raises(TemplateError) as raised:
        check(css, "head.css", "head.css")
    return raised.value


def test_lines_count_past_comments_and_expressions_of_several_lines():
    source = "{# a\nb #}\n{% if x and\ny %}\n<mj-txt></mj-txt>{% endif %}"
    assert fault(source).startswith("x.mjml:5: ")


def test_an_unclosed_section_is_named_where_it_was_opened():
    assert fault("\n<mj-section>") == "x.mjml:2: <mj-section> is never closed; close it"


@pytest.mark.parametrize(
    "path", sorted(p for p in (shipped("templates") / "email").rglob("*.mjml")), ids=lambda p: p.name
)
def test_shipped_templates_pass(path: Path):
    check(path.read_text(encoding="utf-8"), path.as_posix(), str(path))


def test_a_faulty_template_of_a_project_stops_the_compile(tmp_path: Path):
    block = tmp_path / "email" / "blocks" / "footer.mjml"
    block.parent.mkdir(parents=True)
    block.write_text("<mj-section>\n<mj-text>a</mj-text>\n</mj-section>", encoding="utf-8")
    with pytest.raises(TemplateError, match=r"footer\.mjml:2: <mj-text> directly inside <mj-section>"):
        press.compiled(templates=Templates(tmp_path))
