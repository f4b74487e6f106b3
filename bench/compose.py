"""Composing unique mails of 110 KB to bytes in one buffer, beside Jinja2 + MJML + EmailMessage for each reader.

No two mails have the same stories, words or links. "planning" makes the plan of each edition for one reader alone, the
worst case, in which nothing is shared but the issue's fragments: the bar is held against it. "ours" composes from plans
that are there already, as for editions that several readers share.
The peer "per reader" renders mails of the same size from the same templates; premailer, which they also need, is left
out in its favour. "lean" is a peer with one small cached template of its own and hardly any design.
"""

from __future__ import annotations

import json
import os
import platform
import random
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from statistics import median
from typing import Any

import naive
from issues import CATEGORIES, PERSONAL, SITE, issue, newsletter
from jinja2 import Environment
from mjml import mjml2html

from digest.deliver.message import Letterhead, MessagePlan, compose, letterhead, plan
from digest.model.delivery import DeliveryKey
from digest.model.edition import CompiledIssue, Edition
from digest.model.ids import EditionId, SubscriberId
from digest.model.people import Preferences, Recipient, Subscriber
from digest.render.compile import Superset, compile_issue, superset_of
from digest.render.templates import Templates

STORIES, TOLD, TOLD_PER_READER, EDITIONS, ROUNDS, BAR = 90, 34, 46, 200, 7, 400
NOW = datetime(2026, 11, 24, 7, tzinfo=UTC)
THEME = "editorial"
LEAN = """<mjml lang="en"><mj-head><mj-title>{{ subject }}</mj-title></mj-head><mj-body>
<mj-section><mj-column><mj-text><h1>{{ subject }}</h1><p>{{ intro }}</p></mj-text></mj-column></mj-section>
{% for s in stories %}<mj-section><mj-column>
<mj-image href="{{ s.url }}" src="{{ s.picture.url }}" alt="{{ s.title }}" />
<mj-text><h3><a href="{{ s.url }}">{{ s.title }}</a></h3><p>{{ s.teaser.text }}</p><p>{{ s.outlet }}</p></mj-text>
</mj-column></mj-section>
{% endfor %}<mj-section><mj-column><mj-text><a href="{{ unsubscribe_url }}">Leave</a></mj-text></mj-column></mj-section>
</mj-body></mjml>"""
LEAN_TEXT = """{{ subject }}\n\n{{ intro }}\n{% for s in stories %}
{{ s.title }}\n{{ s.teaser.text }}\n{{ s.outlet }}\n{{ s.url }}
{% endfor %}\n{{ unsubscribe_url }}\n"""


def editions(whole: CompiledIssue, count: int, stories: int, chance: random.Random) -> list[Edition]:
    """Editions of which no two have the same stories, subject or introduction."""
    teasers = [key for key in whole.fragments if key.startswith("teaser:")]
    leads = [key for key in whole.fragments if key.startswith("lead:")]
    made = []
    for number in range(count):
        told = sorted(chance.sample(teasers, stories), key=teasers.index)
        keys = ["head", "preheader", "header", "intro", leads[number % len(leads)]]
        keys += [*told, "sponsor:acme", "event:summit", "view-all:more", "stay-informed", "footer", "tail"]
        values = {
            "subject": f"Parliament votes to label synthetic voices, {number} say",
            "title": f"Privacy, Security, and {number} more topics", "preheader": f"Then {number} ask",
            "intro": f"{stories} stories from {number} of your topics, 5 minutes to read.", "more": str(number),
        }  # fmt: skip
        identity = EditionId(f"{number:016x}")
        made.append(Edition(identity, whole.issue, 1, tuple(keys), values["subject"], tuple(values.items()), (), (), 0))
    return made


READERS = [
    Recipient(Subscriber(SubscriberId(n), f"reader{n}@example.com", f"Reader {n}"), Preferences(frozenset()))
    for n in range(EDITIONS)
]


def links(number: int) -> dict[str, str]:
    """A reader's own links."""
    return {name: f"{url}{number}" for name, url in PERSONAL.items()}


def joined(prepared: MessagePlan, number: int) -> bytes:
    """One reader's mail in one buffer."""
    key = DeliveryKey(prepared.letterhead.compiled.issue, SubscriberId(number))
    return b"".join(compose(prepared, READERS[number], links(number), key).segments)


