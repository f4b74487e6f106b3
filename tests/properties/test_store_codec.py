"""What the store writes of the model comes back equal, whatever it holds."""

from __future__ import annotations

from datetime import UTC
from types import MappingProxyType

from hypothesis import given
from hypothesis import strategies as st

from digest.model.edition import CompiledIssue, Edition, Fragment, Slot
from digest.model.ids import IssueId
from digest.model.issue import IssueContent, StoryItem
from digest.store.codec import (
    compiled_of,
    content_of,
    content_text,
    edition_of,
    edition_text,
    fragments_bytes,
)

ITEMS = st.builds(
    StoryItem,
    published_at=st.datetimes(timezones=st.just(UTC)),
    score=st.floats(allow_nan=False, allow_infinity=False),
)
CONTENTS = st.builds(IssueContent, stories=st.lists(ITEMS, max_size=2).map(tuple))
WIRE = st.binary(max_size=20).map(lambda data: bytes(byte & 0x7F for byte in data))
SEGMENTS = st.lists(WIRE | st.from_type(Slot), max_size=4).map(tuple)
FRAGMENTS = st.builds(Fragment, html=SEGMENTS, text=SEGMENTS)


@given(CONTENTS)
def test_the_content_of_an_issue(content: IssueContent):
    assert content_of(content_text(content)) == content


@given(st.from_type(Edition))
def test_an_edition(edition: Edition):
    assert edition_of(edition_text(edition)) == edition


@given(st.dictionaries(st.text(), FRAGMENTS, max_size=4))
def test_the_fragments_of_an_issue(fragments: dict[str, Fragment]):
    compiled = CompiledIssue(IssueId("i"), 2, MappingProxyType(fragments))
    back = compiled_of(compiled.issue, compiled.revision, fragments_bytes(compiled))
    assert back == compiled
    assert list(back.fragments) == list(fragments)
