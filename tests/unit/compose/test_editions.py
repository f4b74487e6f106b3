"""An edition holds what its reader chose, once, in issue order, within its bytes budget."""

from __future__ import annotations

from dataclasses import replace

from build import content, event, slugs, sponsor, story_item
from digest.model.ids import CategorySlug
from digest.model.issue import Headline

PRIVACY, SECURITY, ROBOTICS = slugs("privacy", "security", "robotics")


def keys_of(edition, kind):
    return [key for key in edition.keys if key.split(":")[0] == kind]


def test_only_the_readers_categories_are_told(compose):
    issue = content(story_item(1), story_item(2, categories=(SECURITY,)), story_item(3, categories=(ROBOTICS,)))
    edition = compose(issue).edition({PRIVACY, ROBOTICS})
    told = [item.title for item in issue.stories if item.story in edition.stories]
    assert told == ["Title 1", "Title 3"]
    assert not [key for key in edition.keys if "security" in key and not key.startswith("explore")]


def test_a_story_of_two_categories_appears_once_under_the_first_in_issue_order(compose):
    both = story_item(2, categories=(SECURITY, ROBOTICS))
    issue = content(story_item(1), both, story_item(3, categories=(ROBOTICS,)))
    edition = compose(issue).edition({PRIVACY, SECURITY, ROBOTICS})
    assert keys_of(edition, "teaser") == [f"teaser:{both.story}:security", f"teaser:{issue.stories[2].story}:robotics"]
    without_security = compose(issue).edition({PRIVACY, ROBOTICS})
    assert f"teaser:{both.story}:robotics" in without_security.keys


def test_the_best_story_leads_and_its_empty_heading_vanishes(compose):
    issue = content(story_item(1), story_item(2, categories=(SECURITY,)))
    edition = compose(issue).edition({PRIVACY, SECURITY})
    assert keys_of(edition, "lead") == [f"lead:{issue.stories[0].story}:privacy"]
    assert keys_of(edition, "heading") == ["heading:security"]


def test_a_newsletter_without_a_lead_block_has_no_lead(compose):
    edition = compose(content(), blocks=("header", "sections", "footer")).edition({PRIVACY})
    assert not keys_of(edition, "lead")
    assert keys_of(edition, "teaser")


def test_a_reader_with_nothing_of_theirs_gets_no_edition(compose):
    assert compose(content()).edition({CategorySlug("companies")}) is None


def test_sponsored_content_alone_is_no_reason_to_mail_anybody(compose):
    paid = story_item(2, categories=slugs("sponsored-content"))
    assert compose(content(story_item(1), paid)).edition({ROBOTICS}) is None


def test_sponsored_content_goes_to_everyone_but_never_leads(compose):
    paid = story_item(1, categories=slugs("sponsored-content"), title="Paid")
    edition = compose(content(paid, story_item(2))).edition({PRIVACY})
    assert f"teaser:{paid.story}:sponsored-content" in edition.keys
    assert keys_of(edition, "lead") == [f"lead:{edition.stories[0]}:privacy"]
    assert "Paid" not in edition.subject


def test_promotions_stand_between_sections_and_go_to_everyone_unless_limited(compose):
    items = [story_item(n, categories=(slug,)) for n, slug in enumerate((PRIVACY, SECURITY, ROBOTICS), 1)]
    issue = content(
        *items, sponsors=(sponsor(after=1), sponsor("limited", categories=(SECURITY,))), events=(event(after=9),)
    )
    everything = compose(issue, blocks=("sections",)).edition({PRIVACY, SECURITY, ROBOTICS})
    told = [key.split(":")[0] for key in everything.keys[2:-1]]
    assert told == ["heading", "teaser", "sponsor", "sponsor", "heading", "teaser", "heading", "teaser", "event"]
    assert "sponsor:limited" not in compose(issue).edition({PRIVACY}).keys
    assert {"sponsor:acme", "event:summit"} <= set(compose(issue).edition({PRIVACY}).keys)


def test_the_same_categories_give_the_very_same_edition(compose):
    composing = compose(content())
    assert composing.edition([PRIVACY, SECURITY]) is composing.edition({SECURITY, PRIVACY})
    assert composing.edition({PRIVACY}).id != composing.edition({SECURITY}).id


def test_categories_that_cannot_be_chosen_do_not_make_another_edition(compose):
    composing = compose(content())
    assert composing.edition({PRIVACY, *slugs("sponsored-content", "no-such")}) is composing.edition({PRIVACY})


def test_a_table_of_contents_stands_where_there_are_five_sections(compose):
    names = ("privacy", "security", "robotics", "research", "companies")
    items = [story_item(10 * n + k, categories=slugs(name)) for n, name in enumerate(names) for k in range(2)]
    five, four = (compose(content(*items)).edition(set(slugs(*names[:count]))) for count in (5, 4))
    assert keys_of(five, "contents") == ["contents", *(f"contents:{name}" for name in names)]
    assert not keys_of(four, "contents")
    assert dict(five.values)["count:privacy"] == "1"
    assert dict(five.values)["count:companies"] == "2"


def test_what_was_not_chosen_is_offered_for_exploring(compose):
    edition = compose(content()).edition({PRIVACY, SECURITY})
    offered = [key.partition(":")[2] for key in keys_of(edition, "explore")]
    assert offered == ["robotics", "research", "companies"]


def test_an_edition_over_its_budget_loses_stories_fairly_and_counts_them(compose):
    items = [story_item(n, categories=(PRIVACY,)) for n in range(1, 7)]
    items += [story_item(n, categories=(SECURITY,)) for n in range(7, 9)]
    blocks = ("lead", "sections", "view-all")
    whole = compose(content(*items), blocks=blocks).edition({PRIVACY, SECURITY})
    tight = compose(content(*items), fragment_bytes=4000, blocks=blocks, max_bytes=40_000).edition({PRIVACY, SECURITY})
    assert len(whole.stories) == 8
    assert tight.html_size <= 40_000
    assert dict(tight.values)["more"] == str(8 - len(tight.stories))
    assert "view-all:more" in tight.keys
    assert {key.rpartition(":")[2] for key in keys_of(tight, "teaser")} == {"privacy", "security"}


def test_the_editors_subject_is_used_only_where_its_stories_are(compose):
    issue = content()
    first, second = (item.story for item in issue.stories)
    named = replace(issue, subject=Headline("Both at once", (first, second)))
    assert compose(named).edition({PRIVACY, SECURITY}).subject == "Both at once"
    assert compose(named).edition({PRIVACY}).subject == "Title 1"
