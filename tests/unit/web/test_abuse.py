"""Programs that open every link, and people who send others' addresses: a sample in every run, all in the soak."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from sqlalchemy import func, select

import build
from build import NOW, WEEKLY
from digest.model.people import ConsentKind
from digest.pipeline.approving import approve_issue
from digest.pipeline.delivering import deliver_issue
from digest.pipeline.tidying import tidy
from digest.store.schema import subscribers
from visits import BASE, everything, opened

FULL = [pytest.mark.soak, pytest.mark.skipif(not os.environ.get("DIGEST_SOAK"), reason="set DIGEST_SOAK=1")]


def send_to(app, mails, readers: int) -> dict[str, bytes]:
    """The issue, sent to so many readers of two topics; gives their mails."""
    drafts = (build.subscriber_draft(f"r{n}@example.org") for n in range(readers))
    rows = ((draft, WEEKLY, build.preferences("privacy", "security")) for draft in drafts)
    app.press.store.readers.import_(rows, build.consent(ConsentKind.IMPORTED))
    issue = app.press.store.issues.all(WEEKLY)[0]
    deliver_issue(app.press, approve_issue(app.press, issue, "olga", NOW), app.transport(), app.clock)
    sent = dict(mails.bodies)
    assert len(sent) == readers
    return sent


def links_in(raw: bytes) -> set[str]:
    """The path of every link to the site, from the header and both parts."""
    mail = message_from_bytes(raw, policy=policy.default)
    parts = [mail.get_body((kind,)).get_content() for kind in ("plain", "html")]
    found = re.findall(rf"{BASE}(/[^\s\"'<>)]+)", " ".join([mail["List-Unsubscribe"], *parts]))
    return {path.replace("&amp;", "&").partition("#")[0] for path in found}


@pytest.mark.parametrize("readers", [2, pytest.param(1_000, marks=FULL)])
def test_a_scanner_that_presses_every_link_changes_nothing_and_one_click_leaves_at_once(client, app, mails, readers):
    sent = send_to(app, mails, readers)
    before, asked = everything(app), set[str]()
    for raw in sent.values():
        links = links_in(raw)
        assert sum("/r/" in link for link in links) > 2
        for method in ("GET", "HEAD", "OPTIONS") * 2:
            for link in links - asked:  # those to the archive stand in all mails
                assert client.request(method, link).status_code < 500, link
        asked |= links
    assert everything(app) == before
    assert app.press.store.readers.recipients(WEEKLY, NOW, limit=1)
    for _ in range(2):
        for raw in sent.values():
            header = message_from_bytes(raw, policy=policy.default)["List-Unsubscribe"].strip("<>")
            answer = client.post(header.removeprefix(BASE), data={"List-Unsubscribe": "One-Click"})
            assert (answer.status_code, answer.headers.get("set-cookie")) == (200, None)
        assert app.press.store.readers.recipients(WEEKLY, NOW) == ()


def networks() -> Iterator[str]:
    """One address in each of many networks."""
    return (f"{one}.{two}.{three}.7" for one in range(20, 200) for two in range(256) for three in range(256))


@pytest.fixture
def proxied(app, mails):
    """A site behind a proxy, so that forms may come from anywhere, and a mail server that has counted nothing yet."""
    mails.accepted.clear()
    web = app.settings.web.model_copy(update={"behind_proxy": True})
    settings = app.settings.model_copy(update={"web": web})
    return replace(app, loaded=replace(app.loaded, settings=settings), press=replace(app.press, settings=settings))


def flood(app, rows: Iterator[tuple[str, str]]) -> list[int]:
    """Sends a form for each address and network, and gives the answers."""
    with opened(app) as program:
        token = re.search(r'name="token" value="([^"]+)"', program.get("/sign-up/weekly").text)[1]
        app.clock.now += timedelta(seconds=5)
        form = {"token": token, "categories": ["privacy"]}
        return [
            program.post("/sign-up/weekly", data=form | {"email": email}, headers={"x-forwarded-for": network},
                         follow_redirects=False).status_code
            for email, network in rows
        ]  # fmt: skip


@pytest.mark.parametrize("count", [25, pytest.param(10_000, marks=FULL)])
def test_one_victim_is_mailed_once_a_day_whoever_sends_their_address(proxied, mails, count):
    spelled = ("ada@example.org", "Ada@Example.org", "ADA@EXAMPLE.ORG")
    victims = ((spelled[n % 3], network) for n, network in zip(range(count), networks(), strict=False))
    answers = flood(proxied, victims)
    assert len(answers) == count
    assert set(answers) <= {303, 429}
    assert sum(mails.accepted.values()) == 1
    proxied.clock.now += timedelta(days=1)
    flood(proxied, ((spelled[n % 3], network) for n, network in zip(range(5), networks(), strict=False)))
    assert sum(mails.accepted.values()) == 2


@pytest.mark.parametrize("count", [45, pytest.param(10_000, marks=FULL)])
def test_one_network_brings_as_many_mails_as_it_may_and_strangers_are_forgotten(proxied, mails, count):
    most = proxied.settings.sign_up.per_network
    answers = flood(proxied, ((f"victim{n}@example.org", f"192.0.2.{n % 250}") for n in range(count)))
    assert (answers.count(303), answers.count(429)) == (min(most, count), count - min(most, count))
    assert sum(mails.accepted.values()) == min(most, count)
    proxied.clock.now += timedelta(days=400)
    tidy(proxied.press, proxied.clock.now)
    with proxied.press.store.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(subscribers)) == 0
