"""The desk in Chromium: from an edit on the board, or a saved template, until the preview beside it shows it.

The issue has 60 articles with pictures that are hosted here. The server is uvicorn with the whole application in a
process of its own; times are taken in the browser, from the press of the button until the new mail has been loaded.
"""

from __future__ import annotations

import json
import math
import os
import platform
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

import board
import issues
import lists
import uvicorn
from PIL import Image
from playwright.sync_api import FrameLocator, Page
from sinks import MissingError

from digest.config.shipped import shipped
from digest.demo.mailroom import free_port
from digest.model.issue import Issue
from digest.web.server import Offer, create_server

sys.path.append(str(Path(__file__).resolve().parent.parent / "tests"))

from browsers import chromium

ARTICLES, EDITS, SAVES, WARM = 60, 60, 12, 5
SHOWN = 30
"""Of these every edition has all: the last ones of each section do not fit."""
MOST_MS = 300
EDIT = """async ([story, title, before, teaser, category]) => {
  const shown = new Promise((done) => document.addEventListener("digest:previewed", done, { once: true }));
  const began = performance.now();
  const values = { title, was_title: before, teaser, was_teaser: teaser, under: category, to: category,
                   csrf: form.elements.csrf.value };
  htmx.ajax("POST", `${home}/stories/${story}`, { target: "#board", swap: "outerHTML", values });
  await shown;
  return performance.now() - began;
}"""
WAIT = """() => { window.shown = new Promise((done) => document.addEventListener("digest:previewed",
  () => done(Date.now()), { once: true })) }"""


def draft(port: int) -> Issue:
    """The issue, with pictures that the server has."""
    made = issues.issue(ARTICLES)
    told = (
        replace(item, picture=replace(item.picture, url=f"http://127.0.0.1:{port}/media/{number % 6}.jpg"))
        for number, item in enumerate(made.content.stories)
        if item.picture
    )
    sponsors = (replace(sponsor, picture=None) for sponsor in made.content.sponsors)
    return replace(made, content=replace(made.content, stories=tuple(told), sponsors=tuple(sponsors)))


def prepared(folder: Path, port: int) -> Path:
    """A site with the draft, its pictures, and templates of its own."""
    config = lists.write_config(folder, 9, web_port=port)
    text = config.read_text(encoding="utf-8").partition("[[categories]]")[0]
    topics = (f'[[categories]]\nslug = "{c.slug}"\nname = "{c.name}"\n' for c in issues.CATEGORIES)
    config.write_text('templates = "templates"\n' + text + "".join(topics), encoding="utf-8")
    (folder / "templates").mkdir()
    app = lists.opened(config)
    app.press.store.issues.create(draft(port), lists.NOW)
    app.press.store.close()
    app.media.mkdir(parents=True, exist_ok=True)
    for number in range(6):
        Image.effect_noise((640, 360), 40 + number).convert("RGB").save(app.media / f"{number}.jpg", quality=60)
    return config


def serve(config: str, port: str) -> None:
    """The application with the desk."""
    app = lists.opened(Path(config))
    server = create_server(app, Offer(editor=True, login=False), lambda: lists.opened(Path(config)))
    uvicorn.run(server, host="127.0.0.1", port=int(port), log_level="error", access_log=False)


@contextmanager
def served(config: Path, port: int) -> Iterator[str]:
    """The server in a process of its own."""
    process = subprocess.Popen([sys.executable, __file__, "serve", str(config), str(port)], cwd=Path(__file__).parent)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{url}/healthz", timeout=1).read()
                break
            except OSError:
                time.sleep(0.1)
        yield url
    finally:
        process.kill()  # open previews listen for changes for ever
        process.wait(10)


def mail(page: Page) -> FrameLocator:
    """The frame of the mail, in the pane beside the board."""
    return page.frame_locator(".pane iframe").frame_locator("#mail")


