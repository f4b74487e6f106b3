"""From saved articles to a draft: windows, short issues, what editors said, and the verdicts that are kept."""

from __future__ import annotations

from datetime import date, timedelta

from build import NOW, article, at, issue, slugs, story_item
from build import content as content_of
from digest.compose.editions import EditionComposer
from digest.model.feeds import Article
from digest.model.ids import IssueId
from digest.model.issue import Issue, IssueState, Window
from digest.pipeline.approving import approve_issue, composer
from digest.pipeline.drafting import draft_issue
from digest.pipeline.press import Press
from digest.pipeline.slots import slot_on

DAY = date(2026, 11, 24)
ROBOTS = (
    "A robot learns to fold towels in a hotel laundry",
    "Warehouse orders forty walking robots from Norway",
    "Robot surgeon stitches its first patient in Lisbon",
    "The robot that paints bridges gets a licence",
)


def robot(number: int, hours: float = -1, **fields: object) -> Article:
    text = {"title": ROBOTS[number], "description": f"{ROBOTS[number]}, its maker has said on Monday.", "text": ""}
    times = {"gathered_at": at(hours), "published_at": at(hours), "outlet": f"Outlet {number}"}
    return article(number, **(text | times | fields))


def drafted(press: Press, day: date = DAY) -> Issue:
    chosen = press.newsletter("weekly")
    return draft_issue(press, chosen, slot_on(chosen, day), NOW)


def told(of: Issue) -> list[str]:
    return sorted(item.article for item in of.content.stories)


def ids(*articles: Article) -> list[str]:
    return sorted(a.id for a in articles)


def rules(press: Press, of: IssueId, about: Article) -> list[str]:
    verdict = press.store.issues.verdict(of, about.id)
    return [reason.rule for reason in verdict.reasons] if verdict else []


def test_every_article_that_was_looked_at_has_its_verdict_kept_with_the_draft(make_press):
    press = make_press()
    cake = article(9, title="Pineapple cake for beginners", description="Whisk the eggs and the sugar first.", text="")
    press.store.articles.save([robot(0), cake])
    draft = drafted(press)
    assert told(draft) == ids(robot(0))
    kept = press.store.issues.verdict(draft.id, robot(0).id)
    assert (kept.included, kept.categories, kept.reasons[0].rule) == (True, slugs("robotics"), "in")
    assert rules(press, draft.id, cake)[0] == "no-category"


def test_too_few_stories_skip_the_issue_unless_the_newsletter_says_otherwise(make_press):
    press = make_press(minimum=2)
    press.store.articles.save([robot(0)])
    skipped = drafted(press)
    assert (skipped.state, skipped.note) == (IssueState.SKIPPED, "1 new stories, the minimum is 2")
    assert rules(press, skipped.id, robot(0))[0] == "in"


def test_a_short_issue_reaches_back_for_what_was_never_told(make_press):
    press = make_press(minimum=3, short="widen", lookback_days=3)
    old, told_already, new, today = robot(0, -5 * 24), robot(1, -5 * 24), robot(2), robot(3, -2)
    press.store.articles.save([old, told_already, new, today])
    earlier = issue(slot=DAY - timedelta(days=7), send_at=at(-100), content=content_of(story_item(1)))
    press.store.issues.create(earlier, NOW)
    approve_issue(press, press.issue(earlier.id), "ed", at(-100))
    press.store.issues.advance(earlier.id, IssueState.LOCKED, at(-100))
    draft = drafted(press)
    assert told(draft) == ids(old, new, today)
    assert draft.state is IssueState.DRAFT
    assert draft.window.end - draft.window.start == timedelta(days=6)
    assert rules(press, draft.id, told_already)[0] == "told"


def test_an_issue_that_is_short_even_so_is_skipped_with_what_the_wide_window_gave(make_press):
    press = make_press(minimum=3, short="widen", lookback_days=3)
    press.store.articles.save([robot(0, -5 * 24), robot(1)])
    skipped = drafted(press)
    assert (skipped.state, skipped.note) == (IssueState.SKIPPED, "2 new stories, the minimum is 3")
    assert len(skipped.content.stories) == 2


def test_a_full_issue_does_not_reach_back(make_press):
    press = make_press(minimum=1, short="widen", lookback_days=3)
    press.store.articles.save([robot(0, -5 * 24), robot(1)])
    assert told(drafted(press)) == ids(robot(1))


