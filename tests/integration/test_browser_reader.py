"""A reader's whole way in a real browser: sign up, confirm, choose, read, drop, pause, leave.

On a phone with scripts and without, and at a desk by the keyboard alone.
"""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from html import unescape
from typing import Literal

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

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


def signs_up(page: Page, address: str) -> None:
    """With a slip first: it is told beside its field, and nothing that was written is lost."""
    page.get_by_label("Your address").fill("ada at home")
    page.get_by_role("button", name="Subscribe").click()
    field = page.get_by_label("Your address")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(re.compile(r"@-sign.*name@example\.org", re.DOTALL))
    expect(field).to_have_value("ada at home")
    field.fill(address)
    page.get_by_label("Your name").fill("Ada <b>Lovelace")
    page.get_by_label("At what time").select_option("18")
    page.get_by_role("button", name="Subscribe").click()
    expect(page.get_by_role("heading", name="Look into your inbox")).to_be_visible()


def confirms(page: Page, mail: EmailMessage) -> None:
    page.goto(link_in(mail, "confirm"))
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("status")).to_contain_text("Confirmed")
    expect(page.get_by_label("At what time")).to_have_value("18")


def chooses(page: Page) -> None:
    """Two topics, one of them in a rhythm of its own; none at all is refused."""
    for box in page.get_by_role("checkbox").all():
        box.uncheck()
    page.get_by_role("button", name="Save").first.click()
    expect(page.get_by_role("alert")).to_contain_text("Tick at least one")
    page.get_by_role("checkbox", name="Privacy").check()
    page.get_by_role("checkbox", name="Security").check()
    page.get_by_text("Another rhythm for single topics").click()
    page.get_by_label("Robotics", exact=True).select_option("monthly")
    page.get_by_role("button", name="Save").first.click()
    expect(page.get_by_role("status")).to_contain_text("Saved")
    assert ticked(page) == ["privacy", "security"]


def ticked(page: Page) -> list[str | None]:
    return [box.get_attribute("value") for box in page.get_by_role("checkbox", checked=True).all()]


def has_just(played: Show, mail: EmailMessage, *categories: str) -> None:
    """The mail tells stories of these categories, in both parts, and of no other but what is paid for."""
    content = played.app.press.issue(played.approved).content
    titles = {item.story: item.title for item in content.stories}
    for kind in ("plain", "html"):
        part = mail.get_body((kind,))
        assert part is not None
        text = " ".join(unescape(re.sub("<[^>]+>", " ", part.get_content())).replace("\u00a0", " ").split()).lower()
        told = {story for story, title in titles.items() if " ".join(title.lower().split()) in text}
        wanted = {section.category for section in content.sections if told & set(section.stories)}
        assert wanted >= set(categories), kind
        for story in told:
            places = {section.category for section in content.sections if story in section.stories}
            assert places & {*categories, "sponsored-content"}, titles[story]


def drops(page: Page, mail: EmailMessage, topic: str) -> None:
    """By the link in the mail's footer, whose page asks for one press."""
    html = mail.get_body(("html",))
    assert html is not None
    page.goto(re.search(r'href="(http[^"]+/drop)"', html.get_content())[1])
    page.get_by_role("button", name=f"Drop {topic}").click()
    expect(page.get_by_role("main")).to_contain_text(f"{topic} no longer comes to you")
    page.get_by_role("link", name="All that you can choose").click()
    assert ticked(page) == ["privacy"]


def has_it_less_often(page: Page, mail: EmailMessage) -> None:
    page.goto(f"{link_in(mail, 'preferences')}/less")
    page.get_by_role("button", name="Send it less often").click()
    page.get_by_role("link", name="All that you can choose").click()
    expect(page.get_by_label("How often")).to_have_value("weekly")


def pauses(page: Page) -> None:
    page.get_by_label("Nothing until").fill("2026-12-24")
    page.get_by_role("button", name="Pause").click()
    expect(page.locator("#pause")).to_contain_text("Nothing comes until December 24, 2026")


def leaves(page: Page, mail: EmailMessage) -> None:
    """By the page that the header's link opens; a mail program's POST is answered all the same afterwards."""
    link = mail["List-Unsubscribe"].strip("<>")
    page.goto(link)
    page.get_by_role("button", name="Leave this newsletter").click()
    expect(page.get_by_role("heading")).to_have_text("You have left The Daily Brief")
    page.goto(link_in(mail, "preferences"))
    expect(page.get_by_role("heading")).to_have_text("You have left The Daily Brief")
    expect(page.get_by_role("checkbox")).to_have_count(0)
    assert page.request.post(link, form={"List-Unsubscribe": "One-Click"}).status == 200


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_reader_signs_up_confirms_chooses_reads_drops_pauses_and_leaves(
    played: Show, browser: Browser, scripts: bool
):
    address = f"ada-{'with' if scripts else 'without'}@example.org"
    with visitor(played, browser, java_script_enabled=scripts, **PHONE) as reader:
        page = reader.goes_to("/sign-up/daily")
        signs_up(page, address)
        confirms(page, mail_to(played, address))
        chooses(page)
        mail = send_to(played, address)
        has_just(played, mail, "privacy", "security")
        page.goto(link_in(mail, "view"))
        expect(page.locator("body")).to_contain_text("Privacy")
        drops(page, mail, "Security")
        has_it_less_often(page, mail)
        pauses(page)
        leaves(page, mail)


def tab_to(page: Page, element: Locator) -> None:
    """Presses Tab until it has the focus."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if element.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"the Tab key never came to {element}")


def presses(page: Page, role: Literal["button", "link", "checkbox"], name: str, key: str = "Enter") -> None:
    """Goes there by the Tab key and presses it."""
    tab_to(page, page.get_by_role(role, name=name, exact=True).first)
    page.keyboard.press(key)


def test_a_reader_does_all_that_by_the_keyboard_alone(played: Show, browser: Browser):
    address = "ada-by-keys@example.org"
    with visitor(played, browser, locale="en-US") as reader:
        page = reader.goes_to("/sign-up/daily")
        tab_to(page, page.get_by_label("Your address"))
        page.keyboard.type(address)
        tab_to(page, page.get_by_role("checkbox", name="Robotics"))
        page.keyboard.press("Space")
        presses(page, "button", "Subscribe")
        expect(page.get_by_role("heading", name="Look into your inbox")).to_be_visible()

        page.goto(link_in(mail_to(played, address), "confirm"))
        presses(page, "button", "Confirm")
        expect(page.get_by_role("checkbox", name="Robotics")).not_to_be_checked()
        tab_to(page, page.get_by_label("How often"))
        page.keyboard.press("ArrowDown")
        presses(page, "button", "Save")
        expect(page.get_by_role("status")).to_contain_text("Saved")
        expect(page.get_by_label("How often")).to_have_value("weekly")

        mail = send_to(played, address)
        page.goto(f"{link_in(mail, 'preferences')}/drop")
        presses(page, "button", "Drop Security")
        presses(page, "link", "All that you can choose")
        tab_to(page, page.get_by_label("Nothing until"))
        page.keyboard.type("12242026")
        presses(page, "button", "Pause")
        expect(page.locator("#pause")).to_contain_text("Nothing comes until December 24, 2026")
        presses(page, "link", "Leave this newsletter")
        presses(page, "button", "Leave this newsletter")
        expect(page.get_by_role("heading")).to_have_text("You have left The Daily Brief")


PAGES = (
    "/sign-up/weekly",
    "/sign-up/daily",
    "/sign-up/weekly/sent",
    "/archive/weekly",
    "/archive/daily",
    "/nowhere",
    "/r/confirm/stale",
)


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