def edits(page: Page, of: Issue) -> list[float]:
    """Milliseconds from each edit of a title until the preview shows it."""
    taken, titles = [], {item.story: item.title for item in of.content.stories}
    for number in range(WARM + EDITS):
        item = of.content.stories[(7 * number) % SHOWN]
        title = f"Number {number}: another title for a story that an editor has rewritten"
        words = [item.story, title, titles[item.story], item.teaser.text, item.categories[0]]
        taken.append(page.evaluate(EDIT, words))
        titles[item.story] = title
        mail(page).get_by_role("link", name=f"Number {number}:").first.wait_for()
    return taken[WARM:]


def saves(page: Page, folder: Path) -> list[float]:
    """Milliseconds from each save of a template until the preview shows it."""
    taken = []
    header = (shipped("templates") / "email" / "blocks" / "header.mjml").read_text(encoding="utf-8")
    own = folder / "templates" / "email" / "blocks" / "header.mjml"
    own.parent.mkdir(parents=True)
    for number in range(SAVES):
        page.evaluate(WAIT)
        began = time.time()
        own.with_suffix(".new").write_text(header.replace("{{ newsletter.name }}", f"Wordmark {number}"))
        own.with_suffix(".new").replace(own)
        taken.append(page.evaluate("shown") - began * 1000)
        mail(page).get_by_text(f"Wordmark {number}", exact=True).first.wait_for()
        time.sleep(0.2)
    return taken


def at_95(values: list[float]) -> float:
    """The 95th percentile."""
    return sorted(values)[math.ceil(0.95 * len(values)) - 1]


def preview_part() -> dict[str, Any]:
    """From edit to preview, and from a saved template."""
    with tempfile.TemporaryDirectory() as name, chromium(whole=True) as browser:
        folder, port = Path(name), free_port()
        with served(prepared(folder, port), port) as url:
            page = browser.new_page(viewport={"width": 1600, "height": 950})
            of = draft(port)
            page.goto(f"{url}/editor/issues/{of.id}")
            mail(page).get_by_role("link", name="Parliament votes").first.wait_for()
            edited, saved = edits(page, of), saves(page, folder)
            page.close()
    worst = round(at_95(edited))
    return {
        "figures": {
            "articles": ARTICLES, "edits": len(edited), "edit -> preview, median ms": round(median(edited)),
            "saved template -> preview, median ms": round(median(saved)),
            "saved template -> preview, 95th percentile ms": round(at_95(saved)),
        },
        "bars": {
            "edit -> preview updated, ms at the 95th percentile, at most": {
                "value": worst, "bar": MOST_MS, "ok": worst <= MOST_MS,
            },
        },
    }  # fmt: skip


def board_part() -> dict[str, Any]:
    """The board with 500 candidates."""
    found = board.board()
    most = {"usable_ms": board.USABLE_MS, "long_tasks": board.LONG_TASKS, "bytes": board.WEIGHT}
    name = f"board of {board.CANDIDATES} candidates"
    return {
        "figures": {f"{name}: {what}": round(value) for what, value in found.items()},
        "bars": {
            f"{name}: {what}": {"value": round(found[what]), "bar": f"<= {limit}", "ok": found[what] <= limit}
            for what, limit in most.items()
        },
    }


PARTS = (preview_part, board_part)


def run() -> dict[str, Any]:
    """All figures and bars."""
    try:
        parts = [part() for part in PARTS]
    except ImportError as error:
        raise MissingError(f"Chromium and Playwright: {error}") from error
    bars = {name: bar for part in parts for name, bar in part["bars"].items()}
    return {
        "name": "desk",
        "figures": {name: value for part in parts for name, value in part["figures"].items()},
        "peers": {},
        "ratios": {},
        "bars": bars,
        "ok": all(bar["ok"] for bar in bars.values()),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
    }


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        serve(*sys.argv[2:])
    else:
        json.dump(run(), sys.stdout, indent=2)
        print()