def test_a_short_issue_is_filled_from_the_other_categories_which_then_go_to_everyone(make_press):
    press = make_press(minimum=2, short="fill", categories=("privacy",))
    fine = article(
        8, title="Retailer fined for selling personal data", description="It sold personal data of its customers."
    )
    press.store.articles.save([robot(0), fine])
    draft = drafted(press)
    assert [section.category for section in draft.content.sections] == ["privacy", "robotics"]
    approved = approve_issue(press, draft, "ed", NOW)
    composing: EditionComposer = composer(press, approved, press.store.issues.compiled(approved.id))
    edition = composing.edition(slugs("privacy"))
    assert sorted(edition.stories) == ids(robot(0), fine)
    assert "heading:robotics" in edition.keys
    assert "explore:robotics" not in edition.keys
    assert composing.edition(slugs("robotics")) is None


def test_an_issue_with_enough_of_its_own_is_not_filled(make_press):
    press = make_press(minimum=0, short="fill", categories=("privacy",))
    press.store.articles.save([robot(0)])
    draft = drafted(press)
    assert draft.content.sections == ()
    assert rules(press, draft.id, robot(0))[0] == "other-category"


def test_a_section_with_too_few_stories_is_left_out(make_press):
    press = make_press(section_minimum=2)
    fine = article(8, title="Retailer fined for selling personal data", description="It sold personal data of many.")
    press.store.articles.save([robot(0), robot(1), fine])
    draft = drafted(press)
    assert [section.category for section in draft.content.sections] == ["robotics"]
    assert rules(press, draft.id, fine)[0] == "below-minimum"


def test_a_late_article_about_a_story_of_the_last_issue_is_not_news(make_press):
    press = make_press(lookback_days=1)
    first = robot(0, -30)
    press.store.articles.save([first])
    earlier = issue(
        slot=DAY - timedelta(days=1), send_at=at(-24), content=content_of(story_item(0)),
        window=Window(at(-100), at(-24)),
    )  # fmt: skip
    press.store.issues.create(earlier, NOW)
    approve_issue(press, press.issue(earlier.id), "ed", at(-24))
    more = {"guid": "late", "outlet": "Late Paper", "title": f"{ROBOTS[0]} - Late Paper"}
    late = robot(0, -2, url="https://late.example/1", **more)
    press.store.articles.save([late])
    draft = drafted(press)
    assert told(draft) == []
    assert rules(press, draft.id, late)[0] == "told"


def test_a_corrected_article_goes_where_the_editor_put_it(make_press):
    press = make_press()
    press.store.articles.save([robot(0), robot(1)])
    press.store.editorial.correct(robot(0).id, slugs("privacy"), "ed", NOW)
    press.store.editorial.correct(robot(1).id, (), "ed", NOW)
    draft = drafted(press)
    assert [(s.category, list(s.stories)) for s in draft.content.sections] == [("privacy", [robot(0).id])]
    assert "editor" in rules(press, draft.id, robot(0))
    assert rules(press, draft.id, robot(1))[0] == "no-category"


def test_a_correction_into_a_category_that_is_gone_is_forgotten(make_press):
    press = make_press()
    press.store.articles.save([robot(0)])
    press.store.editorial.correct(robot(0).id, slugs("gone"), "ed", NOW)
    assert [section.category for section in drafted(press).content.sections] == ["robotics"]


def test_eight_corrections_teach_a_category(make_press):
    press = make_press()
    cakes = [
        article(
            20 + n, title=f"Baker {n} whisks eggs and sugar", text="Flour, butter, eggs and an oven.", description=""
        )
        for n in range(9)
    ]
    storms = [
        article(40 + n, title=f"Storm {n} reaches the coast", text="Wind, rain and a closed harbour.", description="")
        for n in range(8)
    ]
    press.store.articles.save([*cakes, *storms])
    for cake in cakes[:8]:
        press.store.editorial.correct(cake.id, slugs("privacy"), "ed", NOW)
    for storm in storms:
        press.store.editorial.correct(storm.id, slugs("robotics"), "ed", NOW)
    draft = drafted(press)
    verdict = press.store.issues.verdict(draft.id, cakes[8].id)
    assert verdict.categories == slugs("privacy")
