"""What each header of a mail is for, in one line: for editors who look at a mail's headers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from digest.model.delivery import Message

_WORDS = {
    "Date": "When the mail was made; a preview is made now.",
    "From": "Whom readers see. Its domain is the one that SPF, DKIM and DMARC must speak for.",
    "Reply-To": "Where answers go, since nobody reads the sender’s mailbox.",
    "To": "The reader, by name where one is known.",
    "Subject": "What the inbox shows first; it names stories of this reader’s own edition.",
    "Message-ID": "Follows from issue and reader, so a resend is the same mail and a bounce tells whose it is.",
    "List-Id": "Names the newsletter for filters; leaving by one click leaves this one only (RFC 2919).",
    "List-Unsubscribe": "The address behind the mail program’s own Unsubscribe button (RFC 2369).",
    "List-Unsubscribe-Post": "Says that one click is enough: no page, no login (RFC 8058).",
    "List-Archive": "Where earlier issues can be read.",
    "List-Owner": "Whom to write to about the newsletter.",
    "Precedence": "Asks for no answers from machines: no notices of holidays.",
    "Feedback-ID": "Lets Gmail’s Postmaster Tools count complaints by issue; says nothing of the reader.",
    "Organization": "Who publishes it.",
    "Digest-Issue": "Which issue and revision it is, and the hash of what was approved.",
    "MIME-Version": "The mail has parts (RFC 2045).",
    "Content-Type": "Two versions of the same: plain text, and HTML for programs that show it.",
}
_OTHER = "Carried along as it is."


@dataclass(frozen=True, slots=True)
class HeaderLine:
    """A header as it is sent, unfolded, and what it is for."""

    name: str
    value: str
    words: str


def header_lines(message: Message, keys: Sequence[tuple[str, str]]) -> Iterator[HeaderLine]:
    """The envelope, every header in order, and the signatures to come. `keys`: domain and selector of our DKIM keys."""
    yield HeaderLine("MAIL FROM", message.sender, "The envelope: where bounces go. Readers do not see it.")
    yield HeaderLine("RCPT TO", message.recipient, "The envelope: who gets it.")
    head = b"".join(message.segments).partition(b"\r\n\r\n")[0].decode("utf-8", "replace")
    for line in head.replace("\r\n ", " ").replace("\r\n\t", " ").split("\r\n"):
        name, _, value = line.partition(":")
        yield HeaderLine(name, value.strip(), _WORDS.get(name, _OTHER))
    for domain, selector in keys:
        value = f"d={domain}; s={selector}; …"
        yield HeaderLine("DKIM-Signature", value, "Added while it is sent: proves that the domain sent just this.")
    if not keys:
        yield HeaderLine("DKIM-Signature", "not by us", "Your relay should sign; or give [dkim] keys of your own.")
