"""Peers of `deliver` and `compose`: what people write who render a mail for each reader, in Python and in Node.js.

The naive pipeline, per reader: Jinja2 templates that were read once, mjml2html, premailer offline, the text from a
template, EmailMessage, one smtplib connection. It makes the very mails that we send, from our templates; "lean" makes
mails of as many stories and bytes from one small template with hardly any design. The other: npm mjml for each edition
and nodemailer with a pool.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import smtplib
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

from issues import PERSONAL
from jinja2 import Environment
from mjml import mjml2html
from premailer import transform
from sinks import MissingError

from digest.model.edition import Edition
from digest.render.compile import Superset
from digest.render.slots import Values

CACHE = Path(os.environ.get("DIGEST_TEST_CACHE") or Path.home() / ".cache" / "digest-press-tests")
PACKAGES = {"mjml": "5.4.1", "nodemailer": "10.6.1"}
PAGE = """<mjml lang="en"><mj-head><mj-title>{{ subject }}</mj-title>
<mj-attributes><mj-all font-family="Georgia, serif" /></mj-attributes>
<mj-style>.story a { color: #1a4d7a; text-decoration: none; } .by { color: #666666; }</mj-style></mj-head><mj-body>
<mj-section><mj-column><mj-text><h1>{{ subject }}</h1><p>{{ intro }}</p></mj-text></mj-column></mj-section>
{% for s in stories %}<mj-section css-class="story"><mj-column>
<mj-image href="{{ s.url }}" src="{{ s.picture }}" alt="{{ s.title }}" />
<mj-text><h3><a href="{{ s.url }}">{{ s.title }}</a></h3><p>{{ s.teaser }}</p><p class="by">{{ s.outlet }}</p></mj-text>
<mj-button href="{{ s.url }}">Read it</mj-button>
</mj-column></mj-section>
{% endfor %}<mj-section><mj-column><mj-text><a href="{{ unsubscribe_url }}">Leave</a></mj-text></mj-column></mj-section>
</mj-body></mjml>"""
TEXT = """{{ subject }}\n\n{{ intro }}\n{% for s in stories %}
{{ s.title }}\n{{ s.teaser }}\n{{ s.outlet }}\n{{ s.url }}
{% endfor %}\n{{ unsubscribe_url }}\n"""
NODE = Path(__file__).resolve().parent / "naive.mjs"
Reader = Mapping[str, Any]
"""Everything that a reader's mail says: the templates' variables, and "email"."""


@dataclass(frozen=True, slots=True)
class Mail:
    """One to render and send: whose it is, what their template says, and the rules that premailer writes into it."""

    reader: Reader
    mjml: str
    text: str
    css: str = ""


def ours(job: Superset, editions: Iterable[Edition]) -> Iterator[Mail]:
    """The mails of these editions, each rendered for its reader from the templates that we compile once an issue."""
    for number, edition in enumerate(editions):
        links = {name: f"https://press.example.com/r/{name}/{number}" for name in PERSONAL}
        reader = {"email": f"reader{number}@example.com", "subject": edition.subject} | links
        yield Mail(reader, *rendered(job, edition, links))


def rendered(job: Superset, edition: Edition, links: Mapping[str, str]) -> tuple[str, str, str]:
    """The MJML and the text of one edition, and the rules to inline, by Jinja2."""
    by_key = {block.key: block for block in job.blocks}
    blocks = [by_key[key] for key in edition.keys if key in by_key]
    variables = job.variables(Values(dict(edition.values) | links))
    own = [{**variables, **block.variables} for block in blocks]

    def of_theme(name: str, given: Mapping[str, object]) -> str:
        return job.templates.render_first((f"themes/{job.theme.name}/{name}", name), given)

    body = "".join(of_theme(f"blocks/{b.template}.mjml", given) for b, given in zip(blocks, own, strict=True))
    text = "".join(of_theme(f"text/{b.template}.txt", given) for b, given in zip(blocks, own, strict=True))
    return job.document(body, variables), text, job.inline_css(variables)


def lean(readers: Iterable[Reader]) -> Iterator[Mail]:
    """Mails of as many stories and bytes, from one small template."""
    environment = Environment(autoescape=True)
    page, text = environment.from_string(PAGE), environment.from_string(TEXT)
    for reader in readers:
        yield Mail(reader, page.render(reader), text.render(reader))


def per_reader(port: int, mails: Iterable[Mail]) -> tuple[float, int]:
    """Mails a second, and bytes of one, of the naive pipeline in Python."""
    logging.getLogger("CSSUTILS").setLevel(logging.CRITICAL)
    count, size, began = 0, 0, time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as server:
        for mail in mails:
            html = mjml2html(mail.mjml, fonts={})
            inlined = transform(html, css_text=mail.css or None, keep_style_tags=True, allow_network=False)
            sent = _message(mail.reader, inlined, mail.text).as_bytes()
            server.sendmail("bounces@press.example.com", mail.reader["email"], sent)
            count, size = count + 1, size + len(sent)
    return count / (time.perf_counter() - began), size // count


def _message(reader: Reader, html: str, text: str) -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = "weekly@press.example.com", reader["email"], reader["subject"]
    mail["Message-ID"] = f"<{reader['email']}>"
    mail["List-Unsubscribe"] = f"<{reader['unsubscribe_url']}>"
    mail.set_content(text)
    mail.add_alternative(html, subtype="html")
    return mail


def with_node(port: int, readers: Iterator[Reader], folder: Path, *, once: bool) -> tuple[float, int]:
    """The same of npm mjml and nodemailer's pool. `once`: mjml runs for the first edition only, all get its HTML."""
    environment = Environment(autoescape=True)
    page, text = environment.from_string(PAGE), environment.from_string(TEXT)
    mails = [
        {"to": r["email"], "subject": r["subject"], "mjml": page.render(r), "text": text.render(r),
         "unsubscribe": r["unsubscribe_url"]}
        for r in readers
    ]  # fmt: skip
    given = folder / "mails.json"
    given.write_text(json.dumps(mails), encoding="utf-8")
    command = ["node", NODE, str(port), str(given), "once" if once else "each", str(_installed())]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=300)
    said = json.loads(done.stdout)
    return said["per_second"], said["bytes"]


def _installed() -> Path:
    """The folder of the npm packages, installed once a machine."""
    name = "-".join(f"{package}-{version}" for package, version in PACKAGES.items())
    folder = CACHE / name
    if not (folder / "node_modules" / "nodemailer").is_dir():
        if not shutil.which("npm"):
            raise MissingError("npm is not installed")
        folder.mkdir(parents=True, exist_ok=True)
        options = ["--prefix", str(folder), "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        wanted = [f"{package}@{version}" for package, version in PACKAGES.items()]
        done = subprocess.run(["npm", "install", *options, *wanted], check=False, timeout=180)
        if done.returncode:
            raise MissingError(f"npm cannot install {', '.join(wanted)}")
    return folder
