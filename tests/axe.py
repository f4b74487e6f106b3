"""axe-core in a page of Chromium: what it finds wrong with what is shown."""

from __future__ import annotations

from playwright.sync_api import Page

from npm import installed

# Mails in frames have tests of their own, and axe, which stands in the page, cannot look into a sandboxed one anyway.
_RUN = """async place => (await axe.run(place, {iframes: false, preload: false, resultTypes: ["violations"]}))
    .violations.map(({id, nodes}) => id + ": " + nodes.map(one => one.html + " " + one.failureSummary).join(" | "))"""


def script() -> str:
    """The source of axe-core."""
    return (installed("axe-core", "4.10.3") / "axe.min.js").read_text(encoding="utf-8")


def faults(page: Page, place: str = "html") -> list[str]:
    """What is wrong in the page, or in the part that this selector finds; a rule and its elements each."""
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(script())
    found: list[str] = page.evaluate(_RUN, place)
    return found
