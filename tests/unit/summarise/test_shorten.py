"""A sentence that is too long loses asides only: never an attribution, a negation, a condition or part of a list."""

from __future__ import annotations

import pytest

from digest.summarise.shorten import shortened

LONG = 400


def shortest(sentence: str, language: str = "en") -> str:
    forms = shortened(sentence, language, LONG)
    return forms[-1] if forms else ""


@pytest.mark.parametrize(
    ("sentence", "short"),
    [
        (
            "The American Civil Liberties Union (ACLU) urged the Department of Homeland Security (DHS) to stop.",
            "The American Civil Liberties Union urged the Department of Homeland Security to stop.",
        ),
        (
            "The city council of Springfield — the first to do so — voted to ban the new software in all offices.",
            "The city council of Springfield voted to ban the new software in all offices.",
        ),
        (
            "The mayor of Springfield, who took office in May, was asked to explain the cost of the bridge repairs.",
            "The mayor of Springfield was asked to explain the cost of the bridge repairs.",
        ),
        (
            "The city council of Springfield voted to close the old bridge on Monday, angering drivers and shops.",
            "The city council of Springfield voted to close the old bridge on Monday.",
        ),
        (
            "Springfield's council voted on Monday to close the old bridge, which carries half of the traffic.",
            "Springfield's council voted on Monday to close the old bridge.",
        ),
    ],
)
def test_asides_are_left_out(sentence: str, short: str) -> None:
    assert shortest(sentence) == short


@pytest.mark.parametrize(
    "sentence",
    [
        "The council of Springfield will close the old bridge to all traffic next week, a spokesman said.",
        "The council of Springfield will close the bridge to all traffic, according to people who know the plan.",
        "The council of Springfield will close the old bridge to lorries, which is not what the mayor promised.",
        "The council of Springfield will close the old bridge to lorries next week, unless the court stops it.",
        "The council of Springfield has banned swimming in the river, fishing from the bridge, riding on paths.",
        "The delegation met the adviser, Andrew Shearer, Justin Bassi, who advises on crime, and the commissioner.",
        "A litany of munitions, including water cannons, combined with misleading statements, has led to arrests.",
        "The council bought the old bridge in 1920 for lorries, as well as for the trams that crossed the river.",
        "When the council of Springfield closed the old bridge to lorries in the spring, with a month of notice.",
    ],
)
def test_what_carries_the_claim_stays(sentence: str) -> None:
    assert shortened(sentence, "en", LONG) == ()


def test_only_brackets_and_dashes_go_in_other_languages() -> None:
    german = (
        "Der Rat der Stadt (CDU und SPD) stimmte am Montag für die Sperrung der alten Brücke, die seit Jahren sinkt."
    )
    assert shortest(german, "de") == german.replace(" (CDU und SPD)", "")


def test_a_negation_in_brackets_stays_in_other_languages() -> None:
    german = "Der Rat der Stadt stimmte am Montag (nicht einstimmig) für die Sperrung der alten Brücke im Norden."
    assert shortened(german, "de", LONG) == ()
