"""Whether a form came from a page of ours, by what browsers and proxies say."""

from __future__ import annotations

import pytest
from starlette.requests import Request

from digest.web.guard import is_from_here

PUBLIC = "https://News.example.org"
OURS = {
    "a program": {},
    "Fetch Metadata": {"Sec-Fetch-Site": "same-origin"},
    "typed in": {"Sec-Fetch-Site": "none"},
    "Fetch Metadata under no-referrer": {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
    "by this Host": {"Origin": "http://10.0.0.7:8000"},
    "by the public name, with another Host": {"Origin": "https://news.example.org"},
    "in capitals": {"Origin": "HTTPS://NEWS.EXAMPLE.ORG"},
}
THEIRS = {
    "another site": {"Origin": "https://evil.test"},
    "a site that begins like ours": {"Origin": "https://news.example.org.evil.test"},
    "another port": {"Origin": "http://10.0.0.7:8001"},
    "no host": {"Origin": ""},
    "no URL": {"Origin": "http://[::1"},
    "Fetch Metadata": {"Sec-Fetch-Site": "cross-site"},
    "a neighbour": {"Sec-Fetch-Site": "same-site"},
    "Fetch Metadata, and our Origin": {"Sec-Fetch-Site": "cross-site", "Origin": "https://news.example.org"},
}


def asked(headers: dict[str, str], host: str = "10.0.0.7:8000") -> Request:
    named = {"Host": host} | headers
    raw = [(name.lower().encode(), value.encode()) for name, value in named.items()]
    return Request({"type": "http", "method": "POST", "path": "/", "headers": raw})


@pytest.mark.parametrize("null", [True, False])
@pytest.mark.parametrize("headers", OURS.values(), ids=OURS)
def test_a_page_of_ours_is_known_whatever_host_a_proxy_passes_on(headers: dict[str, str], null: bool) -> None:
    assert is_from_here(asked(headers), PUBLIC, null=null)


@pytest.mark.parametrize("null", [True, False])
@pytest.mark.parametrize("headers", THEIRS.values(), ids=THEIRS)
def test_a_page_of_another_site_is_refused(headers: dict[str, str], null: bool) -> None:
    assert not is_from_here(asked(headers), PUBLIC, null=null)
    assert not is_from_here(asked(headers, ""), "", null=null)


def test_a_browser_that_does_not_say_passes_only_where_our_page_asked_it_not_to() -> None:
    assert is_from_here(asked({"Origin": "null"}), PUBLIC, null=True)
    assert not is_from_here(asked({"Origin": "null"}), PUBLIC)
