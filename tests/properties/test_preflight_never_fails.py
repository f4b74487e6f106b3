"""Preflight gives findings for whatever it is shown, and never raises."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from digest.preflight.check import check
from good_mail import GOOD, POLICY, with_piece

TAGS = st.sampled_from([
    "a", "p", "h1", "h2", "table", "tr", "td", "div", "span", "img", "style", "html", "head", "body", "link", "svg",
    "font", "input", "title", "b", "i", "o:p", "!--", "/div", "form", "template", "noscript",
])  # fmt: skip
NAMES = st.sampled_from([
    "style", "href", "src", "alt", "width", "height", "class", "id", "role", "lang", "dir", "media", "srcset", "type",
    "bgcolor", "color",
])  # fmt: skip
VALUES = st.text(max_size=30) | st.sampled_from([
    "color:red", "font-size:1e999px", "color:rgb(1,2", "a:b:c;;}{", "url(", "#", "//", "http://[", "{{", "0", "9" * 40,
    "display:none", "color:color(display-p3 1 0 0)", "padding:1em 2em 3em", "@media{@media{a{", "background:url(a.svg)",
    "\u00b2", "padding:", "line-height:\u0663", "font:1..2px a", "p{color:red}", "p:not({color:red}", "https://a.invalid",
])  # fmt: skip
SHREDS = st.sampled_from([
    b"=?", b"?=", b"utf-8?q?", b"\r\n", b"\n", b": ", b"To", b"<", b"Content-Type: multipart/mixed; boundary=a", b"--a",
    b" ", b"List-Id", b"\xff", b"Content-Type: text/plain; charset=x", b"=?utf-8?b?!?=",
])  # fmt: skip


def element(tag: str, attributes: list[tuple[str, str]], text: str) -> str:
    """HTML that need not be any."""
    written = " ".join(f'{name}="{value}"' for name, value in attributes)
    return f"<{tag} {written}>{text}"


ELEMENTS = st.builds(element, TAGS, st.lists(st.tuples(NAMES, VALUES), max_size=3), VALUES)
HTML = st.lists(ELEMENTS, max_size=12).map("".join)


@settings(max_examples=100, deadline=None)
@given(HTML | st.text(max_size=200))
def test_on_any_html(html: str) -> None:
    assert all(finding.message and finding.remedy for finding in check([with_piece(html)], POLICY))


@settings(max_examples=60, deadline=None)
@given(HTML)
def test_on_a_document_that_is_nothing_but_that(html: str) -> None:
    check([replace(GOOD, pieces=(("head", html),))], POLICY)


def test_on_nothing() -> None:
    check([replace(GOOD, pieces=(), text="", mail=b"")], POLICY)


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=300) | st.lists(SHREDS, max_size=20).map(b"".join))
def test_on_any_mail(mail: bytes) -> None:
    check([replace(GOOD, mail=mail)], POLICY)
    check([replace(GOOD, mail=GOOD.mail[:60] + mail + GOOD.mail[60:])], POLICY)
