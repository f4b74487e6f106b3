"""Which articles tell one story, and who speaks for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from digest.curate.stories import Piece, group, tell
from digest.model.feeds import Article
from digest.model.ids import ArticleId, FeedId, StoryId

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
PLAGUE = (
    "A hunter in the north who ate a wild rabbit has caught bubonic plague, the health commission said on Monday. "
    "He is the third patient after two people were diagnosed with pneumonic plague in the capital last week."
)
PLAGUE_TOO = (
    "Health officials reported a case of bubonic plague in a hunter who had eaten a wild rabbit. Two patients with "
    "pneumonic plague were diagnosed in the capital last week, the commission said."
)
TARIFFS = (
    "The minister called new tariffs on steel illogical and announced that exporters would be compensated. Steel "
    "producers fear for ten thousand jobs along the border, where most of the mills stand."
)


def piece(name: str, title: str, lead: str = "", hours: float = 0, **more: str) -> Piece:
    return Piece(name, title, lead, AT + timedelta(hours=hours), **more)  # type: ignore[arg-type]


def article(name: str, outlet: str, hours: float = 0, **more: object) -> Article:
    at = AT + timedelta(hours=hours)
    values = {"title": "Quillon postpones flotation for the second time", "gathered_at": at} | more
    return Article(
        id=ArticleId(name), feed=FeedId(1), url=f"https://x.example/{name}", outlet=outlet, published_at=at,
        **values,  # type: ignore[arg-type]
    )  # fmt: skip


HUNTER = piece("a", "Hunter catches bubonic plague", PLAGUE, outlet="One")
RABBIT = piece("b", "Man ill with plague after eating wild rabbit", PLAGUE_TOO, 20, outlet="Two")
STEEL = piece("c", "Minister to fight illogical tariffs on steel", TARIFFS, 3, outlet="Two")


def test_articles_in_other_words_about_one_event_are_one_story() -> None:
    assert group([HUNTER, RABBIT, STEEL]) == {"a": "a", "b": "a", "c": "c"}


def test_a_story_takes_the_id_of_its_earliest_article_whatever_the_order() -> None:
    assert group([RABBIT, STEEL, HUNTER]) == group([HUNTER, STEEL, RABBIT])


def test_the_same_words_a_month_later_are_another_story() -> None:
    later = piece("z", "Man ill with plague after eating wild rabbit", PLAGUE_TOO, 24 * 30)
    assert group([HUNTER, later]) == {"a": "a", "z": "z"}


def test_an_article_without_a_date_fits_any_time() -> None:
    assert len(set(group([HUNTER, Piece("b", RABBIT.title, RABBIT.lead)]).values())) == 1


def test_a_story_that_exists_keeps_its_articles_and_its_id() -> None:
    known = piece("k", "Third case of plague", PLAGUE, 5, story="founder")
    assert group([HUNTER, known, RABBIT]) == {"k": "founder", "a": "founder", "b": "founder"}


def test_two_stories_that_exist_are_never_merged() -> None:
    one, other = piece("k", HUNTER.title, PLAGUE, story="one"), piece("l", HUNTER.title, PLAGUE, story="other")
    assert group([one, other]) == {"k": "one", "l": "other"}


def test_articles_of_one_url_are_one_article() -> None:
    one, other = piece("a", "First title", url="https://x.example/1"), piece("b", "Second", url="https://x.example/1")
    assert group([one, other])["b"] == "a"


@pytest.mark.parametrize("outlets", [("One", "Two"), ("One", "One")])
def test_a_generic_title_over_other_texts_is_a_namesake(outlets: tuple[str, str]) -> None:
    found = group(
        [
            piece("a", "The morning briefing", PLAGUE, outlet=outlets[0]),
            piece("b", "The morning briefing", TARIFFS, 24, outlet=outlets[1]),
        ]
    )
    assert found["b"] == "b"


def test_small_steps_do_not_chain_unrelated_articles() -> None:
    """Each title shares most words with the one before it, the last none with the first."""
    words = [
        "alder",
        "birch",
        "cedar",
        "dogwood",
        "elm",
        "fir",
        "ginkgo",
        "hazel",
        "ironwood",
        "juniper",
        "kapok",
        "larch",
    ]
    words += ["maple", "nutmeg", "oak", "pine"]
    found = group([piece(f"s{i:02}", " ".join(words[i : i + 6]), hours=i) for i in range(11)])
    assert found["s00"] != found["s10"]
    assert all(found[f"s{i:02}"] != found[f"s{i + 4:02}"] for i in range(7))


def test_the_lead_is_the_trusted_and_complete_article_and_the_earliest_among_equals() -> None:
    full = "word " * 400
    stub = article("a", "First")
    whole = article("b", "Second", hours=1, text=full)
    trusted = article("c", "Third", hours=2, text=full, weight=1.5)
    assert tell([stub, article("d", "Fourth", hours=1)])[0].lead.id == "a"
    assert tell([stub, whole])[0].lead.id == "b"
    assert tell([stub, whole, trusted])[0].lead.id == "c"


def test_a_story_keeps_its_id_when_another_article_speaks() -> None:
    story = tell([article("a", "First"), article("b", "Second", hours=1, text="word " * 400)])[0]
    assert (story.id, story.lead.id, [other.id for other in story.others]) == ("a", "b", ["a"])
    assert {a.story for a in (story.lead, *story.others)} == {StoryId("a")}
