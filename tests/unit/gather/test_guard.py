from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import ConfigError
from digest.gather.guard import address_problem, networks, url_problem

REFUSED = [
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1",
    "100.64.0.1", "100.100.100.200", "169.254.169.254", "168.63.129.16", "192.0.0.192", "192.0.2.1", "198.18.0.1",
    "198.51.100.1", "203.0.113.1", "192.88.99.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe", "::127.0.0.1", "::7f00:1",
    "64:ff9b::7f00:1", "64:ff9b::169.254.169.254", "64:ff9b:1::1", "2002:7f00:1::", "2002:a9fe:a9fe::1",
    "2001::1", "2001:0:7f00:1::", "2001:10::1", "2001:db8::1", "3fff::1", "fd00:ec2::254", "fc00::1", "fe80::1",
    "fe80::1%eth0", "fec0::1", "ff02::1", "5f00::1", "100::1", "::1%lo", "::ffff:0:127.0.0.1", "", "localhost", "127.1",
    "2130706433", "0x7f000001",
]  # fmt: skip
PUBLIC = ["1.1.1.1", "93.184.216.34", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "2606:4700::1111",
          "2001:4860:4860::8888", "2a00:1450::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"]  # fmt: skip


@pytest.mark.parametrize("address", REFUSED)
def test_addresses_that_are_not_the_public_internet_are_refused(address: str) -> None:
    assert address_problem(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_pass(address: str) -> None:
    assert address_problem(address) == ""


def test_the_allow_list_goes_before_every_rule_but_opens_nothing_else() -> None:
    allowed = networks(["127.0.0.0/8", "fd00::1"])
    assert address_problem("127.0.0.1", allowed) == ""
    assert address_problem("::ffff:127.0.0.1", allowed) == ""
    assert address_problem("fd00::1", allowed) == ""
    assert address_problem("fd00::2", allowed)
    assert address_problem("10.0.0.1", allowed)


def test_an_allow_list_that_is_no_network_names_its_key() -> None:
    with pytest.raises(ConfigError, match="allow_networks"):
        networks(["localhost"])


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("ftp://example.com/", "only http and https"),
        ("file:///etc/passwd", "only http and https"),
        ("/etc/passwd", "a path"),
        ("gopher://127.0.0.1:25/_HELO", "only http and https"),
        ("https://user@example.com/", "user name"),
        ("https://user:secret@example.com/", "user name"),
        ("http:///a", "names no host"),
        ("http://./a", "names no host"),
        ("http://2130706433/", "number"),
        ("http://0x7f000001/", "number"),
        ("http://0x7f.0.0.1/", "number"),
        ("http://0177.0.0.1/", "number"),
        ("http://127.1/", "number"),
        ("http://127.0.0.1./", "number"),
        ("http://0/", "number"),
        ("http://1.2.3.4.5/", "number"),
        ("http://２１３０７０６４３３/", "number"),
        ("http://[::1%25lo]/", "zone"),
        ("http://%31%32%37.0.0.1/", "escape"),
        ("http://[::1/", "cannot be read"),
        ("http://example.com:70000/", "cannot be read"),
        ("http://exa mple.com/", "characters"),
        ("http://example.com\\@evil.example/", "characters"),
        ("http://example.com/\r\nX: y", "characters"),
        ("http://example.com/" + "a" * 5000, "too long"),
    ],
)
def test_urls_that_cannot_be_meant_are_refused_with_the_reason(url: str, why: str) -> None:
    assert why in url_problem(url)


@pytest.mark.parametrize(
    "url", ["https://example.com/a?b=c#d", "http://1.2.3.4:8080/", "http://[2606:4700::1]/", "https://xn--bcher-kva.de/",
            "https://bücher.de/", "https://9news.com/", "https://example.com/?x=\\"],
)  # fmt: skip
def test_ordinary_urls_pass(url: str) -> None:
    assert url_problem(url) == ""


@given(st.text())
def test_no_text_breaks_the_guard(text: str) -> None:
    assert isinstance(url_problem(text), str)
    assert isinstance(url_problem(f"http://{text}/"), str)
    assert isinstance(address_problem(text), str)


@given(st.ip_addresses(v=4))
def test_ipv4_in_ipv6_is_judged_as_ipv4(address: object) -> None:
    plain = bool(address_problem(str(address)))
    assert bool(address_problem(f"::ffff:{address}")) == plain
    assert bool(address_problem(f"64:ff9b::{address}")) == plain
