"""/metrics says what the tables hold, in the words of Prometheus, to those who may ask; /readyz what is ready."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from build import NOW, WEEKLY, consent, preferences, subscriber_draft
from digest.config.operate import MetricsSettings
from digest.config.throttle import ProviderLimitSettings, ThrottleSettings
from digest.model.issue import IssueState
from digest.model.jobs import Backlog, QueueName, Waiting
from digest.model.people import ConsentKind
from digest.pipeline.approving import approve_issue
from digest.pipeline.delivering import deliver_issue
from fakes import FakeTransport
from visits import opened


def with_settings(app, **tables):
    settings = app.settings.model_copy(update=tables)
    return replace(app, loaded=replace(app.loaded, settings=settings), press=replace(app.press, settings=settings))


def figures(client):
    answer = client.get("/metrics")
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.text)
    return {(s.name, *sorted(s.labels.items())): s.value for family in families for s in family.samples}


def sent(app, *domains):
    rows = [(subscriber_draft(f"r{n}@{domain}"), WEEKLY, preferences()) for n, domain in enumerate(domains)]
    app.press.store.readers.import_(rows, consent(ConsentKind.IMPORTED))
    issue = approve_issue(app.press, app.press.issue("weekly-2026-11-24"), "ed", NOW)
    deliver_issue(app.press, issue, FakeTransport(), app.clock)


def test_deliveries_stand_by_newsletter_state_and_provider_and_a_small_domain_is_not_named(app):
    limits = ThrottleSettings(providers=(ProviderLimitSettings(name="big", domains=("big.example",), per_minute=60),))
    app = with_settings(app, throttle=limits)
    sent(app, "big.example", "ada-lovelace.example", *["crowd.example"] * 20)
    with opened(app) as client:
        app.clock.now = app.press.issue("weekly-2026-11-24").send_at + timedelta(hours=1)
        found = figures(client)
    counted = {name[2][1]: value for name, value in found.items() if name[0] == "digest_deliveries"}
    assert counted == {"big": 1, "crowd.example": 20, "others": 1}
    assert found["digest_issues", ("state", "sent")] == 1
    assert found["digest_throttle_per_minute", ("layer", "provider big")] == 60
    assert "lovelace" not in client.get("/metrics").text


class FakeQueue:
    """Three jobs that wait, and one that nobody does."""

    def backlog(self):
        queues = dict.fromkeys(QueueName, Waiting()) | {QueueName.DELIVER: Waiting(3, 2, timedelta(seconds=90))}
        return Backlog(queues, doing=2, stuck=1, workers=4)


def test_jobs_that_wait_for_workers_are_counted_with_what_else_waits(app):
    with opened(app) as client:
        assert ("digest_queue", ("queue", "jobs-deliver")) not in figures(client)
    with opened(replace(app, queue=FakeQueue())) as client:
        found = figures(client)
    counted = {name[1][1]: value for name, value in found.items() if name[0] == "digest_queue"}
    jobs = {"jobs-gather": 0, "jobs-compose": 0, "jobs-deliver": 3, "jobs-later": 2, "jobs-doing": 2, "jobs-stuck": 1}
    assert counted == {"due": 0, "later": 0, "claimed": 0, "errands": 0} | jobs
    assert found["digest_queue_age_seconds", ("queue", "jobs-deliver")] == 90
    assert found["digest_workers",] == 4


def test_the_lag_of_a_slot_grows_until_it_is_out(app):
    issue = app.press.issue("weekly-2026-11-24")
    with opened(with_settings(app, metrics=MetricsSettings(seconds=0))) as client:
        app.clock.now = issue.send_at + timedelta(minutes=5)
        assert figures(client)["digest_slot_lag_seconds", ("newsletter", "weekly")] == 300
        assert figures(client)["digest_slot_begun_lag_seconds", ("newsletter", "weekly")] == 300
        app.press.store.issues.advance(issue.id, IssueState.SKIPPED, app.clock.now)
        assert ("digest_slot_lag_seconds", ("newsletter", "weekly")) not in figures(client)


def test_what_was_counted_is_good_for_a_while(app, client):
    before = figures(client).get(("digest_readers", ("state", "confirmed")), 0)
    rows = [(subscriber_draft("new@example.com"), WEEKLY, preferences())]
    app.press.store.readers.import_(rows, consent(ConsentKind.IMPORTED))
    assert figures(client).get(("digest_readers", ("state", "confirmed")), 0) == before
    app.clock.now += timedelta(seconds=31)
    assert figures(client)["digest_readers", ("state", "confirmed")] == before + 1


@pytest.mark.parametrize(("networks", "status"), [(("127.0.0.0/8",), 404), (("203.0.113.0/24",), 200), ((), 404)])
def test_only_the_networks_of_the_settings_may_ask(app, networks, status):
    app = with_settings(app, metrics=MetricsSettings(networks=networks))
    with opened(app, client=("203.0.113.9", 50_000)) as client:
        assert client.get("/metrics").status_code == status


def test_a_proxy_on_this_machine_does_not_open_the_figures_to_the_world(app):
    app = with_settings(app, web=app.settings.web.model_copy(update={"behind_proxy": True}))
    with opened(app) as client:
        assert client.get("/metrics", headers={"X-Forwarded-For": "198.51.100.7"}).status_code == 404
        assert client.get("/metrics").status_code == 200


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "Via", "X-Real-IP"])
def test_nor_does_one_that_the_settings_do_not_know_of(client, header):
    """Its own address is this machine's, and whom it asks for is not believed."""
    assert client.get("/metrics", headers={header: "198.51.100.7"}).status_code == 404
    assert client.get("/metrics").status_code == 200


def test_not_ready_without_tables_and_alive_all_the_same(app, client):
    assert client.get("/readyz").text == "ok\n"
    with app.press.store.engine.begin() as connection:
        connection.execute(text("ALTER TABLE issue RENAME TO gone"))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.text) == (503, "not ready: the database does not answer\n")
    assert client.get("/healthz").status_code == 200
