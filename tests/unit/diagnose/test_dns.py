"""What the doctor says of good and bad zones, asked from a name server on loopback."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from digest.diagnose.dkim import PublishedKey, check_dkim
from digest.diagnose.dmarc import check_dmarc, organisational, policies, walked
from digest.diagnose.hosts import check_mail_domain, check_reverse
from digest.diagnose.names import DnsNames
from digest.diagnose.spf import check_spf
from digest.errors import ConfigError, OutsideError
from digest.model.checks import Check, Standing
from digest.ports.names import WebAnswer
from name_server import Zone, name_server

SENDER = "192.0.2.10"
KEY = PublishedKey("press.test", "s1", "rsa", b"public", 2048)
GOOD: Zone = {
    ("press.test", "TXT"): ['"v=spf1 include:relay.test -all"', '"other=1"'],
    ("press.test", "MX"): ["10 mx1.press.test.", "20 mx2.press.test."],
    ("relay.test", "TXT"): ['"v=spf1 ip4:192.0.2.0" "/24 ~all"'],
    ("_dmarc.press.test", "TXT"): ['"v=DMARC1; p=reject; rua=mailto:d@press.test"'],
    ("s1._domainkey.press.test", "TXT"): ['"v=DKIM1; k=rsa; p=cHVi" "bGlj"'],
    ("10.2.0.192.in-addr.arpa", "PTR"): ["out.press.test."],
    ("out.press.test", "A"): [SENDER],
    ("_mta-sts.press.test", "TXT"): ['"v=STSv1; id=2026"'],
}
POLICY = "version: STSv1\nmode: enforce\nmx: *.press.test\nmax_age: 86400\n"


class OneAnswer:
    """A web server that says one thing."""

    def __init__(self, body: str = POLICY, status: int = 200) -> None:
        self.answer = WebAnswer(status, body, None)
        self.asked: list[str] = []

    def get(self, url: str) -> WebAnswer:
        self.asked.append(url)
        return self.answer

    def post(self, url: str, fields: object) -> WebAnswer:
        return self.answer


@pytest.fixture
def ask(request: pytest.FixtureRequest) -> Iterator:
    """Opens names over the good zone with changes."""
    servers = []

    def opened(**changes: list[str] | None) -> DnsNames:
        zone = dict(GOOD)
        for place, records in changes.items():
            name, kind = place.split(" ")
            zone.pop((name, kind), None)
            if records is not None:
                zone[name, kind] = records
        server = name_server(zone)
        servers.append(server)
        return DnsNames(server.__enter__())

    yield opened
    for server in servers:
        server.__exit__(None, None, None)


def all_checks(names: DnsNames, web: OneAnswer | None = None, author: str = "press.test") -> list[Check]:
    return [
        *check_spf(names, "press.test", [SENDER]),
        *check_dmarc(names, author, "press.test", ["press.test"]),
        *check_dkim(names, [KEY]),
        *check_reverse(names, [SENDER]),
        *check_mail_domain(names, web or OneAnswer(), "press.test"),
    ]


def test_a_good_zone_is_good_throughout(ask):
    web = OneAnswer()
    found = all_checks(ask(), web)
    assert {check.name for check in found} == {
        "SPF", "DMARC", "alignment", "DKIM", "reverse DNS", "bounces", "MTA-STS"
    }  # fmt: skip
    assert [check for check in found if check.standing is not Standing.OK] == []
    assert web.asked == ["https://mta-sts.press.test/.well-known/mta-sts.txt"]


SPF, DMARC, DKIM = "press.test TXT", "_dmarc.press.test TXT", "s1._domainkey.press.test TXT"
PTR, MX, STS = "10.2.0.192.in-addr.arpa PTR", "press.test MX", "_mta-sts.press.test TXT"
BAD = [
    ("no SPF", {SPF: ['"other=1"']}, "SPF", "no SPF record"),
    ("two SPF records", {SPF: ['"v=spf1 -all"', '"v=spf1 ~all"']}, "SPF", "2 SPF records"),
    ("SPF lets everybody send", {SPF: ['"v=spf1 +all"']}, "SPF", "lets everybody send"),
    ("SPF without our address", {SPF: ['"v=spf1 ip4:198.51.100.1 -all"']}, "SPF", f"does not allow {SENDER}: fail"),
    ("SPF includes nothing", {SPF: ['"v=spf1 include:gone.test -all"']}, "SPF", "gone.test has no single SPF record"),
    ("SPF with a slip", {SPF: ['"v=spf1 ipv4:192.0.2.1 -all"']}, "SPF", "'ipv4:192.0.2.1' is no term"),
    ("SPF of itself", {SPF: ['"v=spf1 include:press.test -all"']}, "SPF", "includes itself"),
    ("SPF of a wrong network", {SPF: ['"v=spf1 ip4:192.0.2.999 -all"']}, "SPF", "'192.0.2.999' is no network"),
    ("SPF too long", {SPF: ['"v=spf1 ' + "a:x.test " * 11 + '-all"']}, "SPF", "more than 10 lookups"),
    ("no DMARC", {DMARC: None}, "DMARC", "has no DMARC record"),
    ("two DMARC records", {DMARC: ['"v=DMARC1; p=none"', '"v=DMARC1; p=reject"']}, "DMARC", "has no DMARC record"),
    ("DMARC with no policy", {DMARC: ['"v=DMARC1; p=maybe"']}, "DMARC", "p=maybe is no policy"),
    ("no DKIM key", {DKIM: None}, "DKIM", "has no records"),
    ("another DKIM key", {DKIM: ['"v=DKIM1; k=rsa; p=b3RoZXI="']}, "DKIM", "another key than ours"),
    ("a revoked DKIM key", {DKIM: ['"v=DKIM1; p="']}, "DKIM", "is revoked"),
    ("DKIM of another kind", {DKIM: ['"v=DKIM1; k=ed25519; p=cHVibGlj"']}, "DKIM", "is no rsa key"),
    ("no reverse name", {PTR: None}, "reverse DNS", "has no name"),
    ("a reverse name that lies", {PTR: ["elsewhere.test."]}, "reverse DNS", "does not lead back"),
    ("no way back", {MX: None}, "bounces", "takes no mail"),
    ("MTA-STS without id", {STS: ['"v=STSv1;"']}, "MTA-STS", "one record with an id"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "name", "says"), [bad[1:] for bad in BAD], ids=[bad[0] for bad in BAD])
def test_a_bad_zone_is_a_problem_with_a_remedy(ask, changes, name, says):
    found = [check for check in all_checks(ask(**changes)) if check.standing is Standing.PROBLEM]
    assert any(check.name == name and says in check.detail and check.remedy for check in found), found


ADVICE = [
    ("an old tag", {DMARC: ['"v=DMARC1; p=reject; pct=50; rua=mailto:x@press.test"']}, "pct, which RFC 9989"),
    ("a policy of none", {DMARC: ['"v=DMARC1; p=none; rua=mailto:x@press.test"']}, "p=none"),
    ("a policy under test", {DMARC: ['"v=DMARC1; p=reject; t=y; rua=mailto:x@press.test"']}, "t=y"),
    ("no reports", {DMARC: ['"v=DMARC1; p=reject"']}, "no rua"),
    ("a key under test", {DKIM: ['"v=DKIM1; t=y; p=cHVibGlj"']}, "t=y"),
    ("ptr in SPF", {SPF: ['"v=spf1 ptr ip4:192.0.2.0/24 -all"']}, "uses ptr"),
]


@pytest.mark.parametrize(("changes", "says"), [one[1:] for one in ADVICE], ids=[one[0] for one in ADVICE])
def test_what_could_be_better_is_advice_and_no_problem(ask, changes, says):
    found = all_checks(ask(**changes))
    assert all(check.ok for check in found)
    assert any(check.standing is Standing.ADVICE and says in check.detail and check.remedy for check in found), found


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [("<html>", 200, "is no policy"), (POLICY, 404, "is no policy"),
     (POLICY.replace("*.press.test", "mx1.press.test"), 200, "does not name mx2.press.test")],
)  # fmt: skip
def test_an_mta_sts_policy_that_does_not_fit_is_a_problem(ask, body, status, says):
    found = list(check_mail_domain(ask(), OneAnswer(body, status), "press.test"))
    assert found[-1].standing is Standing.PROBLEM
    assert says in found[-1].detail


def test_the_tree_walk_asks_eight_names_at_most():
    assert list(walked("news.press.test")) == ["news.press.test", "press.test", "test"]
    long = "a.b.c.d.e.f.g.h.i.j.mail.example.com"  # RFC 9989, section 4.10
    asked = list(walked(long))
    assert asked[:2] == [long, "g.h.i.j.mail.example.com"]
    assert len(asked) == 8


def test_a_subdomain_is_under_its_organisations_policy_and_aligned_with_it(ask):
    names = ask(**{DMARC: ['"v=DMARC1; p=reject; sp=quarantine; rua=mailto:x@press.test"']})
    found = list(check_dmarc(names, "news.press.test", "bounces.press.test", ["press.test"]))
    assert "_dmarc.press.test: quarantine" in [check.detail for check in found]
    assert "news.press.test by SPF and DKIM" in [check.detail for check in found]


def test_a_public_suffix_is_no_organisation(ask):
    names = ask(**{"_dmarc.test TXT": ['"v=DMARC1; psd=y; p=reject"'], DMARC: None})
    assert organisational("news.press.test", policies(names, "news.press.test")) == "press.test"


def test_strict_alignment_takes_no_other_domain(ask):
    names = ask(**{DMARC: ['"v=DMARC1; p=reject; aspf=s; adkim=s; rua=mailto:x@press.test"']})
    assert any("aligned" in check.detail and not check.ok
               for check in check_dmarc(names, "press.test", "b.press.test", ["mail.press.test"]))  # fmt: skip


def test_a_server_that_fails_is_told_and_a_wrong_address_refused(ask):
    with pytest.raises(OutsideError, match=r"name a server: \[doctor\] resolver"):
        ask(**{SPF: ["SERVFAIL"]}).texts("press.test")
    with pytest.raises(ConfigError, match="no DNS server"):
        DnsNames("not an address")
