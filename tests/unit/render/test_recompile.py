"""Compiling again after an edit gives the very bytes of compiling anew, and renders only what changed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace

import pytest

import build
import press
from digest.errors import TemplateError
from digest.model.issue import Headline, Issue, IssueContent
from digest.render.compile import compile_issue
from digest.render.recompile import Recompiler
from digest.render.templates import Templates

CLICKS = "https://press.example.com/c/weekly"


def again(recompiler: Recompiler, of: Issue, templates: Templates = press.TEMPLATES, clicks: str = "", **fields):
    """The recompiled issue, which equals one compiled anew."""
    given = (of, press.newsletter(**fields), press.CATEGORIES, press.SITE, templates, "", clicks)
    made, anew = recompiler.compile(*given), compile_issue(*given)
    assert list(made.fragments) == list(anew.fragments)
    assert {k for k in anew.fragments if made.fragments[k] != anew.fragments[k]} == set()
    return made


def edits(content: IssueContent, chance: random.Random) -> Iterator[IssueContent]:
    """The content after one more edit, each time."""
    for number in range(6):
        items = list(content.stories)
        at = chance.randrange(len(items))
        match number:
            case 0:
                items[at] = replace(items[at], title=f"Another “title” & number {number}")
            case 1:
                items[at] = replace(items[at], teaser=build.teaser("Other words, and more of them."), picture=None)
            case 2:
                gone = items.pop(at).story
                sections = (replace(s, stories=tuple(x for x in s.stories if x != gone)) for s in content.sections)
                content = replace(content, sections=tuple(sections))
            case 3:
                sections = (replace(s, stories=s.stories[::-1]) for s in reversed(content.sections))
                content = replace(content, sections=tuple(sections))
            case 4:
                content = replace(content, sponsors=(), intro=Headline("Hello *you*, {count} stories", ()))
            case 5:
                items[at] = replace(items[at], url="https://elsewhere.example.com/", also=())
        content = replace(content, stories=tuple(items))
        yield content


def test_counted_links_are_as_when_compiled_anew():
    recompiler, of = Recompiler("secret"), press.issue()
    for content in edits(of.content, random.Random(1)):
        made = again(recompiler, replace(of, content=content), clicks=CLICKS)
        assert any(CLICKS.encode() in str(f.html).encode() for f in made.fragments.values())
    again(recompiler, of)


@pytest.mark.parametrize("theme", press.THEMES)
def test_every_edit_gives_the_bytes_of_compiling_anew(theme):
    recompiler, of = Recompiler("secret"), press.issue()
    again(recompiler, of, theme=theme)
    for content in edits(of.content, random.Random(theme)):
        again(recompiler, replace(of, content=content), theme=theme)
    again(recompiler, of, theme=theme)


def test_settings_that_all_blocks_share_show_in_all_blocks():
    recompiler, of = Recompiler("secret"), press.issue()
    again(recompiler, of)
    again(recompiler, of, name="Another name", accent="#aa0000")
    again(recompiler, of, language="ar")
    again(recompiler, replace(of, revision=2))


def test_a_template_that_changed_shows_and_a_broken_one_leaves_what_was_kept(tmp_path):
    own = tmp_path / "email" / "blocks"
    own.mkdir(parents=True)
    recompiler, of = Recompiler("secret"), press.issue()
    before = again(recompiler, of)
    (own / "header.mjml").write_text(
        "<mj-section><mj-column><mj-text>{{ newsletter.name }}!</mj-text></mj-column></mj-section>"
    )
    after = again(recompiler, of, Templates(tmp_path))
    changed = {key for key in after.fragments if after.fragments[key] is not before.fragments[key]}
    assert "header" in changed
    assert not any(key.startswith(("teaser", "footer")) for key in changed)
    (own / "header.mjml").write_text("\n{% if %}")
    with pytest.raises(TemplateError, match=r"header\.mjml:2"):
        recompiler.compile(of, press.newsletter(), press.CATEGORIES, press.SITE, Templates(tmp_path))
    (own / "header.mjml").unlink()
    again(recompiler, of, Templates(tmp_path))


def test_only_the_blocks_of_an_edited_story_are_made_anew():
    recompiler, of = Recompiler("secret"), press.issue()
    before = again(recompiler, of)
    first, *others = of.content.stories
    told = replace(of.content, stories=(replace(first, title="Another"), *others))
    after = again(recompiler, replace(of, content=told))
    changed = {key for key in after.fragments if after.fragments[key] is not before.fragments[key]}
    assert changed == {key for key in after.fragments if first.story in key}
