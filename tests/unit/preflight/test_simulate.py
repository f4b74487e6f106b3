"""Simulated mail programs lose what the tables say that they do not know, and nothing else."""

from __future__ import annotations

import press
from digest.preflight.simulate import as_gmail, as_outlook
from digest.preflight.size import CLIP

PAGE = """<!doctype html><html><head><style>
@media (prefers-color-scheme: dark) { .a { color: white } }
@media (max-width: 480px) { .a { color: green } }
.a:nth-child(2) { color: red } .a { box-shadow: 0 0 1px red; color: blue }
</style></head><body>
<!--[if mso | IE]><p>for word</p><![endif]--><!--[if !mso]><!--><p>for others</p><!--<![endif]-->
<p class="a" style="position: absolute; background-image: url(x.png); border-radius: 4px; color: teal">words</p>
<script>alert(1)</script></body></html>"""


def test_gmail_drops_what_it_does_not_know():
    left = as_gmail(PAGE)
    assert "prefers-color-scheme" not in left
    assert "max-width: 480px" in left
    assert "nth-child" not in left
    assert "box-shadow" not in left
    assert "position" not in left
    assert "color: blue" in left
    assert "border-radius: 4px" in left
    assert "script" not in left
    assert "words" in left


def test_outlook_meets_its_comments_and_knows_no_media_queries():
    left = as_outlook(PAGE)
    assert "for word" in left
    assert "for others" not in left
    assert "@media" not in left
    assert "background-image" not in left
    assert "border-radius" not in left
    assert "color: teal" in left


def test_gmail_clips_a_long_mail_and_drops_long_styles():
    assert "[Message clipped]" in as_gmail(PAGE.replace("words", "w" * CLIP))
    assert "[Message clipped]" not in as_gmail(PAGE)
    assert "color: blue" not in as_gmail(PAGE.replace(".a {", f"/*{'x' * 17_000}*/ .a {{", 1))


def test_a_real_mail_keeps_its_words_and_links():
    html = press.read(press.compiled())[0]
    for left in (as_gmail(html), as_outlook(html)):
        assert left.count("<a ") == html.count("<a ")
        assert "Regulator tells hospitals" in left
        assert "javascript" not in left


def test_anything_is_taken():
    for odd in ("", "\0", "<", "<!--[if mso]>", "<style>", "<html><form><p>x"):
        assert as_gmail(odd) + as_outlook(odd)
