"""What stands around an article goes; what tells it stays word for word."""

from __future__ import annotations

import pytest

from digest.summarise.boilerplate import kind_of
from digest.summarise.clean import paragraphs
from digest.summarise.dateline import without_dateline

BODY = "The council voted on Monday to close the old bridge for repairs until the spring."
MORE = "Engineers had warned for years that its northern pier was sinking into the river bed."


def texts(text: str, title: str = "") -> list[str]:
    return [paragraph.text for paragraph in paragraphs(text, title)]


AROUND = [
    "By Jane Doe",
    "Von Anna Schmidt",
    "Par Jean Dupont",
    "March 3, 2024",
    "3 January 2024",
    "Published: Thursday, 4 May 2023 at 10:11 pm.",
    "- A point of a list.",
    "1. Another point.",
    "| Ticker | Price |",
    "Opinion",
    "Photo: The bridge at dawn.",
    "The bridge at dawn. (Photo by A. Smith)",
    "Pictured right, the mayor at the opening.",
    "Interested in bridges? Consider attending the Bridge Expo in London, Berlin and Madrid.",
    "Sign up for our newsletter to get this every week.",
    "Subscribe to receive our premium content directly in your inbox.",
    "We use cookies to improve your experience on this website.",
    "All rights reserved.",
    "Melden Sie sich jetzt für unseren Newsletter an.",
    "Diese Website verwendet Cookies.",
    "Abonnez-vous à notre lettre pour tout lire.",
    "Ce site utilise des cookies pour vous servir.",
    "Suscríbase a nuestro boletín para no perderse nada.",
    "Todos los derechos reservados.",
    "Libya, Liechtenstein, Lithuania, Luxembourg, Macao, Madagascar.",
    "Applications, Companies, Enterprise, Industries, Robotics.",
    "Jane Doe is a staff reporter at the Example, covering bridges.",
    "View All Latest",
    "Stay Informed",
    "The post Bridge to open in May appeared first on The Example.",
    "Der Beitrag Brücke öffnet im Mai erschien zuerst auf Das Beispiel.",
    "L’article Le pont ouvre en mai est apparu en premier sur L’Exemple.",
    "La entrada El puente abre en mayo se publicó primero en El Ejemplo.",
]


@pytest.mark.parametrize("chrome", AROUND)
def test_what_stands_around_the_story_is_dropped(chrome: str) -> None:
    assert texts(f"{chrome}\n\n{BODY}\n\n{MORE}") == [BODY, MORE]


@pytest.mark.parametrize(
    "told",
    [
        "The American Civil Liberties Union (ACLU) has sued the department over its use of the software.",
        "Police said the suspect used a photo of the bridge to find the place.",
        "Parliament passed the privacy bill, which lets readers see who holds data about them.",
        "The newsletter publisher Example Media said profits doubled in the third quarter.",
        "Germany, France, Italy and Spain agreed on Monday to share the cost of the new fighter jet.",
        "The post office said that stamps of the new king would go on sale in April.",
        "The court ordered the newspaper to publish a correction and to pay the mayor's costs.",
    ],
)
def test_what_only_looks_like_it_stays(told: str) -> None:
    assert texts(told) == [told]
    assert kind_of(told) == ""


def test_lines_are_paragraphs_where_no_blank_line_is() -> None:
    assert texts(f"{BODY}\n{MORE}") == [BODY, MORE]


def test_hard_wrapped_lines_are_one_paragraph() -> None:
    wrapped = (
        "The council voted on Monday to close the old bridge\nfor repairs until spring, when the river is low\nagain."
    )
    assert texts(f"{wrapped}\n\n{MORE}") == [wrapped.replace("\n", " "), MORE]


def test_the_title_and_its_variants_are_dropped() -> None:
    title = "Council closes the old bridge for repairs"
    for variant in (
        title,
        title.upper(),
        "Old bridge closed for repairs by council",
        f"{title}: what drivers should know",
    ):
        assert texts(f"{variant}\n\n{BODY}", title) == [BODY]


def test_an_unfinished_end_of_a_paragraph_is_dropped() -> None:
    assert texts(f"{BODY} Here is what they decided:") == [BODY]
    assert texts(f"{BODY} More on this in […]") == [BODY]


def test_an_invitation_at_the_end_of_a_paragraph_is_dropped_alone() -> None:
    assert texts(f"{BODY} {MORE} Click here for pictures.") == [f"{BODY} {MORE}"]


def test_the_article_ends_at_a_promotion_below_it() -> None:
    body = [f"{BODY} Part {number} of the plan was agreed too." for number in range(5)]
    teased = "Teachers in England have received approval to use new tools in their classrooms."
    assert texts("\n\n".join([*body, "Sign up for our newsletter today.", teased])) == body


def test_a_standfirst_without_a_final_mark_is_known_as_one() -> None:
    first, second = paragraphs(
        f"Repairs to the northern pier will take until spring and cost drivers an hour\n\n{BODY}"
    )
    assert first.is_standfirst
    assert not second.is_standfirst


@pytest.mark.parametrize(
    ("dateline", "rest"),
    [
        ("WASHINGTON (Reuters) - ", "The senate voted."),
        ("PARIS, Jan 3 (AFP) — ", "Le sénat a voté."),
        ("Berlin (dpa) - ", "Der Senat stimmte ab."),
        ("MADRID, 3 Ene. (EUROPA PRESS) - ", "El Senado votó."),
        ("NAPA COUNTY, Calif. (KGO) -- ", "A plan was agreed."),
        ("ST. LOUIS, MO (KTVI) – ", "Amid grief, a widow spoke."),
        ("PUTRAJAYA, Nov 22 — ", "Private companies paid."),
        ("New York, NY – ", "The range grew."),
        ("London (CNN)", "It was a long night."),
        ("(Reuters) — ", "The bank is under inquiry."),
        ("SACRAMENTO — ", "The lobby is losing."),
        ("By Aaron Humes: ", "The Americas are at risk."),
        ("Feb. 23, 2015 -- ", "Allergies are rising."),
    ],
)
def test_datelines_and_bylines_are_taken_off(dateline: str, rest: str) -> None:
    assert without_dateline(dateline + rest) == rest


@pytest.mark.parametrize(
    "text",
    [
        "The American Civil Liberties Union (ACLU) has teamed up with others.",
        "The American Civil Liberties Union (ACLU) — The group's first case — won.",
        "NASA — which runs the telescope — agreed.",
        "Smith, 43, said - as others had - that it was late.",
        "By Monday the bridge was closed.",
    ],
)
def test_what_is_no_dateline_stays(text: str) -> None:
    assert without_dateline(text) == text
