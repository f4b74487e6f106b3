"""Why an article is in an issue or an edition: the reasons that `digest why` gives."""

from __future__ import annotations

from dataclasses import replace

import pytest

from build import article, at, content, edition, issue, slugs, story_item
from digest.compose.drawing import Draw
from digest.compose.explain import explain_edition, explain_issue
from digest.model.ids import CategorySlug, StoryId
from digest.model.issue import IssueState, Section, Window
from digest.model.stories import Reason, Verdict


def slugs_set(*names: str) -> frozenset[CategorySlug]:
    return frozenset(slugs(*names))


TOLD, OTHER = story_item(1), story_item(2, categories=slugs("security"))
PAID = story_item(3, categories=slugs("sponsored-content"))
CONTENT = content(TOLD, OTHER, PAID)
MINE = edition(
    keys=("head", "heading:privacy", f"teaser:{TOLD.story}:privacy", f"teaser:{PAID.story}:sponsored-content"),
    stories=(TOLD.story, PAID.story),
)


def verdict(number: int, included: bool) -> Verdict:
    of = article(number).id
    return Verdict(of, StoryId(of), included, (Reason("in" if included else "quota-issue", "so"),))


def edition_rules(story: StoryId, mine=MINE, chosen: tuple[str, ...] = ("privacy",)) -> tuple[bool, list[str]]:
    everyone = slugs("sponsored-content")
    found = explain_edition(CONTENT, story, mine, slugs(*chosen), everyone, 98_304)
    return found.included, [reason.rule for reason in found.reasons]


def test_the_verdict_that_was_kept_is_the_reason():
    of = issue(content=CONTENT)
    assert explain_issue(of, article(1), verdict(1, True)).reasons == (Reason("in", "so"),)
    out = explain_issue(of, article(7), verdict(7, False))
    assert (out.included, out.reasons) == (False, (Reason("quota-issue", "so"),))


def test_what_an_editor_changed_since_comes_first():
    of = issue(content=CONTENT)
    taken = explain_issue(of, article(7), verdict(7, True))
    assert (taken.included, taken.reasons[0]) == (False, Reason("edited", "an editor took its story out"))
    put = explain_issue(of, article(1), verdict(1, False))
    assert (put.included, put.reasons[0]) == (True, Reason("edited", "an editor put its story in"))


@pytest.mark.parametrize(("hours", "rule"), [(-20, "not-new"), (-5, "unknown"), (0, "too-late"), (3, "too-late")])
def test_an_article_that_was_not_looked_at_is_told_from_the_window(hours: int, rule: str):
    of = issue(content=CONTENT, window=Window(at(-10), at(0)))
    found = explain_issue(of, article(7, gathered_at=at(hours)), None)
    assert (found.included, [reason.rule for reason in found.reasons]) == (False, [rule])


def test_an_article_that_joined_a_told_story_later_is_in_by_its_story():
    assert explain_issue(issue(content=CONTENT), article(7, story=TOLD.story), None).included


def test_an_issue_that_is_not_sent_says_so_last():
    skipped = issue(content=CONTENT, state=IssueState.SKIPPED, note="too few")
    assert explain_issue(skipped, article(1), verdict(1, True)).reasons[-1].detail == "the issue is skipped: too few"


def test_a_story_is_told_under_a_category_that_the_reader_chose():
    found = explain_edition(CONTENT, TOLD.story, MINE, slugs("privacy"), (), 98_304)
    assert found.reasons == (Reason("chosen", "told under privacy, which the reader chose"),)
    lead = replace(MINE, keys=("head", f"lead:{TOLD.story}:privacy"))
    assert "as the lead" in explain_edition(CONTENT, TOLD.story, lead, slugs("privacy"), (), 9).reasons[0].detail


def test_paid_content_goes_to_everyone():
    assert edition_rules(PAID.story) == (True, ["everyone"])


def test_a_story_of_other_categories_is_not_in_the_readers_edition():
    assert edition_rules(OTHER.story) == (False, ["not-chosen"])


def test_a_story_that_the_budget_left_out_says_so():
    assert edition_rules(OTHER.story, chosen=("privacy", "security")) == (False, ["budget"])


def test_a_reader_without_any_story_gets_no_mail():
    assert edition_rules(TOLD.story, mine=None, chosen=("robotics",)) == (False, ["not-chosen", "no-mail"])
    assert edition_rules(PAID.story, mine=None, chosen=()) == (False, ["not-chosen", "no-mail"])


def test_a_story_that_no_section_tells_is_in_nobodys_edition():
    assert edition_rules(StoryId("none")) == (False, ["not-in-issue"])
    bare = replace(CONTENT, sections=(Section(slugs("privacy")[0], ()),))
    assert not explain_edition(bare, TOLD.story, edition(), slugs("privacy"), (), 9).included


def test_a_mail_that_had_gone_when_a_story_was_pulled_tells_it():
    pulled = replace(CONTENT, stories=(OTHER, PAID), sections=CONTENT.sections[1:])
    assert explain_edition(pulled, TOLD.story, MINE, slugs("privacy"), (), 98_304).included


@pytest.mark.parametrize(
    ("draw", "rule"),
    [
        (Draw(slugs_set("privacy"), slugs_set("privacy"), shown=frozenset({TOLD.story})), "shown-before"),
        (Draw(slugs_set("security"), slugs_set("privacy", "security")), "not-due"),
        (Draw(slugs_set("privacy"), slugs_set("privacy"), begins=at(1)), "not-new"),
        (Draw(slugs_set("privacy"), slugs_set("privacy"), begins=at(-9)), "budget"),
    ],
)
def test_what_a_reader_does_not_draw_says_why(draw: Draw, rule: str):
    gathered = replace(CONTENT, stories=(replace(TOLD, gathered_at=at(0)), *CONTENT.stories[1:]))
    found = explain_edition(gathered, TOLD.story, None, slugs("privacy"), (), 98_304, draw)
    assert (found.included, [reason.rule for reason in found.reasons]) == (False, [rule])
