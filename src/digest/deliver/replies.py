"""Takes the bytes that a mail server sends, as they come; gives whole replies (RFC 5321, section 4.2). Pure."""

from __future__ import annotations

from digest.deliver.outcome import Reply

_LONGEST = 65_536
"""Bytes of one reply; the standard allows 512 in a line."""

_KNOWN = 32
"""Replies remembered by their line: a server says the same few things again and again."""


class ProtocolError(Exception):
    """What came is not SMTP."""


class ReplyReader:
    """Collects the lines of one connection."""

    def __init__(self) -> None:
        self._rest = b""
        self._lines: list[str] = []
        self._size = 0
        self._known: dict[bytes, Reply] = {}

    @property
    def unfinished(self) -> bool:
        """Whether something came that is no whole reply yet."""
        return bool(self._rest or self._lines)

    def feed(self, data: bytes) -> list[Reply]:
        """The replies that these bytes complete. Raises ProtocolError for what is no reply, or has no end."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        replies = [reply for line in lines if (reply := self._line(line))]
        if self._size + len(self._rest) > _LONGEST:
            raise ProtocolError("a reply without an end")
        return replies

    def _line(self, line: bytes) -> Reply | None:
        if not self._lines and line in self._known:
            return self._known[line]
        code, text = line[:3], line[4:].rstrip(b"\r").decode("utf-8", "replace")
        if not code.isdigit() or line[3:4] not in (b" ", b"-", b"\r", b""):
            raise ProtocolError(f"not a reply of a mail server: {line[:80]!r}")
        if line[3:4] == b"-":
            self._lines.append(text)
            self._size += len(line)
            return None
        reply = Reply(int(code), (*self._lines, text))
        if not self._lines and len(self._known) < _KNOWN:
            self._known[line] = reply
        self._lines, self._size = [], 0
        return reply
