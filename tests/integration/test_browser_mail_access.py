"""Every theme, as accessibility checkers see it: axe-core in Chromium, light and dark; html-validate.

English and Arabic in every run, all languages with DIGEST_SOAK.

axe's landmark rule `region` is for pages, not for mails: a mail stands inside the mail program's own landmarks.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser

import press
from browsers import chromium
from digest.words import LANGUAGES
from npm import installed

pytestmark = pytest.mark.browser

RUN_AXE = """async () => (await axe.run(document, {resultTypes: ["violations"], rules: {region: {enabled: false}}}))
    .violations.filter(found => ["serious", "critical"].includes(found.impact))
    .map(found => found.id + ": " + found.nodes.map(node => node.html + " " + node.failureSummary).join(" | "))"""

HTML_VALIDATE = {
    "root": True,
    "extends": ["html-validate:a11y"],
    "rules": {"prefer-native-element": ["error", {"exclude": ["article"]}]},
}
"""A mail says role=article on a div, as the Email Markup Consortium asks: mail programs strip <article>."""


@cache
def mail(theme: str, language: str) -> str:
    """An edition with every block, its first story leading."""
    whole = press.compiled(theme=theme, language=language)
    leads = [key for key in whole.fragments if key.startswith("lead:")]
    return press.read(whole, [key for key in whole.fragments if key not in {*leads[1:], "view-all"}])[0]


@pytest.fixture(scope="module")
def axe() -> str:
    """The script of axe-core."""
    return (installed("axe-core", "4.10.3") / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def alone(axe: str) -> Iterator[Browser]:
    """Chromium, for pages that need no server."""
    with chromium() as opened:
        yield opened


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("theme", press.THEMES)
def test_axe_finds_nothing_serious(alone: Browser, axe: str, theme: str, scheme: str):
    page = alone.new_page(color_scheme=scheme)
    page.route("**/*", lambda route: route.abort())
    for language in LANGUAGES if os.environ.get("DIGEST_SOAK") else ("en", "ar"):
        page.set_content(mail(theme, language), wait_until="domcontentloaded")
        page.add_script_tag(content=axe)
        assert page.evaluate(RUN_AXE) == [], language
    page.close()


def test_axe_would_find_what_is_wrong(alone: Browser, axe: str):
    page = alone.new_page()
    page.set_content(re.sub(r' alt="[^"]*"', "", mail("card", "en")).replace("#14171d", "#eeeeee"))
    page.add_script_tag(content=axe)
    found = {fault.split(":")[0] for fault in page.evaluate(RUN_AXE)}
    assert {"image-alt", "color-contrast"} <= found
    page.close()


def test_html_validate_finds_no_error(tmp_path: Path):
    for theme in press.THEMES:
        for language in LANGUAGES:
            (tmp_path / f"{theme}-{language}.html").write_text(mail(theme, language), encoding="utf-8")
    (tmp_path / ".htmlvalidate.json").write_text(json.dumps(HTML_VALIDATE))
    program = installed("html-validate", "9.7.1") / "bin" / "html-validate.mjs"
    pages = map(str, sorted(tmp_path.glob("*.html")))
    command = ["node", str(program), "--formatter", "json=said.json", *pages]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    said = json.loads((tmp_path / "said.json").read_text(encoding="utf-8"))
    found = [f"{Path(file['filePath']).name}: {message['ruleId']}: {message['message']}: {message.get('selector')}"
             for file in said for message in file["messages"]]  # fmt: skip
    assert found == []
    assert done.returncode == 0, done.stderr
