"""A reader's whole way in a real browser: sign up, confirm, choose, read, leave; with scripts and without."""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage

import pytest
from playwright.sync_api import Browser, expect

from digest.model.ids import NewsletterSlug
from digest.pipeline.delivering import deliver_issue
from digest.pipeline.previewing import reader_by_address
from playing import PHONE, Show, visitor

pytestmark = pytest.mark.browser


def link_in(mail: EmailMessage, purpose: str) -> str:
    """The address that the text part gives for this purpose."""
    body = mail.get_body(("plain",))
    assert body is not None
    return re.search(rf"http\S+/r/{purpose}/[\w.-]+", body.get_content())[0]


def mail_to(played: Show, address: str) -> EmailMessage:
    """The first mail to this address; it goes out after the page was answered."""
    for _ in range(100):
        if found := played.mails(address):
            return found[0]
        time.sleep(0.05)
    raise AssertionError(f"no mail has come to {address}")


def send_to(played: Show, address: str) -> EmailMessage:
    """Sends the approved daily to one reader, as `digest send --to` does; gives the mail."""
    press, issue = played.app.press, played.app.press.issue(played.approved)
    only = [reader_by_address(press, NewsletterSlug("daily"), address)]
    with ThreadPoolExecutor(1) as thread:
        thread.submit(deliver_issue, press, issue, played.app.transport(), played.app.clock, only).result()
    return played.mails(address)[-1]


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_reader_signs_up_confirms_chooses_reads_and_leaves(played: Show, browser: Browser, scripts: bool):
    address = f"ada-{'with' if scripts else 'without'}@example.org"
    with visitor(played, browser, java_script_enabled=scripts, **PHONE) as reader:
        page = reader.goes_to("/sign-up/daily")
        page.get_by_label("Your address").fill("ada at home")
        page.get_by_role("button", name="Subscribe").click()
        field = page.get_by_label("Your address")
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(field).to_have_accessible_description(re.compile(r"@-sign.*name@example\.org", re.DOTALL))
        expect(field).to_have_value("ada at home")

        field.fill(address)
        page.get_by_label("Your name").fill("Ada <b>Lovelace</b>")
        page.get_by_role("button", name="Subscribe").click()
        expect(page.get_by_role("heading", name="Look into your inbox")).to_be_visible()

        page.goto(link_in(mail_to(played, address), "confirm"))
        page.get_by_role("button", name="Confirm").click()
        expect(page.get_by_role("status")).to_contain_text("Confirmed")

        for box in page.get_by_role("checkbox").all():
            box.uncheck()
        page.get_by_role("button", name="Save").first.click()
        expect(page.get_by_role("alert")).to_contain_text("Tick at least one")
        page.get_by_role("checkbox", name="Privacy").check()
        page.get_by_role("checkbox", name="Security").check()
        page.get_by_role("button", name="Save").first.click()
        expect(page.get_by_role("status")).to_contain_text("Saved")
        assert [b.get_attribute("value") for b in page.get_by_role("checkbox", checked=True).all()] == [
            "privacy",
            "security",
        ]

        mail = send_to(played, address)
        page.goto(link_in(mail, "view"))
        expect(page.locator("body")).to_contain_text("Privacy")
        assert page.get_by_role("link").count() > 3

        page.goto(mail["List-Unsubscribe"].strip("<>"))
        page.get_by_role("button", name="Leave this newsletter").click()
        expect(page.get_by_role("heading")).to_have_text("You have left The Daily Brief")
        page.goto(link_in(mail, "preferences"))
        expect(page.get_by_role("heading")).to_have_text("You have left The Daily Brief")
        expect(page.get_by_role("checkbox")).to_have_count(0)


PAGES = ("/sign-up/weekly", "/sign-up/weekly/sent", "/archive/weekly", "/archive/daily", "/nowhere", "/r/confirm/stale")


def personal_pages(played: Show) -> list[str]:
    """What the links of one of the demonstration's mails open."""
    mail = next(iter(played.mails("amelie.fournier@example.com")))
    return [mail["List-Unsubscribe"].strip("<>"), link_in(mail, "preferences"), link_in(mail, "view")]


def test_no_page_scrolls_sideways_on_the_narrowest_phone(played: Show, browser: Browser):
    with visitor(played, browser, viewport={"width": 320, "height": 640}) as reader:
        for address in (*PAGES, *personal_pages(played), f"/archive/weekly/{played.sent.removeprefix('weekly-')}"):
            page = reader.goes_to(address)
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, address


def test_every_target_of_a_form_is_large_enough_for_a_thumb(played: Show, browser: Browser):
    """44 CSS pixels (WCAG 2.2, 2.5.5)."""
    with visitor(played, browser, **PHONE) as reader:
        page = reader.goes_to("/sign-up/weekly")
        for element in page.locator(
            "button, label.choice, input:not([type=checkbox]):not([type=hidden]):not([tabindex]), select, .tabs a"
        ).all():
            assert element.bounding_box()["height"] >= 44


def test_everything_is_reached_and_shown_by_the_tab_key(played: Show, browser: Browser):
    with visitor(played, browser) as reader:
        for address in (*PAGES, *personal_pages(played)[:2]):
            page = reader.goes_to(address)
            wanted = page.evaluate("""() => [...document.querySelectorAll(
                "a[href], button, select, summary, input:not([type=hidden])")]
                .filter((element) => element.tabIndex >= 0 && element.checkVisibility())
                .map((element, number) => element.dataset.number = number).length""")
            reached = []
            for _ in range(wanted + 3):  # a date is a field of several parts
                page.keyboard.press("Tab")
                reached.append(
                    page.evaluate("""() => [Number(document.activeElement.dataset.number),
                    getComputedStyle(document.activeElement).outlineStyle]""")
                )
            apart = [one for at, one in enumerate(reached) if at == 0 or one[0] != reached[at - 1][0]]
            assert apart[:wanted] == [[number, "solid"] for number in range(wanted)], address
