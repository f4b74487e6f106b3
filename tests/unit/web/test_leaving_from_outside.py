"""The doctor's press on the way to leave: known by our own server, and told apart from others; changes nothing."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from fastapi.testclient import TestClient

from digest.checkup import _leaving_link
from digest.diagnose.leaving import check_leaving
from digest.errors import OutsideError
from digest.links import Links
from digest.model.checks import Standing
from digest.ports.names import WebAnswer


class Through:
    """Asks the site in this process."""

    def __init__(self, client: TestClient) -> None:
        self.client = client

    def post(self, url: str, fields: Mapping[str, str]) -> WebAnswer:
        answer = self.client.post(url, data=dict(fields), follow_redirects=False)
        return WebAnswer(answer.status_code, answer.text, None)


class Saying:
    """A server that is not ours."""

    def __init__(self, status: int, body: str = "") -> None:
        self.answer = WebAnswer(status, body, None)

    def post(self, url: str, fields: Mapping[str, str]) -> WebAnswer:
        if not self.answer.status:
            raise OutsideError("https://x", "does not answer: refused")
        return self.answer


def test_our_own_server_takes_the_press_and_changes_nothing(app, client):
    found = list(check_leaving(Through(client), _leaving_link(app)))[-1]
    assert found.standing is Standing.OK
    assert app.press.store.readers.count() == 0


def test_a_server_with_another_key_is_found_out(app, client):
    from dataclasses import replace

    other = replace(app, press=replace(app.press, links=Links("https://press.example.com", ("z" * 32,))))
    found = list(check_leaving(Through(client), _leaving_link(other)))[-1]
    assert "does not know our signature" in found.detail


@pytest.mark.parametrize(
    ("status", "body", "says"),
    [(302, "", "redirects"), (200, "<html>Welcome", "status 200"), (403, "", "status 403"), (0, "", "refused")],
)
def test_what_stands_in_the_way_is_told(status, body, says):
    (found,) = check_leaving(Saying(status, body), "https://press.example.com/r/unsubscribe/x")
    assert found.standing is Standing.PROBLEM
    assert says in found.detail
    assert found.remedy


def test_plain_http_is_advised_against():
    found = list(check_leaving(Saying(302), "http://press.example.com/r/unsubscribe/x"))
    assert [check.standing for check in found] == [Standing.ADVICE, Standing.PROBLEM]
