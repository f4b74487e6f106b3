"""Each rule of a teaser refuses what breaks it, in four languages, and lets the rest pass."""

from __future__ import annotations

import pytest

from digest.summarise.language import language_of
from digest.summarise.rules import broken, is_fit, opening_fault

TITLE = "Council closes bridge"
GOOD = "The council voted on Monday to shut the old bridge for repairs until spring."


def rules(text: str, language: str = "en") -> set[str]:
    return {reason.rule.removeprefix("teaser.") for reason in broken(text, TITLE, language, 220)}


def test_a_good_teaser_breaks_none() -> None:
    assert rules(GOOD) == set()
    assert is_fit(GOOD, TITLE, "en", 220)


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("length", "Too short to say."),
        ("length", GOOD.replace("old", "old " * 50)),
        ("whole", GOOD.removesuffix(".") + "…"),
        ("whole", GOOD.removesuffix(".")),
        ("whole", "council members voted on Monday to shut the old bridge for repairs."),
        ("sentences", "The mayor spoke on Monday. The council voted late. The bridge was shut at noon."),
        ("balance", "The mayor called it “a sad day for everyone who crosses the river to work."),
        ("balance", "Was it a good idea?’ The mayor said that nobody had asked the drivers."),
        ("markup", "The <b>council</b> voted on Monday to shut the old bridge for repairs."),
        ("markup", "Read the report at https://example.org/report before the council votes."),
        ("markup", "The council voted on Monday.\nThe old bridge was shut at noon."),
        ("adds", "The council closes the bridge, and the bridge is closed by the council."),
        ("dateline", "LONDON (Reuters) - The mayor voted on Monday to shut the old bridge."),
        ("boilerplate", "Sign up for our newsletter to read about the old bridge every week."),
        ("boilerplate", "Libya, Liechtenstein, Lithuania, Luxembourg, Macao, Madagascar, Malawi."),
    ],
)
def test_each_rule_refuses_what_breaks_it(rule: str, text: str) -> None:
    assert rule in rules(text)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "He said so."),
        ("en", "But the vote failed."),
        ("en", "However, it failed."),
        ("en", "Meanwhile, it rained."),
        ("en", "It’s late."),
        ("en", "This decision is new."),
        ("en", "For example, a car."),
        ("en", "“They lost,” she said."),
        ("en", "In addition, it rained."),
        ("de", "Er sagte es."),
        ("de", "Doch die Wahl fiel aus."),
        ("de", "Diese Wahl war neu."),
        ("de", "Darüber hinaus regnete es."),
        ("fr", "Il a dit cela."),
        ("fr", "Mais le vote a échoué."),
        ("fr", "Cette décision est nouvelle."),
        ("fr", "Par ailleurs, il pleut."),
        ("es", "Ella lo dijo."),
        ("es", "Pero el voto fracasó."),
        ("es", "Esta decisión es nueva."),
        ("es", "Sin embargo, llovió."),
        ("", "Mais le vote a échoué."),
    ],
)
def test_an_opening_that_leans_on_something_before_is_refused(language: str, text: str) -> None:
    assert opening_fault(text, language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "This week the council votes."),
        ("en", "No one knows why."),
        ("en", "Son of a miner wins."),
        ("en", "Car bomb kills two."),
        ("en", "There are many ways."),
        ("en", "Earlier this year, prices fell."),
        ("de", "Dieses Jahr fällt die Wahl aus."),
        ("de", "Die Wahl fiel aus."),
        ("fr", "Cette semaine, le conseil vote."),
        ("es", "Este año suben los precios."),
    ],
)
def test_an_opening_that_stands_on_its_own_passes(language: str, text: str) -> None:
    assert opening_fault(text, language) == ""


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The council voted on Monday to shut the bridge.", "en"),
        ("Der Rat stimmte am Montag für die Sperrung der Brücke.", "de"),
        ("Le conseil a voté lundi la fermeture du pont.", "fr"),
        ("El consejo votó el lunes por el cierre del puente.", "es"),
        ("今日は晴れです。", ""),
        ("", ""),
    ],
)
def test_the_language_is_told_by_its_small_words(text: str, language: str) -> None:
    assert language_of(text) == language


def test_a_declared_language_is_believed() -> None:
    assert language_of("The council voted.", "de-AT") == "de"
    assert language_of("The council voted.", "pt") == ""
