"""Every theme, as accessibility checkers see it: axe-core in Chromium, light and dark; html-validate.

English and Arabic in every run, all languages with DIGEST_SOAK.

axe's landmark rule `region` is for pages, not for mails: a mail stands inside the mail program's own landmarks.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from functools import cache
from itertools import product
from pathlib import Path

import pytest
from playwright.sync_api import Browser

import press
from axe import script
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


@pytest.mark.parametrize(
    ("theme", "scheme"),
    [
        pytest.param(theme, scheme, marks=[] if number % 2 else pytest.mark.soak)
        for number, (scheme, theme) in enumerate(product(["light", "dark"], press.THEMES))
    ],
)
def test_axe_finds_nothing_serious(browser: Browser, theme: str, scheme: str):
    page = browser.new_page(color_scheme=scheme)
    page.route("**/*", lambda route: route.abort())
    for language in LANGUAGES if os.environ.get("DIGEST_SOAK") else ("en", "ar"):
        page.set_content(mail(theme, language), wait_until="domcontentloaded")
        page.add_script_tag(content=script())
        assert page.evaluate(RUN_AXE) == [], language
    page.close()


def test_axe_would_find_what_is_wrong(browser: Browser):
    page = browser.new_page()
    page.set_content(re.sub(r' alt="[^"]*"', "", mail("card", "en")).replace("#14171d", "#eeeeee"))
    page.add_script_tag(content=script())
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
