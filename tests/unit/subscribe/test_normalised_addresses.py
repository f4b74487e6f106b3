"""Addresses: the short way for plain ones says exactly what the library says, and slips and roles are remarked on."""

from __future__ import annotations

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import example, given
from hypothesis import strategies as st

from digest.subscribe.addresses import AddressError, normalise, without_addresses
from digest.subscribe.remarks import remark, suggestion

LOCALS = st.text("abzAZ09.+-_!#'=\u00e9\" ", max_size=70) | st.sampled_from(["Info", "POSTMASTER", "a" * 64, "a" * 65])
DOMAINS = st.text("abzAZ09.-_\u00fc", max_size=30) | st.sampled_from(
    [
        "Example.COM",
        "xn--bcher-kva.example",
        "example.org.",
        "b\u00fccher.example",
        "[127.0.0.1]",
        "localhost",
        "a.test",
    ]
)


@given(LOCALS, DOMAINS)
@example("a" * 64, f"{'b' * 62}.{'c' * 62}.{'d' * 61}.com")
@example("a" * 64, f"{'b' * 62}.{'c' * 62}.{'d' * 62}.com")
@example("a", "xn--a.example")
def test_the_short_way_says_what_the_library_says(local: str, domain: str):
    address = f"{local}@{domain}".strip()
    try:
        wanted = validate_email(address, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError:
        with pytest.raises(AddressError):
            normalise(address)
    else:
        assert normalise(address) == wanted


@pytest.mark.parametrize(
    "address", ["a" + "\u0301\u0316" * 200_000 + "@example.org", "a@" + "\u0301\u0316" * 200_000, f"a@{'b' * 250}.org"]
)
def test_what_is_longer_than_any_address_is_refused_unread(address: str):
    """62 KB of marks on a letter, from anybody's form, held up every page for two seconds."""
    with pytest.raises(AddressError, match="254 at most"):
        normalise(address)
    assert suggestion(address) == ""


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("ada@gmial.com", "ada@gmail.com"),
        ("ada@gmail.con", "ada@gmail.com"),
        ("ada@Hotmial.com", "ada@hotmail.com"),
        ("ada@outlook.co", "ada@outlook.com"),
        ("ada@yaho.com", "ada@yahoo.com"),
        ("ada@protonmial.cm", "ada@protonmail.com"),
    ],
)
def test_a_slip_in_a_well_known_domain_is_seen(given: str, meant: str):
    assert suggestion(given) == meant
    assert remark(given) == f"did you mean {meant}?"


@pytest.mark.parametrize(
    "domain",
    [
        "gmail.com",
        "mail.com",
        "ymail.com",
        "email.com",
        "gmx.at",
        "yahoo.ca",
        "example.org",
        "b\u00fccher.example",
        "x.io",
    ],
)
def test_a_domain_that_is_only_alike_is_left_alone(domain: str):
    assert remark(f"ada@{domain}") == ""


@pytest.mark.parametrize("local", ["postmaster", "INFO", "no-reply"])
def test_a_role_is_no_person(local: str):
    assert "is a role" in remark(f"{local}@example.org")


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("550 5.1.1 <ada@example.com>: no such user", "550 5.1.1 <address> no such user"),
        ("no mailbox 'ada@example.com'.", "no mailbox <address>"),
        ('"ada lovelace"@example.com is full', "<address> is full"),
        ("see https://help.example/?to=ada%40example.com now", "see <address> now"),
        ("SRS0=x=example.com=ada@relay.example @example.com", "<address> <address>"),
        ("452 4.2.2 mailbox full", "452 4.2.2 mailbox full"),
    ],
)
def test_what_a_server_says_can_be_told_without_addresses(said: str, left: str):
    assert without_addresses(said) == left
