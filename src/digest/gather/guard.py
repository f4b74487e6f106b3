"""What may be fetched: takes addresses and URLs, gives the reason against, or "". It resolves and connects nothing.

The rule for addresses is an allow-list of what is globally reachable (IANA special-purpose registries, RFC 6890),
written out because `ipaddress.is_global` differs between Python releases.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from digest.errors import ConfigError

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_REFUSED_IPV4 = {
    IPv4Network(network): kind
    for kind, networks in {
        "this machine": ("0.0.0.0/8", "127.0.0.0/8"),
        "a private network": ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"),
        "the local link, where clouds keep their metadata": ("169.254.0.0/16",),
        "a cloud's inside": ("168.63.129.16/32",),
        "reserved": ("192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24",
                     "203.0.113.0/24", "240.0.0.0/4"),
        "a multicast group": ("224.0.0.0/4",),
    }.items()
    for network in networks
}  # fmt: skip
_GLOBAL_IPV6 = IPv6Network("2000::/3")
_REFUSED_IPV6 = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))
"""Protocol assignments with Teredo, documentation, 6to4: in 2000::/3 and yet no place for a publisher."""
_NAT64 = IPv6Network("64:ff9b::/96")
_LONGEST_URL = 4_000
_LAST_IS_NUMBER = re.compile(r"(?:.*\.)?(?:\d+|0x[0-9a-f]*)\.?")


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """The allow-list of the settings. Raises ConfigError for what is no network."""
    return tuple(map(_network, texts))


def address_problem(address: str, allowed: Iterable[Network] = ()) -> str:
    """Why nobody may connect to this IP address, as numbers; "" when one may.

    IPv4 in IPv6 (mapped, NAT64) is judged as IPv4; `allowed` networks go before every rule.
    """
    try:
        found: Address = ip_address(address.partition("%")[0])
    except ValueError:
        return f"{address[:60]!r} is no IP address"
    inner = _embedded(found)
    if any(one.version == network.version and one in network for network in allowed for one in (found, inner)):
        return ""
    kind = _kind(inner)
    return f"{found} is {kind}, which gather.allow_networks does not name" if kind else ""


def url_problem(url: str) -> str:
    """Why this URL may not be fetched, as far as the URL itself tells; "" when nothing speaks against trying."""
    if len(url) > _LONGEST_URL:
        return "the URL is too long"
    if not url.isprintable() or any(c.isspace() for c in url) or "\\" in url.partition("?")[0]:
        return "the URL holds characters that no URL may hold"
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return "the URL cannot be read"
    if parts.scheme not in ("http", "https"):
        return f"only http and https are fetched, not {parts.scheme[:20] or 'a path'}"
    if "@" in parts.netloc:
        return "the URL carries a user name"
    return _host_problem(parts.hostname or "")


def _host_problem(host: str) -> str:
    host = unicodedata.normalize("NFKC", host).replace("。", ".")
    if not host.strip("."):
        return "the URL names no host"
    if "%" in host:
        return "the host carries a zone or an escape"
    if ":" not in host and _LAST_IS_NUMBER.fullmatch(host) and not _is_dotted_quad(host):
        return "the host is a number that is not written as an address"
    return ""


def _is_dotted_quad(host: str) -> bool:
    try:
        return str(IPv4Address(host)) == host
    except ValueError:
        return False


def _embedded(address: Address) -> Address:
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return address.ipv4_mapped
        if address in _NAT64:
            return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address


def _kind(address: Address) -> str:
    """What speaks against the address; "" when it is globally reachable."""
    if isinstance(address, IPv4Address):
        return next((kind for network, kind in _REFUSED_IPV4.items() if address in network), "")
    if address.is_loopback:
        return "this machine"
    if address not in _GLOBAL_IPV6 or any(address in network for network in _REFUSED_IPV6):
        return "not an address of the public internet"
    return ""


def _network(text: str) -> Network:
    try:
        return ip_network(text, strict=False)
    except ValueError as error:
        remedy = 'write an address with its length, for example "127.0.0.0/8"'
        raise ConfigError("[gather] allow_networks", f"{text!r} is no network", remedy) from error
