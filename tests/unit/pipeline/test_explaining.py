"""Which article and which issue `digest why` speaks of, and what it says for a reader."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from build import NOW, WEEKLY, article, at, consent, issue, preferences, slugs, subscriber_draft
from digest.errors import UsageError
from digest.model.access import Actor, Role
from digest.model.editing import Bring, Drop
from digest.model.ids import ArticleId
from digest.model.issue import IssueState
from digest.model.stories import Reason
from digest.pipeline.approving import approve_issue, composer
from digest.pipeline.delivering import deliver_issue
from digest.pipeline.drafting import draft_issue
from digest.pipeline.editing import edit_issue, undo
from digest.pipeline.explaining import find_article, issue_to_explain, why
from digest.pipeline.pool import Wanted, bring, candidates
from digest.pipeline.previewing import preview, reader_by_address
from digest.pipeline.revising import pull_story
from digest.pipeline.slots import slot_on
from fakes import FakeTransport
from send_ground import ground

ADA = Actor("ada", Role.EDITOR)
DAY = date(2026, 11, 24)
FOLDS = article(
    1, title="A robot learns to fold towels", description="Its maker has said so on Monday morning.", text=""
)


@pytest.fixture
def press(make_press):
    press = make_press()
    press.store.articles.save([FOLDS])
    for email, topic in (("robots@example.com", "robotics"), ("private@example.com", "privacy")):
        reader = press.store.readers.sign_up(subscriber_draft(email), WEEKLY, preferences(topic), consent())
        press.store.readers.confirm(reader.id, WEEKLY, consent())
    chosen = press.newsletter("weekly")
    draft_issue(press, chosen, slot_on(chosen, DAY), NOW)
    return press


def rules(press, address: str = "") -> tuple[bool, list[str]]:
    found = why(press, FOLDS, issue_to_explain(press, address=address), NOW, address)
    return found.included, [reason.rule for reason in found.reasons]


@pytest.mark.parametrize(
    "named", [FOLDS.id, FOLDS.url, f"{FOLDS.url}?utm_source=x#top", FOLDS.url.replace("https", "http") + "/"]
)
def test_an_article_is_found_by_id_and_by_any_spelling_of_its_url(press, named: str):
    assert find_article(press, named).id == FOLDS.id


def test_an_article_is_found_by_the_url_that_its_page_gave_itself(press):
    moved = article(5, id=ArticleId("0123456789abcdef"))
    press.store.articles.save([moved])
    assert find_article(press, moved.url).id == moved.id


@pytest.mark.parametrize("named", ["", "nonsense", "0" * 16, "https://nowhere.example/1"])
def test_an_unknown_article_is_said_with_the_next_step(press, named: str):
    with pytest.raises(UsageError, match="digest article list"):
        find_article(press, named)


def test_the_latest_issue_is_meant_but_for_a_missed_one(press):
    missed = issue(slot=date(2026, 12, 1))
    press.store.issues.create(missed, NOW)
    press.store.issues.advance(missed.id, IssueState.MISSED, NOW)
    assert issue_to_explain(press).id == "weekly-2026-11-24"
    assert issue_to_explain(press, missed.id).id == missed.id


def test_without_any_issue_the_next_step_is_told(make_press):
    with pytest.raises(UsageError, match="digest issue build"):
        issue_to_explain(make_press())


def test_an_article_in_the_issue_is_in_the_editions_of_its_category_only(press):
    assert rules(press)[0]
    assert rules(press)[1][0] == "in"
    included, reasons = rules(press, "robots@example.com")
    assert (included, reasons[:2]) == (True, ["chosen", "in"])
    included, reasons = rules(press, "private@example.com")
    assert (included, reasons[:3]) == (False, ["not-chosen", "no-mail", "in"])


def test_a_reader_who_may_not_be_mailed_gets_nothing(press):
    reader = press.store.readers.sign_up(
        subscriber_draft("new@example.com"), WEEKLY, preferences("robotics"), consent()
    )
    assert reader.confirmed_at is None
    included, reasons = rules(press, "new@example.com")
    assert (included, reasons[0]) == (False, "no-mail")


def test_once_written_down_the_readers_own_delivery_is_what_counts(press):
    approved = approve_issue(press, issue_to_explain(press), "ed", NOW)
    reader = press.store.readers.by_email("robots@example.com")
    fragments = press.store.issues.compiled(approved.id)
    mine = composer(press, approved, fragments).edition(preferences("robotics").categories)
    press.store.ledger.add(approved.id, [(reader.id, mine)], NOW)
    press.store.readers.set_preferences(reader.id, WEEKLY, preferences("privacy"), consent(at=at(1)))
    included, reasons = rules(press, "robots@example.com")
    assert included
    assert reasons[1] == "delivery"


def test_an_editor_who_dropped_or_brought_its_story_is_named(press):
    issue, ada = issue_to_explain(press), Actor("ada", Role.EDITOR)
    (item,) = issue.content.stories
    edit_issue(press, issue.id, Drop(item.story), ada, at(1))
    found = why(press, FOLDS, press.issue(issue.id), NOW)
    assert not found.included
    assert found.reasons[0] == Reason("dropped", "ada dropped its story on 2026-11-24 at 10:00 UTC")
    undo(press, issue.id, ada, at(2))
    assert rules(press)[1][0] == "in"
    edit_issue(press, issue.id, Drop(item.story), ada, at(3))
    edit_issue(press, issue.id, Bring(item, *slugs("robotics")), ada, at(4))
    assert rules(press)[0]
    assert rules(press)[1][0] == "brought"


def test_an_update_that_an_editor_brings_in_is_told_to_whoever_was_told_the_story(press):
    """By itself a new article about a story that was told stays out; whoever brings it in says that it is news."""
    earlier = approve_issue(press, issue_to_explain(press), "ed", NOW)
    deliver_issue(press, earlier, FakeTransport(), lambda: earlier.send_at)
    told = earlier.content.stories[0].story
    update = article(2, title="Robot drops its towels", gathered_at=at(100), published_at=at(100), text="")
    other = article(3, title="A robot learns to iron", gathered_at=at(100), published_at=at(100), text="")
    press.store.articles.save([update, other])
    press.store.articles.assign([(update.id, told)])
    chosen = press.newsletter("weekly")
    later = draft_issue(press, chosen, slot_on(chosen, date(2026, 12, 1)), at(160))
    assert told not in {item.story for item in later.content.stories}
    assert why(press, update, later, at(160)).reasons[0].rule == "told"
    edit_issue(press, later.id, bring(press, later, update.id, *slugs("robotics"), None, at(160)), ADA, at(160))
    later = approve_issue(press, press.issue(later.id), "ed", at(160))
    server = FakeTransport()
    deliver_issue(press, later, server, lambda: later.send_at)
    (mail,) = [b"".join(m.segments) for m in server.taken if m.recipient == "robots@example.com"]
    assert b"Robot drops its towels" in mail
    assert why(press, update, later, at(160), "robots@example.com").included
    pool, _ = candidates(press, later, Wanted(), at(160))
    assert update.id not in {one.article.id for one in pool}


def test_a_story_that_the_reader_was_told_before_is_not_in_their_next_mail_nor_in_its_preview(press):
    earlier = approve_issue(press, issue_to_explain(press), "ed", NOW)
    deliver_issue(press, earlier, FakeTransport(), lambda: earlier.send_at)
    chosen = press.newsletter("weekly")
    again = replace(earlier.content.stories[0], gathered_at=at(100))
    news = article(2, title="A robot learns to iron", gathered_at=at(100), published_at=at(100), text="")
    press.store.articles.save([news])
    later = draft_issue(press, chosen, slot_on(chosen, date(2026, 12, 1)), at(160))
    content = replace(earlier.content, stories=(again,))
    press.store.issues.save_content(later.id, content, later.version, at(160))
    later = press.issue(later.id)
    reader = reader_by_address(press, WEEKLY, "robots@example.com")
    found = why(press, FOLDS, later, at(161), "robots@example.com")
    assert not found.included
    assert found.reasons[0] == Reason("shown-before", f"{earlier.id} told its story to the reader")
    assert preview(press, later, reader, at(161)) is None
    assert why(press, FOLDS, earlier, at(161), "robots@example.com").included  # that mail has it


def test_a_story_that_was_pulled_says_by_whom_and_the_mails_that_had_gone_still_tell_it(sqlite_store):
    run = ground(sqlite_store, 4)
    run.freeze()
    story = run.issue.content.stories[0]
    pull_story(run.press, run.press.issue(run.issue.id), story.story, Actor("ada", Role.EDITOR), at(1))
    told = article(1, id=story.article, story=story.story)
    found = why(run.press, told, run.press.issue(run.issue.id), at(2))
    assert (found.included, found.reasons[0].rule) == (False, "pulled")
    assert found.reasons[0].detail.startswith("ada pulled its story on 2026-11-24 at 10:00 UTC")


def test_nobodys_edition_is_not_explained(press):
    with pytest.raises(UsageError, match="is nobody we know"):
        rules(press, "nobody@example.com")
