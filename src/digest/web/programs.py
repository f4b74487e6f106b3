"""What a browser calls itself, in words that its owner knows."""

from __future__ import annotations

_BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("HeadlessChrome/", "Chrome"), ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Mac OS", "Mac"),
    ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


def told(program: str) -> str:
    """Like "Firefox on Linux"; the first words of what is not known (RFC 9110, section 10.1.5)."""
    browser = next((word for mark, word in _BROWSERS if mark in program), "")
    system = next((word for mark, word in _SYSTEMS if mark in program), "")
    return " on ".join(filter(None, (browser, system))) or program[:40] or "unknown"
