"""The addresses that mail leaves from, and the domain that bounces come back to: reverse names, MX, MTA-STS."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from digest.diagnose.dmarc import tags_of
from digest.errors import OutsideError
from digest.model.checks import Check, advice, good, problem
from digest.ports.names import Names, Web


def is_public(address: str) -> bool:
    """Whether an IP address is one that the world sees."""
    try:
        return ipaddress.ip_address(address).is_global
    except ValueError:
        return False


def check_reverse(names: Names, senders: Sequence[str]) -> Iterator[Check]:
    """Forward-confirmed reverse DNS (RFC 8601, section 3): large providers refuse addresses without."""
    for sender in senders:
        found = names.names_of(sender)
        confirmed = [name for name in found if sender in names.addresses(name)]
        if confirmed:
            yield good("reverse DNS", f"{sender} is {confirmed[0]}, and back")
        elif found:
            remedy = f"give {found[0]} an address record with {sender}"
            yield problem("reverse DNS", f"{sender} is {found[0]}, which does not lead back", remedy)
        else:
            remedy = "ask whoever gave you the address for a PTR record with the mail server's name"
            yield problem("reverse DNS", f"{sender} has no name", remedy)
    if not senders:
        remedy = "name them, to have SPF and reverse DNS looked at: [doctor] sends_from"
        yield advice("reverse DNS", "it is not known from which public addresses mail leaves", remedy)


def check_mail_domain(names: Names, web: Web, domain: str) -> Iterator[Check]:
    """Where bounces and answers come back to."""
    servers = names.mail_servers(domain)
    if not servers and not names.addresses(domain):
        remedy = f"publish an MX record for {domain}, or set sender.bounces to a domain that takes mail"
        yield problem("bounces", f"{domain} takes no mail: bounces and answers are lost", remedy)
        return
    yield good("bounces", f"{domain} takes mail at {', '.join(servers) or domain}")
    yield from _mta_sts(names, web, domain, servers or (domain,))


def _mta_sts(names: Names, web: Web, domain: str, servers: Sequence[str]) -> Iterator[Check]:
    """RFC 8461: optional, but wrong is worse than none."""
    records = [text for text in names.texts(f"_mta-sts.{domain}") if text.startswith("v=STSv1")]
    if not records:
        yield good("MTA-STS", f"{domain} has none, which is allowed")
        return
    url = f"https://mta-sts.{domain}/.well-known/mta-sts.txt"
    if len(records) > 1 or not tags_of(records[0]).get("id"):
        yield problem("MTA-STS", f"_mta-sts.{domain} must be one record with an id", 'write "v=STSv1; id=20261125"')
        return
    try:
        answer = web.get(url)
    except OutsideError as error:
        yield problem("MTA-STS", f"{error.place}: {error.problem}", f"serve {url}, or take _mta-sts.{domain} away")
        return
    yield _policy(answer.status, answer.body, domain, servers, url)


def _policy(status: int, body: str, domain: str, servers: Sequence[str], url: str) -> Check:
    lines = [line.partition(":") for line in body.splitlines()]
    fields = [(name.strip(), value.strip().lower()) for name, colon, value in lines if colon]
    known, patterns = dict(fields), [value for name, value in fields if name == "mx"]
    if status != 200 or known.get("version") != "stsv1" or known.get("mode") not in {"enforce", "testing", "none"}:
        return problem("MTA-STS", f"{url} is no policy (status {status})", "write version, mode, mx and max_age")
    missing = [server for server in servers if not any(fnmatchcase(server.lower(), mx) for mx in patterns)]
    if missing and known["mode"] != "none":
        return problem(
            "MTA-STS", f"the policy of {domain} does not name {missing[0]}", f"add mx: {missing[0]} to {url}"
        )
    if known["mode"] == "testing":
        return advice("MTA-STS", f"{domain}: testing", "mode: enforce, once the reports are clean")
    return good("MTA-STS", f"{domain}: {known['mode']}")
