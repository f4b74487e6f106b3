"""Numbers are the same whatever their writing, and different when their unit is."""

from __future__ import annotations

import pytest

from digest.summarise.numbers import numbers


def agree(one: str, other: str) -> bool:
    return all(any(number.agrees_with(there) for there in numbers(other)) for number in numbers(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1,000 people", "1000 people"),
        ("1.000 Menschen", "1,000 people"),
        ("1 000 personnes".replace(" ", "\u202f", 1), "1000 people"),
        ("3.5 million", "3,500,000"),
        ("3,5 Mio. Euro", "3.5 million euros"),
        ("$2bn", "2 billion dollars"),
        ("2 Milliarden Euro", "€2bn"),
        ("40 percent", "40%"),
        ("40 Prozent", "40 per cent"),
        ("six people", "6 people"),
        ("drei Menschen", "3 Menschen"),
        ("50 groups", "over 50 organizations"),
        ("a 35,000-capacity stadium", "35,000 seats"),
    ],
)
def test_the_same_number_in_another_form_agrees(one: str, other: str) -> None:
    assert agree(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1,000 people", "1,001 people"),
        ("3.5 million", "3.5 billion"),
        ("$5 million", "5 million euros"),
        ("40%", "40 people"),
        ("40 people", "40%"),
        ("seven people", "6 people"),
        ("2024", "2023"),
    ],
)
def test_another_number_or_unit_does_not(one: str, other: str) -> None:
    assert not agree(one, other)
