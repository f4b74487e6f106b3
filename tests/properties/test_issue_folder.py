"""An issue that is exported and imported again is the same, whatever its stories say."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC

from hypothesis import given, settings
from hypothesis import strategies as st

from build import issue
from digest.compose.editing import PINNED
from digest.compose.folder import files_of
from digest.compose.packing import pack, unpack
from digest.compose.unfolding import unfold
from digest.model.feeds import Picture
from digest.model.issue import AlsoIn, Event, Headline, IssueContent, Section, Sponsor, StoryItem
from digest.model.stories import Reason, Teaser

HOSTILE = ("+++", "\n+++\n", "\ufeff", "\r\n", "\r", '"""', "'''", "\\", "\x00", "\x7f", "\x85", "\u2028", "\u202e",
           "{{ x }}", "<script>", "../../etc/passwd", "[[stories]]", "key = 1", "#", "\n\n", " ", "=?utf-8?q?x?=",
           "مرحبا", "👩🏽‍🚀", "---\n", "text = 1\n+++")  # fmt: skip
TEXTS = st.lists(st.sampled_from(HOSTILE) | st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
                 max_size=4).map("".join)  # fmt: skip
CATEGORIES = ("privacy", "security", "robotics")
SLUGS = st.lists(st.sampled_from(CATEGORIES), unique=True).map(tuple)
URLS = st.from_regex(r"https?://[a-z]{1,9}\.example/[a-z0-9?&=%/.]{0,20}", fullmatch=True)
IDS = st.from_regex(r"[0-9a-f]{16}", fullmatch=True)
TIMES = st.datetimes(timezones=st.just(UTC))
NUMBERS = st.integers(0, 10**6)
PICTURES = st.none() | st.builds(Picture, URLS, TEXTS, NUMBERS, NUMBERS)
REASONS = st.lists(st.builds(Reason, TEXTS | st.just("pin"), TEXTS) | st.just(PINNED), max_size=3).map(tuple)
TEASERS = st.builds(Teaser, text=TEXTS, sentences=st.lists(TEXTS, max_size=2).map(tuple), reasons=REASONS)
STORIES = st.builds(
    StoryItem, story=IDS, article=IDS, title=TEXTS, url=URLS, outlet=TEXTS, published_at=TIMES, categories=SLUGS,
    teaser=TEASERS, minutes=NUMBERS, also=st.lists(st.builds(AlsoIn, TEXTS, URLS), max_size=2).map(tuple),
    picture=PICTURES, language=TEXTS, score=st.floats(allow_nan=False, allow_infinity=False), reasons=REASONS,
    gathered_at=st.none() | TIMES,
)  # fmt: skip
SPONSORS = st.builds(Sponsor, key=TEXTS, name=TEXTS, title=TEXTS, text=TEXTS, url=URLS, label=TEXTS, picture=PICTURES,
                     after=NUMBERS, categories=SLUGS)  # fmt: skip
EVENTS = st.builds(Event, key=TEXTS, title=TEXTS, text=TEXTS, url=URLS, starts_on=st.dates(), place=TEXTS,
                   ends_on=st.none() | st.dates(), button=TEXTS, after=NUMBERS, categories=SLUGS)  # fmt: skip


@st.composite
def contents(draw: st.DrawFn) -> IssueContent:
    stories = tuple(draw(st.lists(STORIES, max_size=4, unique_by=lambda item: item.story)))
    ids = [item.story for item in stories]
    some = st.lists(st.sampled_from(ids), unique=True).map(tuple) if ids else st.just(())
    headlines = st.none() | st.builds(Headline, TEXTS, some | st.lists(IDS, max_size=1).map(tuple))
    promoted = draw(st.lists(SPONSORS | EVENTS, max_size=2, unique_by=lambda one: one.key))
    slugs = draw(SLUGS)
    return IssueContent(
        stories, tuple(Section(slug, draw(some), draw(NUMBERS), draw(NUMBERS)) for slug in slugs),
        tuple(one for one in promoted if isinstance(one, Sponsor)), tuple(e for e in promoted if isinstance(e, Event)),
        draw(headlines), draw(headlines), draw(headlines), tuple(draw(st.lists(STORIES, max_size=1))),
    )  # fmt: skip


@settings(max_examples=25)
@given(contents())
def test_export_import_export_is_identical(content: IssueContent):
    exported = files_of(issue(content=content))
    unfolded = unfold(exported, CATEGORIES)
    assert unfolded.content == content
    assert files_of(issue(content=unfolded.content)) == exported


@settings(max_examples=25)
@given(contents())
def test_it_survives_editors_that_change_line_ends_and_a_zip(content: IssueContent):
    exported = files_of(issue(content=content))
    touched = {name: b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n") + b"\r\n" for name, data in exported.items()}
    assert unfold(touched, CATEGORIES).content == content
    assert unpack(pack(exported, "weekly-2026-11-24"), "x.zip") == exported


@given(contents())
@settings(max_examples=25)
def test_the_fingerprint_tells_contents_apart(content: IssueContent):
    one, two = (files_of(issue(content=replace(content, subject=Headline(text)))) for text in ("a", "b"))
    assert unfold(one, CATEGORIES).exported != unfold(two, CATEGORIES).exported
