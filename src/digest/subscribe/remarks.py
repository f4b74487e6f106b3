"""What is odd about a good address: a slip of the keyboard in a well-known domain, or a mailbox of a role. Pure."""

from __future__ import annotations

from functools import lru_cache

_POPULAR = (
    "gmail.com", "yahoo.com", "hotmail.com", "outlook.com", "icloud.com", "googlemail.com", "yahoo.co.uk",
    "hotmail.co.uk", "hotmail.fr", "hotmail.de", "hotmail.es", "hotmail.it", "yahoo.fr", "yahoo.de", "yahoo.es",
    "protonmail.com", "orange.fr", "wanadoo.fr", "laposte.net", "t-online.de", "freenet.de", "libero.it",
    "comcast.net", "verizon.net", "btinternet.com", "yandex.ru", "outlook.fr", "outlook.de",
)  # fmt: skip
"""Where a slip is likelier than the domain that it makes."""
_OTHERS = frozenset({
    "mail.com", "email.com", "ymail.com", "gmx.com", "gmx.net", "gmx.de", "gmx.at", "gmx.ch", "live.com", "aol.com",
    "fastmail.com", "rocketmail.com", "me.com", "mac.com", "msn.com", "proton.me", "web.de", "mail.ru", "email.it",
    "yahoo.ca", "yahoo.com.br", "yahoo.com.mx", "yahoo.com.au", "yahoo.co.jp", "yahoo.co.in", "yahoo.in", "yahoo.it",
    "hotmail.be", "hotmail.nl", "hotmail.ca", "hotmail.se", "outlook.es", "outlook.it", "orange.com", "orange.es",
    "yandex.com", "yandex.by", "yandex.kz",
})  # fmt: skip
"""Near to those, and no slip."""
_SHORTEST, _LONGEST = 7, 253
_LONG = 11
"""From here on two slips are likelier, too."""
ROLES = frozenset({
    "abuse", "admin", "administrator", "billing", "contact", "help", "hostmaster", "info", "jobs", "mailer-daemon",
    "marketing", "no-reply", "noc", "noreply", "office", "postmaster", "press", "root", "sales", "security",
    "service", "support", "team", "usenet", "webmaster", "www",
})  # fmt: skip
"""Mailboxes that several people read, or nobody (RFC 2142)."""


def suggestion(email: str) -> str:
    """The address that was probably meant: ada@gmial.com -> ada@gmail.com; empty when nothing is odd."""
    local, _, domain = email.rpartition("@")
    meant = _meant(domain.lower()) if len(domain) <= _LONGEST else ""
    return f"{local}@{meant}" if meant else ""


@lru_cache(maxsize=4096)
def _meant(domain: str) -> str:
    if domain in _OTHERS or domain in _POPULAR or len(domain) < _SHORTEST or not domain.isascii():
        return ""
    near = [popular for popular in _POPULAR if abs(len(popular) - len(domain)) <= 2]
    steps, popular = min(((_steps(domain, popular), popular) for popular in near), default=(3, ""))
    return popular if steps == 1 or (steps == 2 and len(popular) >= _LONG) else ""


def _steps(one: str, other: str) -> int:
    """Letters added, left out, mistaken or swapped with their neighbour (optimal string alignment)."""
    above = list(range(len(other) + 1))
    before = above
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, wanted in enumerate(other, 1):
            steps = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and (letter, one[i - 2]) == (other[j - 2], wanted):
                steps = min(steps, before[j - 2] + 1)
            row.append(steps)
        before, above = above, row
    return above[-1]


def is_role(email: str) -> bool:
    """Whether the mailbox is a role's, such as postmaster@ or info@."""
    return email.rpartition("@")[0].lower() in ROLES


def remark(email: str) -> str:
    """What an operator may want to look at; empty when nothing is odd."""
    if meant := suggestion(email):
        return f"did you mean {meant}?"
    return "is a role, not a person: make sure that they agreed" if is_role(email) else ""
