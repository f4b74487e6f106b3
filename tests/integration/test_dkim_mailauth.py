"""Another judge of our signatures: npm's mailauth, as it runs in real mail servers, with a resolver of its own."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from digest.model.delivery import Message
from signed_mail import keys, message, of, records, sign

MAILAUTH = "4.13.3"
"""The newest that runs on Node.js 18."""
NO_MAILAUTH = "mailauth does not judge our signatures: npm is missing or could not install it"
JUDGE = """
const { dkimVerify } = require('mailauth/lib/dkim/verify');
const { mails, records } = JSON.parse(require('fs').readFileSync(0));
const resolver = async (name) => {
  if (records[name]) return [[records[name]]];
  throw Object.assign(new Error(name), { code: 'ENOTFOUND' });
};
(async () => {
  const verdicts = [];
  for (const mail of mails) {
    const { results } = await dkimVerify(Buffer.from(mail, 'base64'), { resolver });
    verdicts.push(results.map((result) => [result.algo, result.status.result]).sort());
  }
  console.log(JSON.stringify(verdicts));
})();
"""
TEXTS = ("Hello.\n", "two  spaces \t\n\n\n", ".dot\n..dots\n", "é 🤖 = ?\n" * 40, "")
GOOD = [["ed25519-sha256", "pass"], ["rsa-sha256", "pass"]]


@pytest.fixture(scope="module")
def mailauth() -> Path:
    """The folder of the installed package; installed once a machine, in the folder of temporary files."""
    folder = Path(tempfile.gettempdir()) / f"digest-mailauth-{MAILAUTH}-{os.getuid()}"
    if not (folder / "node_modules" / "mailauth").is_dir():
        if not shutil.which("npm") or not shutil.which("node"):
            pytest.skip(NO_MAILAUTH)
        _install(folder)
    return folder


def _install(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as fresh:
        options = ["--prefix", fresh, "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        done = subprocess.run(["npm", "install", *options, f"mailauth@{MAILAUTH}"], check=False, timeout=120)
        if done.returncode:
            pytest.skip(NO_MAILAUTH)
        shutil.copytree(fresh, folder, dirs_exist_ok=True)


def judged(mailauth: Path, mails: list[bytes]) -> list[list[list[str]]]:
    """Algorithm and verdict of each signature of each mail."""
    names = {f"{key.selector}._domainkey.{key.domain}": records(key.selector.encode()).decode() for key in keys()}
    question = {"mails": [base64.b64encode(mail).decode() for mail in mails], "records": names}
    done = subprocess.run(
        ["node", "-e", JUDGE], cwd=mailauth, input=json.dumps(question), capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def test_mailauth_finds_both_signatures_good(mailauth: Path):
    mails: list[Message] = [message(text, text, text) for text in TEXTS]
    mails += [of(b"From: a@example.org\r\n", b"Subject: x\r\n", body) for body in (b"\r\n", b"\r\na\r\n\r\n\r\n")]
    assert judged(mailauth, [sign(mail) for mail in mails]) == [GOOD] * len(mails)


def test_mailauth_finds_out_what_was_changed_or_added(mailauth: Path):
    signed = sign(message())
    forged = [
        signed.replace(b"Hello", b"Hullo"),
        signed.replace(b"One-Click", b"Two-Click"),
        signed.replace(b"\r\n\r\n", b"\r\nList-Unsubscribe: <https://evil.example/>\r\n\r\n", 1),
        b"Subject: Another\r\n" + signed,
    ]
    assert all(verdict != "pass" for mail in judged(mailauth, forged) for _, verdict in mail)
