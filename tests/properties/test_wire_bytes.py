"""Wire bytes: what is encoded once and filled later reads as if it had been one text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from digest.model.edition import Escape, Slot
from digest.model.wire import decode, encode, encode_segments, fill

LINES = st.lists(st.sampled_from([*". =aé\n€🤖x\t-", "word " * 6]), max_size=40).map("".join)
HOLE = Slot("hole", Escape.TEXT)
PIECES = st.lists(LINES, min_size=1, max_size=4).flatmap(
    lambda texts: st.lists(st.integers(1, 2), min_size=len(texts), max_size=len(texts)).map(
        lambda holes: [piece for text, count in zip(texts, holes, strict=True) for piece in (text, *[HOLE] * count)]
    )
)
"""Texts, each followed by one hole or two."""


@given(LINES)
def test_what_is_encoded_decodes_to_itself(text: str):
    assert decode(encode(text)) == text


@given(LINES)
def test_lines_are_short_and_need_no_dot_stuffing(text: str):
    lines = encode(text).split(b"\r\n")
    assert all(len(line) <= 76 and not line.startswith(b".") and not line.endswith((b" ", b"\t")) for line in lines)


@given(PIECES, LINES)
def test_a_filled_slot_reads_as_if_it_had_stood_there(pieces: list[str | Slot], value: str):
    filled = b"".join(fill(encode_segments(pieces), {"hole": value}))
    assert decode(filled) == "".join(value if isinstance(piece, Slot) else piece for piece in pieces)
    assert all(len(line) <= 76 and not line.startswith(b".") for line in filled.split(b"\r\n"))
