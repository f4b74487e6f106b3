"""SPF (RFC 7208): is there one record, does it allow the addresses that mail leaves from, is it within the limits?"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from digest.model.checks import Check, advice, good, problem
from digest.ports.names import Names

_NAME = "SPF"
_MOST_LOOKUPS = 10
"""RFC 7208, section 4.6.4: more is an error for whoever checks."""
_TERM = re.compile(r"^(?P<sign>[+?~-]?)(?P<kind>[a-z0-9]+)(?:[:=](?P<value>[^/\s]+(?:/\d+)?))?(?P<rest>/\S*)?$", re.I)
_KINDS = frozenset({"all", "include", "a", "mx", "ptr", "ip4", "ip6", "exists", "redirect", "exp"})
_ASKING = frozenset({"include", "a", "mx", "ptr", "exists", "redirect"})
_WORDS = {"+": "pass", "-": "fail", "~": "softfail", "?": "neutral", "": "pass"}


def spf_records(names: Names, domain: str) -> list[str]:
    """The TXT records that are SPF."""
    return [text for text in names.texts(domain) if re.match(r"v=spf1(\s|$)", text, re.IGNORECASE)]


def check_spf(names: Names, domain: str, senders: Sequence[str]) -> Iterator[Check]:
    """`senders`: IP addresses that mail of the envelope domain leaves from, as far as they are known."""
    found = spf_records(names, domain)
    if len(found) != 1:
        kind = "no SPF record" if not found else f"{len(found)} SPF records, which count as an error"
        remedy = f'publish one TXT record at {domain}: "v=spf1 a:MAILSERVER -all"'
        yield problem(_NAME, f"{domain} has {kind}", remedy)
        return
    walk = _Walk(names)
    results = {sender: walk.result(domain, sender) for sender in senders}
    if not senders:
        walk.result(domain, "192.0.2.1")
    yield from _within_limits(walk, domain)
    if re.search(r"(^|\s)\+?all(\s|$)", found[0], re.IGNORECASE):
        yield problem(_NAME, f"{domain} lets everybody send (+all)", "end the record with -all or ~all")
    for sender, result in results.items():
        if result != "pass":
            remedy = f"add {'ip6' if ':' in sender else 'ip4'}:{sender} to the record, or include the relay's"
            yield problem(_NAME, f"{domain} does not allow {sender}: {result}", remedy)
    if not walk.faults and all(result == "pass" for result in results.values()):
        allowed = f", allows {', '.join(results)}" if results else ""
        yield good(_NAME, f"{domain}: {walk.lookups} of {_MOST_LOOKUPS} lookups{allowed}")


def _within_limits(walk: _Walk, domain: str) -> Iterator[Check]:
    for fault in walk.faults:
        yield problem(_NAME, f"{domain}: {fault}", "put the record right: RFC 7208, section 5")
    if walk.uses_ptr:
        yield advice(_NAME, f"{domain} uses ptr, which checkers may leave out", "name the addresses instead")


@dataclass
class _Walk:
    """Evaluates the record for one address after another, and counts what it costs at worst."""

    names: Names
    lookups: int = 0
    uses_ptr: bool = False
    faults: list[str] = field(default_factory=list)

    def result(self, domain: str, sender: str) -> str:
        """pass, fail, softfail, neutral or error."""
        self.lookups, self.uses_ptr, self.faults = 0, False, []
        return self._of(domain, ipaddress.ip_address(sender), frozenset())

    def _of(self, domain: str, sender: ipaddress.IPv4Address | ipaddress.IPv6Address, above: frozenset[str]) -> str:
        records = spf_records(self.names, domain)
        if len(records) != 1 or domain in above:
            return self._fault(f"{domain} {'includes itself' if domain in above else 'has no single SPF record'}")
        result, instead = "", ""
        for term in records[0].split()[1:]:
            read = _TERM.match(term)
            kind = read["kind"].lower() if read else ""
            if read is None or kind not in _KINDS:
                return self._fault(f"{term!r} is no term of SPF")
            if kind in _ASKING and not self._count():
                return "error"
            if kind == "redirect":
                instead = read["value"] or ""
            elif self._matches(kind, read, domain, sender, above | {domain}) and not result:
                result = _WORDS[read["sign"]]
        if not result and instead:
            return self._of(instead, sender, above | {domain})
        return result or "neutral"

    def _matches(self, kind: str, read: re.Match[str], domain: str,
                 sender: ipaddress.IPv4Address | ipaddress.IPv6Address, above: frozenset[str]) -> bool:  # fmt: skip
        value, _, length = (read["value"] or domain).partition("/")
        if kind == "all":
            return True
        if kind in {"ip4", "ip6"}:
            return self._is_in(sender, (read["value"] or "") + (read["rest"] or ""))
        if kind == "include":
            return self._of(value, sender, above) == "pass"
        if kind in {"a", "mx"}:
            hosts = [value] if kind == "a" else self.names.mail_servers(value)
            bits = length or (read["rest"] or "").strip("/")
            suffix = f"/{bits}" if bits and "/" not in bits else ""
            return any(self._is_in(sender, found + suffix) for host in hosts for found in self.names.addresses(host))
        self.uses_ptr |= kind == "ptr"
        return False

    def _is_in(self, sender: ipaddress.IPv4Address | ipaddress.IPv6Address, network: str) -> bool:
        try:
            return sender in ipaddress.ip_network(network, strict=False)
        except ValueError:
            self._fault(f"{network!r} is no network")
            return False

    def _count(self) -> bool:
        self.lookups += 1
        if self.lookups == _MOST_LOOKUPS + 1:
            self._fault(f"it takes more than {_MOST_LOOKUPS} lookups")
        return self.lookups <= _MOST_LOOKUPS

    def _fault(self, words: str) -> str:
        if words not in self.faults:
            self.faults.append(words)
        return "error"
