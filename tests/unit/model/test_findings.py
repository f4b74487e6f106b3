"""What the checks said, as an editor is shown it."""

from __future__ import annotations

from digest.model.findings import Finding, Severity, told_once


def finding(block: str, place: str = "the words") -> Finding:
    return Finding("text-placeholder", Severity.ERROR, block, place, "a placeholder was left", "replace it")


def test_a_finding_knows_the_story_that_it_is_about():
    assert finding("lead:3f2a:privacy").story == finding("teaser:3f2a:security").story == "3f2a"
    assert finding("heading:privacy").story == finding("footer").story == ""


def test_what_is_said_of_a_story_is_said_once_wherever_it_is_told():
    lead, teaser = finding("lead:3f2a:privacy"), finding("teaser:3f2a:security")
    others = [finding("teaser:77:privacy"), finding("teaser:3f2a:privacy", "other words"), finding("footer")]
    assert told_once([lead, teaser, *others]) == [lead, *others]


def test_it_is_said_of_the_block_that_is_shown():
    lead, teaser = finding("lead:3f2a:privacy"), finding("teaser:3f2a:security")
    assert told_once([lead, teaser], {"head", teaser.block, "tail"}) == [teaser]
