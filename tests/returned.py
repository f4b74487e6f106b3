"""Mails that came back, as servers and providers write them."""

from __future__ import annotations

ADA = "ada@example.com"
RETURNED = "From: weekly@example.org\nSubject: The Weekly\nMessage-ID: {}\n\nHello.\n"


def dsn(
    status: str = "5.1.1",
    action: str = "failed",
    recipient: str = f"rfc822; {ADA}",
    said: str = "",
    message_id: str = "<x@example.org>",
    to: str = "bounces@example.org",
    fields: str = "",
    kind: str = "message/delivery-status",
) -> bytes:
    """A delivery status notification (RFC 3464) that returns the mail."""
    lines = [f"Final-Recipient: {recipient}", f"Action: {action}"]
    lines += [f"Status: {status}"] if status else []
    lines += [f"Diagnostic-Code: smtp; {said}"] if said else []
    lines += [fields] if fields else []
    report = "\n".join(lines)
    return (
        f"From: MAILER-DAEMON@mx.example.com\nTo: {to}\nSubject: Undelivered\nAuto-Submitted: auto-replied\n"
        "MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
        "--b\nContent-Type: text/plain\n\nSorry.\n"
        f"--b\nContent-Type: {kind}\n\nReporting-MTA: dns; mx.example.com\n\n{report}\n\n"
        f"--b\nContent-Type: message/rfc822\n\n{RETURNED.format(message_id)}\n--b--\n"
    ).encode()


def arf(kind: str = "abuse", recipient: str = f"<{ADA}>", message_id: str = "<x@example.org>") -> bytes:
    """A feedback report (RFC 5965) that returns the headers of the mail only."""
    whom = f"Original-Rcpt-To: {recipient}\n" if recipient else ""
    return (
        "From: fbl@provider.example\nTo: abuse@example.org\nSubject: FW: The Weekly\nMIME-Version: 1.0\n"
        "Content-Type: multipart/report; report-type=feedback-report; boundary=b\n\n"
        "--b\nContent-Type: text/plain\n\nThis is an abuse report.\n"
        f"--b\nContent-Type: message/feedback-report\n\nFeedback-Type: {kind}\nUser-Agent: Loop/1\nVersion: 1\n{whom}\n"
        f"--b\nContent-Type: text/rfc822-headers\n\n{RETURNED.format(message_id).partition(chr(10) * 2)[0]}\n\n--b--\n"
    ).encode()


def away(message_id: str = "<x@example.org>") -> bytes:
    """An answer out of the office."""
    return (
        f"From: Ada <{ADA}>\nTo: weekly@example.org\nSubject: Out of office\nIn-Reply-To: {message_id}\n"
        "Auto-Submitted: auto-replied\nContent-Type: text/plain\n\nBack on Monday.\n"
    ).encode()


def qmail(address: str = ADA, reason: str = "Sorry, no mailbox here by that name. (#5.1.1)") -> bytes:
    """A bounce of qmail, which follows no standard."""
    return (
        "From: MAILER-DAEMON@mx.example.com\nTo: bounces@example.org\nSubject: failure notice\n\n"
        "Hi. This is the qmail-send program at mx.example.com.\n"
        "I'm afraid I wasn't able to deliver your message to the following addresses.\n"
        "This is a permanent error; I've given up. Sorry it didn't work out.\n\n"
        f"<{address}>:\n{reason}\n\n--- Below this line is a copy of the message.\n\n"
        "Return-Path: <bounces@example.org>\nMessage-ID: <x@example.org>\nSubject: The Weekly\n\nHello.\n"
    ).encode()


UNREADABLE = (
    b"Content-Type: text/plain; charset*=utf-8''x; charset*0*=a\n\nHello.\n",
    b"Content-Type: multipart/mixed; boundary*" + b"9" * 5000 + b"=x\n\nHello.\n",
)
"""Mails whose numbered parameters (RFC 2231) make Python's email package raise."""
