"""Counted links: they lead only where the issue says, count people and never who, and only where one asked for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from fastapi.testclient import TestClient

import press as small
from build import NOW, WEEKLY, consent, preferences, subscriber_draft
from digest.app import App
from digest.feedback.clicks import HOLD
from digest.model.access import Actor, Role
from digest.model.edition import Slot
from digest.model.ids import IssueId
from digest.model.people import ConsentKind
from digest.pipeline.approving import approve_issue, compile_draft
from digest.pipeline.checking import issue_findings, policy_of
from digest.pipeline.delivering import deliver_issue
from digest.pipeline.sharing import lend, link_of
from digest.preflight.proof import Proof
from digest.preflight.reach import addresses
from mail_servers import MailServer
from playing import with_first_story
from send_ground import Clock
from visits import opened

ID = IssueId("weekly-2026-11-24")
LINK = re.compile(r"http://localhost:8000/c/weekly-2026-11-24/[0-9a-f]{16}")
PERSON = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "Accept": "text/html",
    "Accept-Language": "en",
}


@pytest.fixture
def counting(app: App) -> App:
    """The site, counting, with two readers of the same topics."""
    rows = [(subscriber_draft(f"r{n}@example.com"), WEEKLY, preferences("privacy", "robotics")) for n in range(2)]
    app.press.store.readers.import_(rows, consent(ConsentKind.IMPORTED))
    settings = app.settings.model_copy(update={"newsletters": (small.newsletter(track_clicks=True),)})
    loaded = replace(app.loaded, settings=settings)
    return replace(app, loaded=loaded, press=replace(app.press, settings=settings), clock=Clock(NOW))


@pytest.fixture
def sent(counting: App, mails: MailServer) -> App:
    """The same, with the issue sent."""
    approve_issue(counting.press, counting.press.issue(ID), "ed", NOW)
    deliver_issue(counting.press, counting.press.issue(ID), counting.transport(), counting.clock)
    return counting


@pytest.fixture
def program(sent: App) -> Iterator[TestClient]:
    with opened(sent, follow_redirects=False) as client:
        yield client


def links_in(mails: MailServer, kind: str = "html") -> list[str]:
    mail = message_from_bytes(mails.bodies["r0@example.com"], policy=policy.default)
    found = LINK.findall(mail.get_body((kind,)).get_content())
    return [link.removeprefix("http://localhost:8000") for link in dict.fromkeys(found)]


def clicks(app: App, program: TestClient) -> int:
    """All that is counted once nothing waits any more."""
    app.clock.pass_(seconds=HOLD.total_seconds() + 1)
    program.get(f"/editor/issues/{ID}/watch")
    return sum(number for _, number in app.press.store.clicks.of(ID))


def test_nothing_is_counted_unless_the_newsletter_says_so(app: App):
    fragments = compile_draft(app.press, app.press.issue(ID)).fragments.values()
    assert not any(b"/c/" in segment for f in fragments for segment in f.html if isinstance(segment, bytes))
    approve_issue(app.press, app.press.issue(ID), "ed", NOW)
    assert app.press.store.clicks.of(ID) == ()


def test_a_link_leads_to_the_address_of_its_story_and_counts(sent, program, mails):
    link, *_ = links_in(mails)
    answer = program.get(link, headers=PERSON)
    assert (answer.status_code, answer.headers["Location"]) == (302, "https://news.example.com/1")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert "Set-Cookie" not in answer.headers
    assert clicks(sent, program) == 1


def test_links_are_bytes_of_the_fragment_and_the_same_for_every_reader(sent, mails):
    fragments = sent.press.store.issues.compiled(ID).fragments.values()
    names = {segment.name for f in fragments for segment in (*f.html, *f.text) if isinstance(segment, Slot)}
    assert not any("click" in name for name in names)
    one, other = (
        re.sub(rb"/r/[a-z]+/[\w.=\r\n-]+", b"", mails.bodies[f"r{n}@example.com"].partition(b"\r\n\r\n")[2])
        for n in range(2)
    )
    assert sorted(LINK.findall(one.decode())) == sorted(LINK.findall(other.decode())) != []


def test_the_text_part_numbers_links_as_it_does_without_counting(counting, app):
    def numbers(fragments) -> list[str]:
        text = b"".join(s for f in fragments.values() for s in f.text if isinstance(s, bytes)).decode()
        return re.findall(r"\[\d+\]", text)

    issue = app.press.issue(ID)
    assert numbers(compile_draft(counting.press, issue).fragments) == numbers(compile_draft(app.press, issue).fragments)


def test_lead_and_teaser_sponsor_and_event_are_told_apart(sent):
    blocks = {target.block.partition(":")[0] for target, _ in sent.press.store.clicks.of(ID)}
    assert blocks == {"lead", "teaser", "sponsor", "event"}


@pytest.mark.parametrize(
    "path",
    [
        "/c/weekly-2026-11-24/0000000000000000",
        "/c/weekly-2026-11-24/{code}/more",
        "/c/daily-2026-11-24/{code}",
        "/c/weekly-2026-11-24/{CODE}",
        "/c/weekly-2026-11-24/{code}%00",
        "/c/weekly-2026-11-24/https:%2F%2Fevil.test",
        "/c/../{code}",
        "/c/{code}",
    ],
)
def test_what_is_no_link_of_ours_leads_nowhere(program, mails, path: str):
    code = links_in(mails)[0].rpartition("/")[2]
    if code.upper() == code:
        code = next(c for link in links_in(mails) if (c := link.rpartition("/")[2]).upper() != c)
    answer = program.get(path.format(code=code, CODE=code.upper()), headers=PERSON)
    assert answer.status_code == 404
    assert "Location" not in answer.headers


def test_no_query_changes_where_a_link_leads(program, mails):
    for query in ("?url=https://evil.test", "?to=//evil.test&next=/x", "?https://evil.test"):
        answer = program.get(links_in(mails)[0] + query, headers=PERSON)
        assert answer.headers["Location"] == "https://news.example.com/1"


def test_programs_are_led_on_and_not_counted(sent, program, mails):
    link, *_ = links_in(mails)
    assert program.head(link, headers=PERSON).status_code == 302
    for headers in ({"User-Agent": "curl/8"}, PERSON | {"Sec-Purpose": "prefetch"}, PERSON | {"Accept": "*/*"}):
        assert program.get(link, headers=headers).status_code == 302
    assert clicks(sent, program) == 0


def test_a_gateway_that_opens_every_link_is_not_counted_and_a_reader_beside_it_is(sent, program, mails):
    links = links_in(mails)
    assert len(links) > 4
    for link in links:
        program.get(link, headers=PERSON)
    program.get(links[0], headers=PERSON | {"User-Agent": PERSON["User-Agent"].replace("X11", "Windows")})
    assert clicks(sent, program) == 1


def test_whoever_looks_before_it_is_sent_is_led_on_and_not_counted(counting):
    with opened(counting, follow_redirects=False) as program:
        shown = program.get(f"/editor/issues/{ID}/html?reader=all").text
        path = LINK.search(shown)[0].removeprefix("http://localhost:8000")
        assert program.get(path, headers=PERSON).headers["Location"] == "https://news.example.com/1"
        approve_issue(counting.press, counting.press.issue(ID), "ed", NOW)
        assert program.get(path, headers=PERSON).status_code == 302
        assert clicks(counting, program) == 0


def test_a_link_that_was_sent_leads_on_when_the_story_has_another_address_by_then(counting):
    approve_issue(counting.press, counting.press.issue(ID), "ed", NOW)
    before = counting.press.store.clicks.of(ID)
    with_first_story(counting, ID, url="https://news.example.com/moved")
    approve_issue(counting.press, counting.press.issue(ID), "ed", NOW)
    after = counting.press.store.clicks.of(ID)
    assert {target.code for target, _ in before} < {target.code for target, _ in after}
    assert "https://news.example.com/moved" in {target.url for target, _ in after}


def test_pages_on_the_web_count_nothing(sent, program):
    archive = program.get("/archive/weekly/2026-11-24").text
    share = lend(sent.press, sent.press.issue(ID), sent.personas(), "all", 1, Actor("ada", Role.EDITOR), sent.clock())
    lent = link_of(sent.press, share).removeprefix("http://localhost:8000")
    for page in (archive, program.get(f"{lent}/html").text, program.get(f"{lent}/text").text):
        assert "https://news.example.com/1" in page
        assert "/c/weekly" not in page


def test_preflight_judges_where_links_lead(counting):
    with_first_story(counting, ID, url="http://news.example.com/plain")
    found = [f for f in issue_findings(counting.press, counting.press.issue(ID), NOW) if f.id == "link-http"]
    assert {finding.place for finding in found} == {"http://news.example.com/plain"}
    behind = policy_of(counting.press, counting.press.issue(ID)).behind
    counted = next(link for link, url in behind.items() if url.endswith("/plain"))
    proof = Proof("all", (("head", f'<html><body><a href="{counted}">x</a></body></html>'),), "", b"")
    (asked,) = addresses([proof], "http://localhost:8000", behind)
    assert asked.url == "http://news.example.com/plain"


def test_the_watch_page_shows_clicks_by_story_and_category_and_gives_them_as_files(sent, program, mails):
    for link in links_in(mails)[:3]:
        program.get(link, headers=PERSON)
    assert clicks(sent, program) == 3
    page = program.get(f"/editor/issues/{ID}/watch").text
    assert "never by reader" in page and "Links followed most" in page
    rows = [row.split(",") for row in program.get(f"/editor/issues/{ID}/watch/stories.csv").text.splitlines()]
    assert rows[0][-1] == "clicks"
    assert 1 <= sum(int(row[-1]) for row in rows[1:]) <= 3
    links = program.get(f"/editor/issues/{ID}/watch/links.csv").text.splitlines()
    assert links[0] == "block,url,clicks" and links[1].endswith(",1")


def test_what_waits_is_counted_when_the_server_ends(sent, mails):
    with opened(sent, follow_redirects=False) as program:
        program.get(links_in(mails)[0], headers=PERSON)
    assert sum(number for _, number in sent.press.store.clicks.of(ID)) == 1


def test_nothing_about_who_clicked_or_when_is_kept(sent, program, mails):
    program.get(links_in(mails)[0], headers=PERSON)
    clicks(sent, program)
    with sent.press.store.engine.connect() as connection:
        dump = "\n".join(str(line) for line in connection.connection.driver_connection.iterdump())
    assert "Firefox/128" not in dump
    assert "CREATE TABLE click_target" in dump
    columns = re.search(r"CREATE TABLE click_target \((.*?)CONSTRAINT", dump, re.S)[1]
    assert re.findall(r"(\w+) (?:TEXT|INTEGER)", columns) == ["issue", "code", "block", "url", "clicks"]
    assert timedelta(0) < HOLD < timedelta(minutes=1)
