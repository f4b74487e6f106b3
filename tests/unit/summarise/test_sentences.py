"""Sentences are found in many languages; abbreviations, initials, ordinals and quotations do not end them."""

from __future__ import annotations

import pytest

from digest.summarise.sentences import ends_whole, split

ONE = [
    "Dr. J. K. Rowling met Sen. Smith of Inc. Magazine at 5 p.m. Monday.",
    "The U.S. Army paid $3.5 million to J.P. Morgan in Washington, D.C. on Jan. 3.",
    "“Are you there?” Mr. Smith said.",
    "“Really?” he asked.",
    "Wait... what happened?",
    "See No. 5 and vol. 3 for more.",
    "Am 3. Januar kam z. B. Dr. h. c. Müller mit 3,5 Mio. Euro.",
    "Der 2. Weltkrieg endete am 8. Mai 1945.",
    "„Kommst du?“, fragte sie.",
    "M. Dupont, p. ex., est parti avec Mme. Curie.",
    "« Non ! » dit-il.",
    "Le prix, c.-à-d. 5 euros, monte.",
    "El Sr. García y la Sra. Díaz llegaron a EE. UU. el lunes.",
    "El premio es de 1.000.000 euros.",
    "「行くよ。」と言った。",
]

MANY = [
    ("He lives in the U.S. The visit cost 3.5 million.", ["He lives in the U.S.", "The visit cost 3.5 million."]),
    ("Apple Inc. The firm grew.", ["Apple Inc.", "The firm grew."]),
    ("“It works.” The end. ‘Yes.’", ["“It works.”", "The end.", "‘Yes.’"]),
    ("What?! Really. (See below.) Next.", ["What?!", "Really.", "(See below.)", "Next."]),
    ("Er kam am 3. Januar 2024. Am 5. Mai ging er.", ["Er kam am 3. Januar 2024.", "Am 5. Mai ging er."]),
    ("Das kostet 3. Das ist viel.", ["Das kostet 3.", "Das ist viel."]),
    ("Il a dit : « Non. » Puis rien.", ["Il a dit : « Non. »", "Puis rien."]),
    ("¿Qué pasó? ¡Nada! Fin.", ["¿Qué pasó?", "¡Nada!", "Fin."]),
    ("今日は晴れです。明日は雨！本当？", ["今日は晴れです。", "明日は雨！", "本当？"]),
    ("他说：“好的。”我们走了。", ["他说：“好的。”", "我们走了。"]),
    ("هل أنت بخير؟ نعم. انتهى الأمر.", ["هل أنت بخير؟", "نعم.", "انتهى الأمر."]),
    ("یہ ختم ہوا۔ اب آگے۔", ["یہ ختم ہوا۔", "اب آگے۔"]),
    ("It cost a lot … The end.", ["It cost a lot …", "The end."]),
]


@pytest.mark.parametrize("text", ONE)
def test_one_sentence_stays_one(text: str) -> None:
    assert split(text) == (text,)


@pytest.mark.parametrize(("text", "sentences"), MANY)
def test_each_sentence_is_found(text: str, sentences: list[str]) -> None:
    assert split(text) == tuple(sentences)


@pytest.mark.parametrize("text", ["Done.", "“Done.”", "Done!)", "« Non. »", "終わり。", "تمام؟"])
def test_a_final_mark_ends_a_sentence(text: str) -> None:
    assert ends_whole(text)


@pytest.mark.parametrize(
    "text", ["Cut off …", "Cut off...", "Cut off [...]", "Here is why:", "A heading", "Cut […]", ""]
)
def test_an_ellipsis_or_a_colon_or_nothing_does_not(text: str) -> None:
    assert not ends_whole(text)
