"""Preflight in the pipeline: which editions are looked at, and that errors stop a send until a person says so."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from types import TracebackType

import pytest

import press as small
from build import NOW
from digest.config.machine import WebSettings
from digest.errors import StateError
from digest.model.issue import IssueState
from digest.pipeline.approving import approve_issue
from digest.pipeline.checking import findings_of_links, findings_of_spam, proofs, require_good, usual_readers
from digest.pipeline.planning import HELD
from digest.ports.outside import SpamReport, SpamRule
from digest.preflight.check import Policy
from digest.store.store import SqlStore
from digest.tasks import run_due
from fake_fetcher import FakeFetcher
from fakes import FakeTransport
from good_mail import GOOD, PUBLIC
from send_ground import Ground, ground, press_on, with_readers


class Opened(FakeFetcher):
    """A FakeFetcher to be opened and closed."""

    async def __aenter__(self) -> Opened:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        return None


class FakeSpamFilter:
    """Finds one rule in everything."""

    def judge(self, mail: bytes) -> SpamReport:
        return SpamReport("fake", 0.5, 5.0, (SpamRule("SHOUTS", 0.5, "too loud"),))


@pytest.fixture
def good(sqlite_store: SqlStore) -> Ground:
    """An approved issue without fault, and its six readers."""
    return ground(sqlite_store, categories=("privacy", "security"))


@pytest.fixture
def bad(sqlite_store: SqlStore) -> Ground:
    """An approved issue, due now, that links into a private network."""
    press = press_on(sqlite_store)
    public = press.settings.model_copy(update={"web": WebSettings(public_url=PUBLIC)})
    press = replace(press, settings=public)
    first, *others = small.stories()
    draft = replace(small.issue(replace(first, url="http://192.168.1.7/story"), *others), send_at=NOW)
    press.store.issues.create(draft, NOW)
    return Ground(press, approve_issue(press, draft, "ed", NOW), with_readers(sqlite_store, 2))


def test_everything_and_the_largest_edition_of_a_reader_are_looked_at(good: Ground) -> None:
    readers = list(usual_readers(good.press, good.issue, NOW))
    assert [name for name, _ in readers] == ["everything", "largest"]
    made = proofs(good.press, good.issue, readers, NOW)
    assert [proof.reader for proof in made] == [name for name, _ in readers]
    assert "heading:robotics" in dict(made[0].pieces)
    assert "explore:robotics" in dict(made[1].pieces)


def test_a_good_issue_passes(good: Ground) -> None:
    assert require_good(good.press, good.issue, (), NOW) == ()


def test_errors_stop_a_send_and_are_named_with_the_way_to_see_them(bad: Ground) -> None:
    with pytest.raises(StateError, match=r"preflight found link-local; see: digest issue preflight weekly-"):
        require_good(bad.press, bad.issue, (), NOW)


def test_what_is_overridden_by_name_is_given_back_for_the_log(bad: Ground) -> None:
    assert {finding.id for finding in require_good(bad.press, bad.issue, ["link-local"], NOW)} == {"link-local"}


def test_an_issue_with_errors_is_held_at_its_hour_and_the_operator_is_told_once(
    bad: Ground, caplog: pytest.LogCaptureFixture
) -> None:
    transport = FakeTransport()
    with caplog.at_level(logging.ERROR):
        run_due(bad.press, lambda: transport, lambda: NOW)
        run_due(bad.press, lambda: transport, lambda: NOW)
    held = bad.press.issue(bad.issue.id)
    assert (held.state, held.note) == (IssueState.DRAFT, f"{HELD}preflight found link-local")
    assert transport.taken == []
    assert caplog.text.count("is held: preflight found link-local") == 1


def test_links_are_asked_for_through_the_fetcher(good: Ground) -> None:
    fetcher = Opened({"https://n.example/": b"here"})
    findings = asyncio.run(findings_of_links([GOOD], Policy(PUBLIC, 100_000), fetcher, NOW))
    assert [(f.id, f.place) for f in findings] == [("link-dead", "https://news.example.com/one")]


def test_one_mail_is_shown_to_the_spam_filter() -> None:
    assert [f.id for f in findings_of_spam([GOOD, GOOD], FakeSpamFilter())] == ["spam-shouts"]
