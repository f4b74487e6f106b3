"""What the desk shows of a reader's mail is what was sent: byte for byte, but for the date in personal links."""

from __future__ import annotations

import html
import re
import urllib.parse
import urllib.request
from dataclasses import replace
from email import message_from_bytes, policy

from digest.model.ids import SubscriberId
from digest.pipeline.mailing import Mailing
from digest.pipeline.recompiling import Drafts
from digest.pipeline.viewing import Basis, view
from playing import Show

PERSONAL = re.compile(r"(/r/[a-z-]+/)[A-Za-z0-9._~-]+")


def masked(text: str) -> str:
    """Without the signed part of personal links."""
    return PERSONAL.sub(r"\1", text.replace("\r\n", "\n"))


def asked(played: Show, part: str, address: str) -> bytes:
    query = urllib.parse.urlencode({"reader": address})
    return urllib.request.urlopen(f"{played.url}/editor/issues/{played.sent}/{part}?{query}", timeout=20).read()


def shown(played: Show, part: str, address: str) -> str:
    """The text or the HTML of the mail as its page at the desk shows it."""
    page = asked(played, part, address).decode()
    return html.unescape(page.partition("<pre>")[2].rpartition("</pre>")[0])


def parts(raw) -> dict[str, str]:
    return {
        part.get_content_type(): part.get_payload(decode=True).decode()
        for part in raw.walk()
        if not part.is_multipart()
    }


def test_what_was_sent_to_25_readers_is_what_the_preview_shows(played: Show):
    files = [
        file for file in played.on.mailroom.files() if f"Digest-Issue: {played.sent}".encode() in file.read_bytes()
    ]
    assert len(files) == 25
    editions = set()
    for file in files:
        sent = message_from_bytes(file.read_bytes(), policy=policy.default)
        address = sent["To"].addresses[0].addr_spec
        was = parts(sent)
        assert masked(shown(played, "code", address)) == masked(was["text/html"])
        assert masked(shown(played, "text", address)) == masked(was["text/plain"])
        saved = message_from_bytes(asked(played, "mail.eml", address), policy=policy.default)
        assert {kind: masked(text) for kind, text in parts(saved).items()} == {k: masked(t) for k, t in was.items()}
        assert (saved["Subject"], saved["Message-ID"], saved["List-Id"]) == (
            sent["Subject"], sent["Message-ID"], sent["List-Id"],
        )  # fmt: skip
        editions.add(masked(was["text/html"]))
    assert len(editions) > 5


def test_the_inbox_row_counts_what_the_mail_says_of_itself(played: Show):
    """What is for everyone, like a sponsored story, is none of theirs."""
    readers = [file.name.rpartition("-")[2].removesuffix(".eml") for file in played.on.mailroom.files()]
    for address in dict.fromkeys(readers[:4]):
        said = re.search(r"^(\d+ stor(?:y|ies)) from", shown(played, "text", address), re.MULTILINE)
        assert said
        assert f"· {said[1]} ·" in asked(played, "preview/facts", address).decode()


def test_the_frame_shows_the_mail_but_for_what_it_says_of_itself(played: Show):
    """In the frame there are places to jump to, a base for links, and the scheme that was asked for; nothing else."""
    press = played.app.press
    issue = press.issue(played.sent)
    address = next(file.name for file in played.on.mailroom.files()).rpartition("-")[2].removesuffix(".eml")
    frame = asked(played, "html", address).decode()
    assert masked(re.sub(r'<a class="digest-place" id="[^"]*"></a>', "", frame)).count("<a ") == masked(
        shown(played, "code", address)
    ).count("<a ")
    assert press.store.readers.by_email(address) and issue.frozen_at


def test_the_preview_before_the_freeze_is_what_the_freeze_gives(played: Show):
    """The same code draws both: each reader's next edition, due or not, is the one that the desk shows."""
    press, now = played.app.press, played.app.clock()
    issue = press.issue(played.draft)
    made = Drafts().fragments(press, issue)
    known = press.store.readers.recipients(press.issue(played.sent).newsletter, now)
    new = [
        replace(one, subscriber=replace(one.subscriber, id=SubscriberId(one.subscriber.id + 10**6))) for one in known
    ]
    bases = set()
    for reader in [*known, *new]:  # the known were told this week's stories; the new ones nothing yet
        looked = view(press, issue, reader, made, now)
        rows = dict(Mailing(press, issue, made, now).rows([reader], now))
        assert (looked.edition if looked else None) == rows.get(reader.subscriber.id)
        bases |= {looked.basis} if looked else set()
    assert bases and bases <= {Basis.DUE, Basis.NOT_DUE}
