"""An issue as files: what they look like, and what is said of files that cannot be taken."""

from __future__ import annotations

from dataclasses import replace

import pytest

import press as small
from build import at, issue, story_item, teaser
from digest.compose.folder import files_of, fingerprint, stems_of
from digest.compose.parsing import FolderError
from digest.compose.unfolding import unfold
from digest.model.ids import article_id
from digest.model.issue import Headline
from digest.model.stories import TeaserSource

CATEGORIES = ("privacy", "security", "robotics")
ONE = "stories/01-regulator-tells-hospitals-to-stop.md"
DRAFT = small.issue(intro=Headline("Hello *you*.\n\nMore.", (small.stories()[0].story,)))
FILES = files_of(DRAFT)


def changed(name: str, old: str, new: str) -> dict[str, bytes]:
    assert old.encode() in FILES[name]
    return FILES | {name: FILES[name].replace(old.encode(), new.encode(), 1)}


def test_a_person_can_read_and_review_them():
    assert list(FILES)[:2] == ["issue.toml", ONE]
    assert FILES["intro.md"] == b"Hello *you*.\n\nMore.\n"
    assert FILES[ONE].decode().startswith('+++\nid = "1e5e0a920becfac5"\ntitle = "Regulator tells hospitals to stop"\n')
    assert FILES[ONE].endswith(b"\n+++\n\nTeaser 1 says it in one sentence.\n")
    assert '"01-regulator-tells-hospitals-to-stop",\n    "02-the-patch-that-broke-it",' in FILES["issue.toml"].decode()


def test_names_of_files_hold_nothing_that_a_file_system_minds():
    titles = ("../../etc/passwd", "مرحبا", "CON", "a" * 300, "Straße & Café?")
    items = [story_item(number, title=title) for number, title in enumerate(titles, 1)]
    assert list(stems_of(items).values()) == [
        "01-etc-passwd", "02-story", "03-con", f"04-{'a' * 48}", "05-strae-cafe",
    ]  # fmt: skip


def test_a_teaser_that_cannot_stand_alone_is_written_as_toml():
    odd = issue(content=small.content(story_item(1, teaser=teaser("one\r\ntwo\x00"))))
    [name] = [name for name in files_of(odd) if name.startswith("stories/")]
    assert b'text = "one\\r\\ntwo\\u0000"' in files_of(odd)[name]
    assert unfold(files_of(odd), CATEGORIES).content == odd.content


def test_a_story_written_by_hand_needs_little():
    written = """+++
title = "By hand"
url = "https://news.example.com/9"
outlet = "Example"
published_at = 2026-11-24T07:00:00+01:00
+++
The editor says it."""
    listed = changed("issue.toml", '"04-the-hand-that-sews"', '"04-the-hand-that-sews", "05-by-hand"')
    item = unfold(listed | {"stories/05-by-hand.md": written.encode()}, CATEGORIES).content.stories[-1]
    assert item.story == item.article == article_id("https://news.example.com/9")
    assert (item.teaser.text, item.teaser.source) == ("The editor says it.", TeaserSource.EDITOR)
    assert item.published_at == at(-3)


def test_a_pin_is_a_line_in_the_list_of_pins():
    pinned = changed("issue.toml", "format = 1", 'format = 1\npinned = ["02-the-patch-that-broke-it"]')
    content = unfold(pinned, CATEGORIES).content
    assert [reason.rule for reason in content.stories[1].reasons] == ["pin"]
    assert b"pinned = [" in files_of(replace(DRAFT, content=content))["issue.toml"]
    assert unfold(FILES, CATEGORIES).content.stories[1].reasons == ()


def test_the_fingerprint_is_that_of_the_content():
    assert unfold(FILES, CATEGORIES).exported == fingerprint(DRAFT)
    assert fingerprint(DRAFT) != fingerprint(small.issue())


BAD = [
    (ONE, "minutes", "minuts", ":8: minuts: unknown key; did you mean minutes?"),
    (ONE, "alt =", "alts =", ":12: picture.alts: unknown key"),
    (ONE, '"description"', '"descripton"', ":17: teaser.source: should be 'description'"),
    (ONE, "minutes = 6", "minutes = six", ":8: is no TOML"),
    (ONE, "https://news", "javascript://news", ":4: url: 'javascript://news.example.com/1' is no http address"),
    (ONE, "https://pictures", "file://pictures", ":11: picture.url: 'file:"),
    (ONE, "07:00:00Z", "07:00:00", ":6: published_at: says no time zone"),
    (ONE, '["privacy"]', '["privcy"]', ":7: categories: category privcy is not configured; did you mean privacy?"),
    (ONE, "+++\n\nTeaser", "\nTeaser", ":1: has no facts between two lines of +++"),
    (ONE, "source =", 'text = "x"\nsource =', ":17: teaser.text: the file says the teaser twice"),
    (ONE, "Teaser 1", "\udcff", ""),
    (ONE, '"1e5e0a920becfac5"', '"6cfe5954da1314a3"', "is the same story as 01-"),
    (ONE, '"1e5e0a920becfac5"', '"../x"', "id: must be 16 of 0-9 and a-f"),
    (ONE, "title =", "titel =", "title: is missing; add it"),
    ("issue.toml", '"02-the-patch-that-broke-it"', '"02-patch"', "no. 1: stories: there is no stories/02-patch"),
    ("issue.toml", '["04-the-hand-that-sews"]', "[4]", "is no list of stories"),
    ("issue.toml", '["04-the-hand-that-sews"]', '["04-the-hand-that-sews", "04-the-hand-that-sews"]', "here twice"),
    ("issue.toml", '"robotics"', '"privacy"', "privacy has a section already; join the two"),
    ("issue.toml", "[[events]]", "[[event]]", "event: unknown key; did you mean events?"),
    ("issue.toml", "2027-03-02", '"soon"', "events no. 1: starts_on: should be a valid date"),
    ("issue.toml", '"summit"', '"acme"', "events no. 1: key: acme is there already"),
    ("issue.toml", "format = 1", "format = 2", "format: must be 1; export the issue anew"),
    ("issue.toml", "[intro]", '[intro]\ntext = "x"', "intro.text: intro.md says it too"),
    ("issue.toml", "[[sections]]", "[[sections]]\nmost = -1", "left_out and most cannot be less than 0"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "said"), BAD)
def test_errors_name_the_file_the_line_and_the_next_step(name: str, old: str, new: str, said: str):
    files = FILES | {name: FILES[name].replace(old.encode(), new.encode("utf-8", "surrogateescape"), 1)}
    assert files[name] != FILES[name]
    with pytest.raises(FolderError) as raised:
        unfold(files, CATEGORIES)
    assert said in str(raised.value)
    assert raised.value.place.partition(":")[0] in FILES


def test_what_holds_no_issue_is_refused():
    with pytest.raises(FolderError, match=r"issue\.toml: is not there"):
        unfold({}, CATEGORIES)
    for text in (
        "sections = 3",
        "subject = 3",
        "intro = 3",
        "sponsors = 3",
        "pinned = 3",
        "sections = [3]",
        "x = " + "[" * 5000,
    ):
        with pytest.raises(FolderError):
            unfold({"issue.toml": f'format = 1\nissue = "a"\n{text}'.encode()}, CATEGORIES)
