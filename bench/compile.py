"""Compiling an issue of 22 teasers beside the three library calls that it is made of; and what editions weigh.

The peer renders one edition of the same issue with the same templates: Jinja2, mjml-python, and premailer as tamed as
ours, each called directly. Compiling makes every edition's fragments, HTML and text, and encodes them.
"""

from __future__ import annotations

import json
import logging
import os
import platform
import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any

from issues import CATEGORIES, PERSONAL, SITE, issue, newsletter
from mjml import mjml2html
from premailer import Premailer

from digest.model.edition import CompiledIssue, Edition
from digest.model.ids import EditionId
from digest.model.issue import Issue
from digest.render.assemble import assemble
from digest.render.compile import Superset, compile_issue, superset_of
from digest.render.slots import Values
from digest.render.templates import Templates

TEASERS = 22
ROUNDS = 15
THEMES = ("editorial", "compact", "card")
TAMED = {
    "keep_style_tags": True, "strip_important": False, "align_floating_images": False, "disable_validation": True,
    "disable_leftover_css": True, "allow_network": False, "cssutils_logging_level": logging.CRITICAL,
    "disable_basic_attributes": ["width", "height", "align", "valign", "bgcolor"],
}  # fmt: skip
VALUES = {
    "subject": "Parliament votes to label synthetic voices; robots learn to sew",
    "title": "Synthetic voices, robots and four more topics",
    "preheader": "And then they ask for help",
    "intro": "22 stories from 6 of your topics, 5 minutes to read.",
    "more": "7",
} | {f"count:{category.slug}": "4" for category in CATEGORIES}
TEMPLATES = Templates()


def ours(of: Issue, theme: str) -> CompiledIssue:
    """The whole compile."""
    return compile_issue(of, newsletter(theme), CATEGORIES, SITE, TEMPLATES)


def one_edition(job: Superset) -> list[str]:
    """The blocks of an edition with everything: the first story leads."""
    keys = [block.key for block in job.blocks]
    lead = next(key for key in keys if key.startswith("lead:"))
    return [key for key in keys if key != "view-all" and (key == lead or not key.startswith("lead:"))]


def library_calls(of: Issue, theme: str) -> Callable[[], None]:
    """Jinja2, mjml-python and premailer on one edition's document, and nothing else."""
    job = superset_of(of, newsletter(theme), CATEGORIES, SITE, TEMPLATES)
    chosen = set(one_edition(job))
    slots = Values(VALUES | PERSONAL)
    shared = {**job.shared, "slot": slots.text, "slot_url": slots.url, "slot_paragraph": slots.paragraph,
              "number": job.footnotes.number}  # fmt: skip

    def render(name: str, **variables: object) -> str:
        return job.templates.render_first((f"themes/{theme}/{name}", name), shared | variables)

    def run() -> None:
        body = "".join(render(f"blocks/{b.template}.mjml", **b.variables) for b in job.blocks if b.key in chosen)
        document = render("document.mjml", body=body, head_css=render("head.css"))
        html = mjml2html(document, fonts={}).replace("<style", '<style data-premailer="ignore"')
        Premailer(html, css_text=[render("inline.css")], **TAMED).transform(pretty_print=False)

    return run


def weight(theme: str, stories: int) -> int:
    """Bytes of HTML of an edition of so many teasers with everything else."""
    of = issue(stories)
    whole = ours(of, theme)
    keys = [k for k in whole.fragments if k != "view-all" and not k.startswith("lead:")]
    edition = Edition(EditionId("e"), of.id, 1, tuple(keys), VALUES["subject"], tuple(VALUES.items()), (), (), 0)
    return len(assemble(whole, edition, PERSONAL)[0].encode())


def timed(run: Callable[[], object]) -> float:
    """Milliseconds of processor time."""
    began = time.process_time()
    run()
    return (time.process_time() - began) * 1e3


def run(rounds: int = ROUNDS) -> dict[str, Any]:
    """All figures, ratios and bars."""
    of = issue(TEASERS)
    figures, peers, ratios = {}, {}, {}
    for theme in THEMES:
        calls = library_calls(of, theme)
        pairs = [(timed(lambda theme=theme: ours(of, theme)), timed(calls)) for _ in range(rounds + 2)][2:]
        mine, theirs = (median(column) for column in zip(*pairs, strict=True))
        figures[f"{theme}, ms"], peers[f"{theme}, library calls, ms"] = round(mine, 1), round(theirs, 1)
        ratios[theme] = round(median(a / b for a, b in pairs), 2)
    weights = {"25 teasers in two columns": weight("card", 25), "20 teasers with a picture": weight("editorial", 20)}
    bars = {f"{theme}, times the library calls": {"value": ratio, "bar": 3.0, "ok": ratio <= 3.0}
            for theme, ratio in ratios.items()}  # fmt: skip
    bars |= {f"{name}, bytes": {"value": size, "bar": 100_000, "ok": size < 100_000} for name, size in weights.items()}
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    return {
        "name": "compile", "figures": figures | weights, "peers": peers, "ratios": ratios, "bars": bars,
        "ok": all(bar["ok"] for bar in bars.values()), "machine": machine,
    }  # fmt: skip


if __name__ == "__main__":
    json.dump(run(), sys.stdout, indent=2)
    print()
