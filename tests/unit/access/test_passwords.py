"""Passwords as they are really hashed: slow, salted, the same whatever keyboard wrote them."""

from __future__ import annotations

import unicodedata

import pytest
from argon2 import PasswordHasher

from digest.access.passwords import AccessError, check_password, clean_name, hashed, is_dated, matches

WORDS = "vier sch\u00f6ne W\u00f6rter"


def test_a_hash_is_argon2id_with_what_rfc_9106_recommends_and_fits_its_password_only():
    kept = hashed(WORDS)
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert not is_dated(kept)
    assert matches(unicodedata.normalize("NFD", WORDS), kept)
    assert not matches(WORDS.upper(), kept)


def test_nobodys_password_is_compared_with_the_same_parameters_and_never_right():
    from digest.access.passwords import _NOBODYS

    assert not is_dated(_NOBODYS)
    assert not matches("a", ""), "not even the one it was made of"
    assert not matches(WORDS, "no hash")


def test_a_hash_of_weaker_days_is_known_as_such():
    assert is_dated(PasswordHasher(1, 64, 1).hash(WORDS))


@pytest.mark.parametrize("password", ["elevenchars", "w" * 201, "abababababab", "lovelace2026"])
def test_what_is_guessed_too_soon_is_refused(password: str):
    with pytest.raises(AccessError):
        check_password(password, "lovelace")


@pytest.mark.parametrize(
    "password", ["twelve chars", WORDS, "w\u00f6 \u2603 snow is falling", "lovelace has many more words"]
)
def test_length_is_what_counts(password: str):
    check_password(password, "lovelace")


@pytest.mark.parametrize(
    ("typed", "name"), [(" Ada ", "ada"), ("\uff21da", "ada"), ("ada@example.org", "ada@example.org")]
)
def test_a_name_is_kept_in_one_spelling(typed: str, name: str):
    assert clean_name(typed) == name


@pytest.mark.parametrize("typed", ["", "-ada", "a/b", "a\nb", "\u00e4da", "a" * 65, "../x", "<b>"])
def test_what_is_no_name_is_refused(typed: str):
    with pytest.raises(AccessError, match="is no name"):
        clean_name(typed)


def test_names_and_passwords_of_any_length_are_answered_in_a_moment():
    """Whoever asks to be let in may send a form of 64 KB: sorting the marks in it took two seconds."""
    marks = "a" + "\u0301\u0316" * 200_000
    with pytest.raises(AccessError, match="is no name"):
        clean_name(marks)
    with pytest.raises(AccessError, match="characters"):
        check_password(marks, "ada")
    assert not matches(marks, hashed(WORDS))
