"""Draws the pictures of docs/screenshots with Chromium: the demonstration's mail in every theme, and the pages.

Each mail is drawn in the light, in its own design for the dark, with its colours inverted by force (an approximation
of what some mail programs do: all of it turned round, and pictures turned back) and with pictures off.

Takes a played demonstration on a fixed day; writes PNG files of at most 1,400 pixels in height, with few colours, so
that all of them together stay small. Measures nothing.
"""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat
from playwright.sync_api import Browser, Page, Route

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from browsers import chromium  # noqa: E402
from digest.demo.show import choices_url  # noqa: E402
from digest.pipeline.approving import compile_draft, composer  # noqa: E402
from digest.pipeline.mailing import personal_values  # noqa: E402
from digest.pipeline.previewing import persona_named  # noqa: E402
from digest.render.assemble import assemble  # noqa: E402
from playing import Show, show  # noqa: E402

FOLDER = ROOT / "docs" / "screenshots"
THEMES = ("editorial", "compact", "card")
SCHEMES = ("light", "dark")
SIGHTS = (*SCHEMES, "inverted", "pictures-off")
INVERTED = "html{background:#fff;filter:invert(1) hue-rotate(180deg)} img{filter:invert(1) hue-rotate(180deg)}"
WIDTHS = {"phone": 375, "desktop": 760}
READER = "few"
TALLEST = 1400
COLOURS = 128
SHADE = 0.05
"""Mean difference of two pictures, of 255, that nobody sees."""
MOST_BYTES = 3_000_000
SLOWEST = 60_000
"""Milliseconds until preflight has looked at every block, on a busy machine."""


def main() -> None:
    """Draws all pictures; says how large they are, and fails when that is too much."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, show(Path(folder)) as played:
        mails = {theme: mail(played, theme) for theme in THEMES}
        with chromium() as browser:
            for theme, html in mails.items():
                draw_mail(browser, theme, html)
            draw_pages(browser, played)
    sizes = {file.name: file.stat().st_size for file in sorted(FOLDER.glob("*.png"))}
    for name, size in sizes.items():
        print(f"{size:>9,}  {name}")
    if sum(sizes.values()) > MOST_BYTES:
        sys.exit(f"Together they have {sum(sizes.values()):,} bytes; {MOST_BYTES:,} are the most.")


def mail(played: Show, theme: str) -> str:
    """The weekly issue in that theme, as a reader of three topics gets it."""
    press = played.app.press
    newsletters = (n.model_copy(update={"theme": theme}) for n in press.settings.newsletters)
    press = replace(press, settings=press.settings.model_copy(update={"newsletters": tuple(newsletters)}))
    issue = press.issue(played.sent)
    reader = persona_named(played.app.personas(), READER)
    compiled = compile_draft(press, issue)
    edition = composer(press, issue, compiled).edition(reader.preferences.categories)
    if edition is None:
        sys.exit(f"{READER} gets no mail of {issue.id}")
    return assemble(compiled, edition, personal_values(press, issue, reader.subscriber, played.app.clock()))[0]


def draw_mail(browser: Browser, theme: str, html: str) -> None:
    """On a phone and on a desk, in all lights, and without pictures."""
    for device, width in WIDTHS.items():
        for sight in SIGHTS:
            with page_of(browser, width, "dark" if sight == "dark" else "light", TALLEST) as page:
                if sight == "pictures-off":
                    page.route("**/*", no_pictures)
                page.set_content(html, wait_until="networkidle")
                if sight == "inverted":
                    page.add_style_tag(content=INVERTED)
                keep(page, f"mail-{theme}-{device}-{sight}")


def no_pictures(route: Route) -> None:
    """Lets everything be loaded but pictures."""
    if route.request.resource_type == "image":
        route.abort()
    else:
        route.continue_()


def draw_pages(browser: Browser, played: Show) -> None:
    """The editor's preview of the draft, the board, and the readers' pages."""
    for scheme in SCHEMES:
        with page_of(browser, 1280, scheme, 900) as page:
            page.goto(f"{played.url}/editor/issues/{played.draft}/preview?reader={READER}&width=phone")
            page.frame_locator("#mail").locator("body").wait_for()
            page.locator("[data-load]").last.get_by_text("By source").wait_for(timeout=SLOWEST)
            page.wait_for_timeout(500)  # the preview listens for changes for ever: its network is never idle
            keep(page, f"editor-preview-{scheme}")
        with page_of(browser, 1500, scheme, 900) as page:
            page.goto(f"{played.url}/editor/issues/{played.draft}")
            pane = page.frame_locator("#pane iframe")
            pane.frame_locator("#mail").locator("body").wait_for()
            pane.locator(".checks .fine, .checks summary").first.wait_for(timeout=SLOWEST)
            page.wait_for_timeout(500)
            keep(page, f"board-{scheme}")
        draw_readers_pages(browser, played, scheme)


def draw_readers_pages(browser: Browser, played: Show, scheme: str) -> None:
    """Signing up, choosing, and the archive."""
    pages = {"sign-up": f"{played.url}/sign-up/weekly", "preferences": choices_url(played.app),
             "archive": f"{played.url}/latest/weekly"}  # fmt: skip
    for name, address in pages.items():
        for device, width, height in (("phone", WIDTHS["phone"], TALLEST), ("desktop", 1000, 900)):
            with page_of(browser, width, scheme, height) as page:
                page.goto(address, wait_until="networkidle")
                keep(page, f"{name}-{device}-{scheme}")


@contextmanager
def page_of(browser: Browser, width: int, scheme: str, height: int) -> Iterator[Page]:
    """A page of that size, in that light."""
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)  # type: ignore[arg-type]  # light or dark
    try:
        yield context.new_page()
    finally:
        context.close()


def keep(page: Page, name: str) -> None:
    """Writes what is seen, with few colours; a picture that looks the same is left as it is."""
    file = FOLDER / f"{name}.png"
    seen = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    few = seen.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    if not (file.exists() and looks_like(Image.open(file), few)):
        few.save(file, optimize=True)


def looks_like(old: Image.Image, new: Image.Image) -> bool:
    """Chromium draws the same page with some pixels a shade apart from one time to the next."""
    if old.size != new.size:
        return False
    difference = ImageChops.difference(old.convert("RGB"), new.convert("RGB"))
    return max(ImageStat.Stat(difference).mean) < SHADE


if __name__ == "__main__":
    try:
        main()
    except pytest.skip.Exception as missing:
        sys.exit(str(missing))
