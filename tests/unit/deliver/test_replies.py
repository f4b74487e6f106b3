"""Replies come whole, however the network cuts them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.deliver.outcome import Reply
from digest.deliver.replies import ProtocolError, ReplyReader

TEXT = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30)
REPLIES = st.lists(st.builds(Reply, st.integers(200, 599), st.lists(TEXT, min_size=1, max_size=4).map(tuple)))


def wire(reply: Reply) -> bytes:
    *first, last = reply.lines
    return "".join(f"{reply.code}-{line}\r\n" for line in first).encode() + f"{reply.code} {last}\r\n".encode()


@given(REPLIES, st.lists(st.integers(1, 40)))
def test_any_cut_of_the_stream_gives_the_same_replies(replies: list[Reply], cuts: list[int]) -> None:
    stream, reader, got = b"".join(map(wire, replies)), ReplyReader(), []
    for cut in [*cuts, len(stream)]:
        got += reader.feed(stream[:cut])
        stream = stream[cut:]
    assert got + reader.feed(stream) == replies
    assert not reader.unfinished


@pytest.mark.parametrize(
    ("stream", "reply"),
    [
        (b"250\r\n", Reply(250, ("",))),
        (b"250 ok\n", Reply(250, ("ok",))),
        (b"250-one\r\n250-two\r\n250 three\r\n", Reply(250, ("one", "two", "three"))),
        (b"250 caf\xe9\r\n", Reply(250, ("caf\N{REPLACEMENT CHARACTER}",))),
    ],
    ids=["no text", "bare line feed", "three lines", "not UTF-8"],
)
def test_odd_but_clear_replies_are_understood(stream: bytes, reply: Reply) -> None:
    assert ReplyReader().feed(stream) == [reply]


@pytest.mark.parametrize(
    "stream", [b"HTTP/1.1 400 Bad Request\r\n", b"\r\n", b"25\r\n", b"2500 x\r\n", b"\xff\xfe\r\n"]
)
def test_what_is_no_reply_is_an_error(stream: bytes) -> None:
    with pytest.raises(ProtocolError):
        ReplyReader().feed(stream)


@pytest.mark.parametrize("chunk", [b"x" * 1000, b"250-" + b"x" * 1000 + b"\r\n"], ids=["line", "reply"])
def test_a_reply_without_an_end_does_not_fill_the_memory(chunk: bytes) -> None:
    reader = ReplyReader()
    with pytest.raises(ProtocolError, match="without an end"):
        for _ in range(100):
            reader.feed(chunk)


def test_a_line_seen_before_still_ends_a_longer_reply() -> None:
    reader = ReplyReader()
    assert reader.feed(b"250 ok\r\n250-one\r\n250 ok\r\n250 ok\r\n") == [
        Reply(250, ("ok",)), Reply(250, ("one", "ok")), Reply(250, ("ok",))
    ]  # fmt: skip


def test_half_a_reply_is_unfinished() -> None:
    reader = ReplyReader()
    assert reader.feed(b"250-one\r\n") == [] and reader.unfinished
