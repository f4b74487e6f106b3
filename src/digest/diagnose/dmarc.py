"""DMARC (RFC 9989): the policy found by the tree walk, and whether SPF and DKIM speak for the same domain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from digest.model.checks import Check, advice, good, problem
from digest.ports.names import Names

_NAME = "DMARC"
_MOST_LABELS = 8
_POLICIES = ("none", "quarantine", "reject")
_GONE = ("pct", "rf", "ri")
"""Tags of RFC 7489 that RFC 9989 no longer has."""


@dataclass(frozen=True, slots=True)
class Policy:
    """A DMARC record, and where it was found."""

    domain: str
    tags: Mapping[str, str]


def tags_of(record: str) -> dict[str, str]:
    """TAG=VALUE pairs between semicolons, names in small letters; what is none is left out."""
    pairs = (part.partition("=") for part in record.split(";"))
    return {name.strip().lower(): value.strip() for name, equals, value in pairs if equals}


def walked(domain: str) -> Iterator[str]:
    """The names that the tree walk asks about (RFC 9989, section 4.10): the domain, then its parents, eight at most."""
    labels = domain.lower().strip(".").split(".")
    yield ".".join(labels)
    rest = labels[1:] if len(labels) <= _MOST_LABELS else labels[-(_MOST_LABELS - 1) :]
    while rest:
        yield ".".join(rest)
        rest = rest[1:]


def policies(names: Names, domain: str) -> list[Policy]:
    """Every record on the walk, from the domain upward; a name with several has none."""
    found = []
    for name in walked(domain):
        records = [text for text in names.texts(f"_dmarc.{name}") if text.replace(" ", "").startswith("v=DMARC1")]
        if len(records) == 1:
            found.append(Policy(name, tags_of(records[0])))
            if found[-1].tags.get("psd") in {"y", "n"}:
                break
    return found


def organisational(domain: str, found: Sequence[Policy]) -> str:
    """The domain that alignment goes by (RFC 9989, section 4.10.2)."""
    for policy in found:
        if policy.tags.get("psd") == "n":
            return policy.domain
        if policy.tags.get("psd") == "y" and policy.domain != domain:
            below = domain.removesuffix(f".{policy.domain}").split(".")[-1]
            return f"{below}.{policy.domain}"
    return found[-1].domain if found else domain


def check_dmarc(names: Names, author: str, envelope: str, signers: Sequence[str]) -> Iterator[Check]:
    """`author`: domain of From. `envelope`: of the bounces. `signers`: domains of our own DKIM keys."""
    found = policies(names, author)
    if not found:
        remedy = f'publish a TXT record at _dmarc.{author}: "v=DMARC1; p=none; rua=mailto:dmarc@{author}"'
        yield problem(_NAME, f"{author} has no DMARC record; large providers refuse bulk mail without one", remedy)
        return
    # The author's own record, or else that of the organisation
    policy = found[0] if found[0].domain == author else _of(found, organisational(author, found))
    yield from _record(policy, author)
    yield from _alignment(names, policy, author, envelope, signers)


def _of(found: Sequence[Policy], domain: str) -> Policy:
    return next((policy for policy in found if policy.domain == domain), found[-1])


def _record(policy: Policy, author: str) -> Iterator[Check]:
    place, tags = f"_dmarc.{policy.domain}", policy.tags
    wanted = tags.get("p", "none") if policy.domain == author else tags.get("sp", tags.get("p", "none"))
    if wanted.lower() not in _POLICIES:
        yield problem(_NAME, f"{place}: p={wanted} is no policy", f"write one of {', '.join(_POLICIES)}")
        return
    if old := [tag for tag in _GONE if tag in tags]:
        yield advice(_NAME, f"{place} has {', '.join(old)}, which RFC 9989 no longer knows", "take it out")
    if wanted.lower() == "none":
        remedy = "once the reports are clean: p=quarantine, then p=reject"
        yield advice(_NAME, f"{place}: p=none asks for reports and protects nobody", remedy)
    elif tags.get("t", "n") == "y":
        yield advice(_NAME, f"{place}: t=y has the policy applied one step weaker", "take t=y out after the test")
    else:
        yield good(_NAME, f"{place}: {wanted}")
    if "rua" not in tags:
        yield advice(_NAME, f"{place} has no rua, so nobody tells you who sends in your name", "add rua=mailto:ADDRESS")


def _alignment(names: Names, policy: Policy, author: str, envelope: str, signers: Sequence[str]) -> Iterator[Check]:
    home = organisational(author, policies(names, author))

    def is_aligned(domain: str, mode: str) -> bool:
        if policy.tags.get(mode, "r") == "s" or domain == author:
            return domain == author
        return organisational(domain, policies(names, domain)) == home

    spf, dkim = is_aligned(envelope, "aspf"), any(is_aligned(domain, "adkim") for domain in signers)
    if dkim or spf:
        ways = " and ".join(way for way, holds in (("SPF", spf), ("DKIM", dkim)) if holds)
        yield good("alignment", f"{author} by {ways}")
    if not spf and signers:
        yield advice("alignment", f"SPF is about {envelope}, not {author}: only DKIM counts", "set sender.bounces")
    if not dkim and not (signers or spf):
        remedy = "have the relay sign for the sender's domain, or set [[dkim.keys]]"
        yield problem("alignment", f"neither SPF ({envelope}) nor a key of ours speaks for {author}", remedy)
    elif not dkim and signers:
        yield problem("alignment", f"no DKIM key of ours is aligned with {author}", "use a key of the sender's domain")
