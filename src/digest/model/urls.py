"""One spelling for every web address: takes a URL as found, gives the clean one that stands for the page, or "".

It never asks the network, so it knows only what the address itself says: tracking parameters, fragments, default
ports, case (RFC 3986, section 6), AMP and mobile hosts. What a page says of itself (rel=canonical) is not its matter.
"""

from __future__ import annotations

import re
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit

_LONGEST = 4_000
_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]*[a-z0-9])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9])?)*")
_IPV6 = re.compile(r"[0-9a-f:.]{2,45}")
_ESCAPE = re.compile(r"%[0-9a-fA-F]{2}")
_STRAY_PERCENT = re.compile(r"%(?![0-9a-fA-F]{2})")

_TRACKING_STARTS = (
    "utm_", "mc_", "pk_", "mtm_", "matomo_", "piwik_", "at_", "ns_", "wt_", "wt.", "vero_", "oly_", "guce_", "_hs",
)  # fmt: skip
_TRACKING_NAMES = (
    "utm fbclid gclid gclsrc dclid yclid ysclid wbraid gbraid msclkid ttclid twclid igshid igsh li_fat_id rb_clickid"
    " s_cid s_kwcid _ga _gl mkt_tok hsctatracking guccounter xtor cmpid ncid ito smid ftag sr_share soc_src soc_trk"
    " ocid trk spm scm sc_cmp sc_campaign sc_channel cx_testid __twitter_impression outputtype usqp amp amp_js_v"
)
_TRACKING = frozenset(_TRACKING_NAMES.split())
_FEED_MARK = re.compile(r"(?:ref|source|src|from|partner|via|cmp|feed)=(?:rss|feed|rss-?feed|atom|newsletter)", re.I)
_AMP_VIEW = re.compile(r"(?:output|view|format|type)=amp", re.I)

_AMP_CACHE = re.compile(r"/(?:[a-z]/)?s/(.+)|/c/(.+)")
_GOOGLE_AMP = re.compile(r"/amp/s/(.+)|/amp/(.+)")
_AMP_PATH = re.compile(r"(?<=[^/])/amp/?$|\.amp(?=\.html$|$)")
_MOBILE = frozenset({"m", "mobile", "amp", "wap", "touch"})
_TWO_PART_ENDS = frozenset({"co", "com", "net", "org", "gov", "ac", "edu", "or", "ne", "go"})


def canonical_url(url: str) -> str:
    """The clean absolute http(s) URL of the same page, in ASCII; "" when it is none or carries credentials.

    Running it on its own result changes nothing.
    """
    parts = _split(url)
    if not parts:
        return ""
    parts = _split(_publisher_url(parts)) or parts
    host = _desktop_host(_host(parts))
    path = _AMP_PATH.sub("", parts.path)
    query = "&".join(piece for piece in parts.query.split("&") if piece and not _is_tracking(piece))
    fragment = parts.fragment if parts.fragment.startswith("!") else ""
    return _join(parts, host, path, query, fragment)


def absolute_url(url: str, base: str = "") -> str:
    """The absolute http(s) URL of a link or picture as found on `base`, in ASCII, nothing removed; "" for any other."""
    try:
        parts = _split(urljoin(base, url.strip())) if url.strip() else None
    except ValueError:
        return ""
    return _join(parts, _host(parts), parts.path, parts.query, parts.fragment) if parts else ""


def host_of(url: str) -> str:
    """The host in lower case, without "www."; "" when there is none."""
    return (split_url(url).hostname or "").removeprefix("www.")


def split_url(url: str) -> SplitResult:
    """The parts of any text; all of them empty where it cannot be taken apart, such as "http://[::1"."""
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", "", "", "")


def same_site(one: str, other: str) -> bool:
    """Whether both URLs belong to one registered domain, judged by their last labels."""
    return bool(host_of(one)) and _site(host_of(one)) == _site(host_of(other))


def _split(url: str) -> SplitResult | None:
    """The parts of a usable URL; browsers read a backslash as a slash and we do not, so those are refused."""
    url = url.strip(" \t\r\n\f\v\0").encode("utf-8", "replace").decode()
    if len(url) > _LONGEST or "\\" in url.partition("?")[0]:
        return None
    try:
        parts = urlsplit(url)
        usable = parts.scheme in _PORTS and "@" not in parts.netloc and _host(parts) and parts.port != 0
    except ValueError:
        return None
    return parts if usable else None


def _host(parts: SplitResult) -> str:
    """The host as ASCII in lower case, an IPv6 address in brackets; "" when it can be no host."""
    host = (parts.hostname or "").rstrip(".")
    if ":" in host:
        return f"[{host}]" if _IPV6.fullmatch(host) else ""
    if not host.isascii():
        try:
            host = host.encode("idna").decode()
        except UnicodeError:
            return ""
    return host if _HOST.fullmatch(host) else ""


def _join(parts: SplitResult, host: str, path: str, query: str, fragment: str) -> str:
    port = f":{parts.port}" if parts.port and parts.port != _PORTS[parts.scheme] else ""
    url = f"{parts.scheme}://{host}{port}{_quoted(path or '/')}"
    return url + (f"?{_quoted(query)}" if query else "") + (f"#{_quoted(fragment)}" if fragment else "")


def _quoted(text: str) -> str:
    """Percent-encodes what a URL, an HTML attribute or a mail header must not hold; escapes stay, in upper case."""
    text = _ESCAPE.sub(lambda found: found.group().upper(), _STRAY_PERCENT.sub("%25", text))
    return quote(text, safe="/%:@!$&()*+,;=~-._?")


def _publisher_url(parts: SplitResult) -> str:
    """The publisher's own URL when the address is that of an AMP cache, else the same."""
    host, found = _host(parts), None
    if host.endswith("cdn.ampproject.org"):
        found = _AMP_CACHE.match(parts.path)
    elif re.fullmatch(r"www\.google\.[a-z.]+", host):
        found = _GOOGLE_AMP.match(parts.path)
    if not found:
        return parts.geturl()
    secure, plain = found.groups()
    query = f"?{parts.query}" if parts.query else ""
    return f"https://{unquote(secure)}{query}" if secure else f"http://{unquote(plain)}{query}"


def _desktop_host(host: str) -> str:
    """The desktop host of a mobile or AMP one: en.m.wikipedia.org is en.wikipedia.org, m.bbc.co.uk www.bbc.co.uk."""
    labels = host.split(".")
    site = len(_site(host).split("."))
    if host.startswith("[") or labels[-1].isdigit() or len(labels) <= site:
        return host
    before = [label for label in labels[:-site] if label not in _MOBILE]
    if len(before) == len(labels) - site:
        return host
    return ".".join((before or ["www"]) + labels[-site:])


def _site(host: str) -> str:
    labels = host.split(".")
    long = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _TWO_PART_ENDS
    return ".".join(labels[-3 if long else -2 :])


def _is_tracking(piece: str) -> bool:
    name = piece.partition("=")[0].lower()
    marked = _FEED_MARK.fullmatch(piece) or _AMP_VIEW.fullmatch(piece)
    return name in _TRACKING or name.startswith(_TRACKING_STARTS) or bool(marked)
