"""What a text is about, by source, tag, keyword, example and meaning."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from digest.config.publication import CategorySettings
from digest.curate.categorise import Categorised, Categoriser, Subject
from digest.curate.learned import ENOUGH, Example, Learned
from digest.model.ids import CategorySlug

PRIVACY, ROBOTICS, SPONSORED = CategorySlug("privacy"), CategorySlug("robotics"), CategorySlug("sponsored-content")
CATEGORIES = (
    CategorySettings(slug=PRIVACY, name="Privacy", keywords=("personal data", "GDPR", "cookies")),
    CategorySettings(slug=ROBOTICS, name="Robotics", keywords=("robot", "gripper")),
    CategorySettings(slug=SPONSORED, name="Sponsored Content", keywords=("paid post",), choosable=False),
)


def about(title: str, text: str = "", **more: object) -> Categorised:
    return Categoriser(CATEGORIES).categorise([Subject(title, text, **more)])[0]  # type: ignore[arg-type]


def slugs(found: Categorised) -> list[str]:
    return [slug for slug, _ in found.categories]


def test_the_feeds_categories_and_tags_nearly_decide() -> None:
    assert slugs(about("A robot folds laundry", hints=(PRIVACY,))) == ["privacy"]
    assert slugs(about("A robot folds laundry", tags=("privacy", "Markets"))) == ["privacy"]
    assert slugs(about("Robot, gripper, robotics", "A robot. Robotics.", hints=(PRIVACY,))) == ["privacy", "robotics"]
    found = about("Cake", hints=(PRIVACY,), tags=("robotics",))
    assert [reason.rule for reason in found.reasons] == ["source", "tag", "keyword"]


@pytest.mark.parametrize(
    "labelled",
    [
        Subject("Cake", tags=("Sponsored content",)),
        Subject("Cake", tags=("Paid post", "Robotics")),
        Subject("Paid post: five questions about your robot"),
        Subject("Cake", "Paid post. How a robot bakes."),
        Subject("Cake", hints=(SPONSORED,)),
    ],
)
def test_what_its_outlet_labels_as_paid_is_that_and_nothing_else(labelled: Subject) -> None:
    found = Categoriser(CATEGORIES).categorise([labelled])[0]
    assert found.categories == ((SPONSORED, 1.0),)


def test_the_same_keyword_counts_less_in_a_long_text_than_in_a_summary() -> None:
    assert slugs(about("At the fair", "A robot sold lemonade.")) == ["robotics"]
    assert about("At the fair", "A robot sold lemonade. " + "There were stalls. " * 60).abstained


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Robots that sort apples", ["robotics"]),
        ("Who owns your personal data?", ["privacy"]),
        ("Robot vacuum sold personal data", ["privacy", "robotics"]),
        ("A microrobotic dream", []),
        ("Data that is personal", []),
        ("This is a paid post", []),
        ("", []),
    ],
)
def test_keywords_are_whole_words_in_any_form(text: str, expected: list[str]) -> None:
    assert slugs(about(text)) == expected


def test_without_evidence_it_abstains() -> None:
    found = about("A day at the fair", "There were stalls.")
    assert found.abstained
    assert found.categories == ()


def test_a_category_far_behind_the_best_is_left_out() -> None:
    text = "Cookies, GDPR, personal data, privacy and cookies. A robot. A robot. A robot."
    assert slugs(about("Privacy under GDPR", text)) == ["privacy"]


class FakeEmbedder:
    """Two directions: what moves, and all the rest."""

    def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        return [(1.0, 0.0) if "obot" in text or "android" in text else (0.0, 1.0) for text in texts]


def test_meaning_helps_where_no_keyword_stands() -> None:
    found = Categoriser(CATEGORIES, FakeEmbedder()).categorise([Subject("An android walks")])[0]
    assert slugs(found) == ["robotics"]
    assert [reason.rule for reason in found.reasons] == ["meaning"]


def test_categories_are_learned_from_eight_corrections_on() -> None:
    examples = [Example(f"Kitten number {n} plays with wool", (ROBOTICS,)) for n in range(ENOUGH)]
    examples += [Example(f"Parliament debates budget {n}", ()) for n in range(ENOUGH)]
    text = Subject("A kitten and its wool")
    few, enough = Categoriser(CATEGORIES, None, examples[1:]), Categoriser(CATEGORIES, None, examples)
    assert few.categorise([text])[0].abstained
    assert slugs(enough.categorise([text])[0]) == ["robotics"]
    assert enough.categorise([Subject("Parliament debates")])[0].abstained


def test_nothing_is_learned_without_examples() -> None:
    assert Learned(()).likeness("anything") == {}
