"""How far an issue is: by state and provider, how fast, and how long it will take."""

from __future__ import annotations

from datetime import timedelta

from build import WEEKLY, consent, preferences, subscriber_draft
from digest.config.throttle import ThrottleSettings
from digest.model.delivery import DeliveryState
from digest.model.issue import IssueState
from digest.model.people import ConsentKind
from digest.pipeline.press import Press
from digest.pipeline.reporting import OTHERS, progress
from digest.store.store import SqlStore
from send_ground import LATER, ground


def test_progress_says_states_providers_pace_and_what_is_left(store: SqlStore) -> None:
    turf = ground(store, 6)
    turf.transport.replies["reader0@example.com"] = LATER
    turf.send()
    seen = progress(turf.press, turf.press.issue(turf.issue.id), turf.clock())
    assert (seen.state, seen.total, seen.done) == (IssueState.SENDING, 6, 5)
    assert seen.counts == {DeliveryState.SENT: 5, DeliveryState.DEFERRED: 1}
    assert seen.per_second == 5 / 60 and seen.left == timedelta(seconds=12)
    assert [(one.provider, one.counts) for one in seen.providers] == [("example.com", seen.counts)]
    turf.clock.pass_(minutes=2)
    still = progress(turf.press, turf.press.issue(turf.issue.id), turf.clock())
    assert (still.per_second, still.left) == (0, None)


def test_domains_of_a_provider_are_one_and_small_ones_are_counted_together(store: SqlStore) -> None:
    turf = ground(store, 0)
    rows = [subscriber_draft(f"r{n}@{domain}") for n, domain in enumerate(["a.example", "b.example"] * 3)]
    rows += [subscriber_draft(f"s@small{n:02}.example") for n in range(12)]
    store.readers.import_([(row, WEEKLY, preferences()) for row in rows], consent(ConsentKind.IMPORTED))
    turf.send()
    limits = {"providers": [{"name": "both", "domains": ["a.example", "B.example"], "per_minute": 60}]}
    settings = turf.press.settings.model_copy(update={"throttle": ThrottleSettings.model_validate(limits)})
    press = Press(settings, store, turf.press.templates, turf.press.links, turf.press.secret)
    seen = progress(press, press.issue(turf.issue.id), turf.clock())
    named = {one.provider: sum(one.counts.values()) for one in seen.providers}
    assert named["both"] == 6 and named[OTHERS] == 3 and len(named) == 11 and seen.total == 18