def planning(head: Letterhead, of: Sequence[Edition]) -> int:
    """Plans, composes and joins every edition; gives the bytes."""
    return sum(len(joined(plan(head, edition), number)) for number, edition in enumerate(of))


def ours(plans: Sequence[MessagePlan]) -> int:
    """Composes and joins only."""
    return sum(len(joined(prepared, number)) for number, prepared in enumerate(plans))


def message(html: str, text: str, subject: str, number: int) -> bytes:
    """What the email package makes of both parts."""
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"] = "weekly@press.example.com", READERS[number].subscriber.email
    mail["Subject"], mail["Message-ID"] = subject, f"<{number}@press.example.com>"
    mail["List-Unsubscribe"] = "<https://press.example.com/u>"
    mail.set_content(text)
    mail.add_alternative(html, subtype="html")
    return mail.as_bytes()


def per_reader(job: Superset, of: Sequence[Edition]) -> int:
    """The same mails, rendered for each reader."""
    size = 0
    for number, edition in enumerate(of):
        page, text, _ = naive.rendered(job, edition, links(number))
        size += len(message(mjml2html(page, fonts={}), text, edition.subject, number))
    return size


def lean(job: Superset, of: Sequence[Edition]) -> int:
    """A mail of as many stories from a small template."""
    environment = Environment(autoescape=True)
    page, text = environment.from_string(LEAN), environment.from_string(LEAN_TEXT)
    stories = {block.key: block.variables["story"] for block in job.blocks if block.key.startswith("teaser:")}
    size = 0
    for number, edition in enumerate(of):
        told = [stories[key] for key in edition.keys if key in stories]
        values = {**dict(edition.values), **links(number), "stories": told}
        html = mjml2html(page.render(values), fonts={})
        size += len(message(html, text.render(values), edition.subject, number))
    return size


def each(run: Callable[[], int], count: int) -> tuple[float, float]:
    """Microseconds of processor time, and bytes, for one mail."""
    began = time.process_time()
    size = run()
    return (time.process_time() - began) / count * 1e6, size / count


def run(rounds: int = ROUNDS) -> dict[str, Any]:
    """All figures, ratios and bars."""
    of, settings, templates = issue(STORIES), newsletter(THEME), Templates()
    whole = compile_issue(of, settings, CATEGORIES, SITE, templates)
    job = superset_of(of, settings, CATEGORIES, SITE, templates)
    made = editions(whole, EDITIONS, TOLD, random.Random(1))
    head = letterhead(settings, SITE, whole, "a" * 64, "secret", NOW)
    plans = [plan(head, edition) for edition in made]
    few = editions(whole, 4, TOLD_PER_READER, random.Random(2))
    contestants: dict[str, tuple[Callable[[], int], int]] = {
        "ours": (lambda: ours(plans), EDITIONS),
        "planning": (lambda: planning(head, made), EDITIONS),
        "per reader": (lambda: per_reader(job, few), len(few)),
        "lean": (lambda: lean(job, few), len(few)),
    }
    seen = [{name: each(*what) for name, what in contestants.items()} for _ in range(rounds + 1)][1:]
    micros = {name: median(one[name][0] for one in seen) for name in contestants}
    sizes = {name: round(seen[0][name][1]) for name in contestants}
    ratios = {f"{peer}, times {mine}": round(median(one[peer][0] / one[mine][0] for one in seen))
              for peer in ("per reader", "lean") for mine in ("ours", "planning")}  # fmt: skip
    ratio = ratios["per reader, times planning"]
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    return {
        "name": "compose",
        "figures": {f"{name}, us": round(micros[name], 1) for name in ("ours", "planning")} | {"bytes": sizes["ours"]},
        "peers": {name: {"us": round(micros[name]), "bytes": sizes[name]} for name in ("per reader", "lean")},
        "ratios": ratios,
        "bars": {
            "times Jinja2 + MJML + EmailMessage": {"value": ratio, "bar": BAR, "ok": ratio >= BAR},
            "bytes of an edition": {"value": sizes["ours"], "bar": 110_000, "ok": sizes["ours"] >= 110_000},
        },
        "ok": ratio >= BAR and sizes["ours"] >= 110_000,
        "machine": machine,
    }  # fmt: skip


if __name__ == "__main__":
    json.dump(run(), sys.stdout, indent=2)
    print()
