"""Takes an issue; gives its content as files that people review and change: TOML and Markdown. Writes nothing.

`issue.toml` has what is said of the whole issue and in which order, `stories/NN-title.md` a story each: its facts as
TOML between lines of `+++`, then its teaser; `intro.md` the introduction. Nothing is lost: `unfold` gives it all back.
Whatever Markdown or an editor's line ends could change (control characters, outer line breaks) stands in the TOML.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

import tomlkit
from tomlkit.items import Array, InlineTable

from digest.compose.editing import PINNED, is_pinned
from digest.model.ids import StoryId
from digest.model.issue import AlsoIn, Headline, Issue, IssueContent, StoryItem
from digest.model.stories import Reason

FORMAT = 1
ISSUE, INTRO, STORIES = "issue.toml", "intro.md", "stories"
FENCE = "+++"
_IN_A_LINE = (Reason, AlsoIn)
"""Small enough for a line each."""
_LONGEST_STEM = 48
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f]")


def files_of(issue: Issue) -> dict[str, bytes]:
    """The files by their path within the folder; the same content always gives the same bytes."""
    files, table = _parts(issue)
    return {ISSUE: _toml({"exported": _digest(files, table)} | table)} | files


def fingerprint(issue: Issue) -> str:
    """Sixteen hexadecimal digits for the content: what `exported` in issue.toml holds."""
    return _digest(*_parts(issue))


def stems_of(stories: Sequence[StoryItem]) -> dict[StoryId, str]:
    """What files call each story: its rank, and its title as letters that any file system takes."""
    width = max(2, len(str(len(stories))))
    return {item.story: f"{rank:0{width}}-{file_name(item.title) or 'story'}" for rank, item in enumerate(stories, 1)}


def file_name(text: str) -> str:
    """Small letters, digits and hyphens that remind of the text, at most 48; empty when it has none of them."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    name = re.sub("[^a-z0-9]+", "-", plain).strip("-")
    return name if len(name) <= _LONGEST_STEM else name[:_LONGEST_STEM].rpartition("-")[0] or name[:_LONGEST_STEM]


def is_plain(text: str) -> bool:
    """Whether the text may stand in a file by itself, and be the same after an editor has saved it again."""
    return not _CONTROL.search(text) and text == text.strip("\n") and not text.startswith("\ufeff")


def _parts(issue: Issue) -> tuple[dict[str, bytes], dict[str, Any]]:
    """All files but issue.toml, and what that holds."""
    content = issue.content
    stems = stems_of(content.stories)
    files = {f"{STORIES}/{stems[item.story]}.md": _story(item) for item in content.stories}
    if content.intro and is_plain(content.intro.text):
        files |= {INTRO: f"{content.intro.text}\n".encode()}
    return files, _issue_table(issue, content, stems)


def _issue_table(issue: Issue, content: IssueContent, stems: Mapping[StoryId, str]) -> dict[str, Any]:
    headlines = {"subject": content.subject, "preheader": content.preheader, "intro": content.intro}
    table: dict[str, Any] = {"format": FORMAT, "issue": issue.id}
    if pinned := [stems[item.story] for item in content.stories if is_pinned(item)]:
        table["pinned"] = _plain(pinned)
    table |= {name: _headline(name, said, stems) for name, said in headlines.items() if said}
    sections = (_table(one) | {"stories": _named(one.stories, stems)} for one in content.sections)
    lists = {"sections": list(sections), "sponsors": _plain(content.sponsors), "events": _plain(content.events),
             "pulled": _plain(content.pulled)}  # fmt: skip
    return table | {name: tables for name, tables in lists.items() if tables}


def _headline(name: str, said: Headline, stems: Mapping[StoryId, str]) -> dict[str, Any]:
    in_file = name == "intro" and is_plain(said.text)
    text = {} if in_file else {"text": said.text}
    return text | ({"stories": _named(said.stories, stems)} if said.stories else {})


def _named(stories: Sequence[StoryId], stems: Mapping[StoryId, str]) -> Any:
    """Stories by the names of their files; one that is not told (any more) by its id."""
    return _plain([stems.get(story, story) for story in stories])


def _story(item: StoryItem) -> bytes:
    table = _table(item)
    pins = [reason for reason in item.reasons if reason.rule == PINNED.rule]
    if pins == [PINNED] and item.reasons[-1] == PINNED:  # what issue.toml says is not said twice
        table = _table(item) | {"reasons": _plain(item.reasons[:-1])}
    teaser = table.pop("teaser")
    body = teaser.pop("text") if is_plain(item.teaser.text) else ""
    if table["article"] == item.story:  # its founder speaks, as nearly always
        del table["article"]
    kept = {name: value for name, value in table.items() if value != []}
    front = _toml({"id": kept.pop("story")} | kept | {"teaser": teaser}).decode()
    return f"{FENCE}\n{front}{FENCE}\n\n{body}\n".encode()


def _table(value: Any) -> dict[str, Any]:
    """A model object as a TOML table: what is as usual is left out, tables come last."""
    held = {one.name: getattr(value, one.name) for one in fields(value)}
    said = {one.name: _plain(held[one.name]) for one in fields(value) if held[one.name] != one.default}
    return dict(sorted(said.items(), key=lambda pair: _holds_tables(pair[1])))


def _plain(value: object) -> Any:
    if is_dataclass(value):
        return _table(value)
    if isinstance(value, tuple | list):
        items = [_plain(item) for item in value]
        return _array(items) if not _holds_tables(items) or all(isinstance(one, _IN_A_LINE) for one in value) else items
    return value.value if isinstance(value, Enum) else value


def _holds_tables(value: object) -> bool:
    if isinstance(value, Array):
        return False
    return isinstance(value, dict) or (isinstance(value, list) and any(isinstance(item, dict) for item in value))


def _array(items: Sequence[Any]) -> Array:
    """One a line where there are several: then a review shows which of them changed."""
    array = tomlkit.array()
    array.extend(_in_a_line(item) if isinstance(item, dict) else item for item in items)
    return array.multiline(len(items) > 1)


def _in_a_line(table: Mapping[str, Any]) -> InlineTable:
    inline = tomlkit.inline_table()
    inline.update(table)
    return inline


def _toml(table: Mapping[str, Any]) -> bytes:
    return tomlkit.dumps(table).encode()


def _digest(files: Mapping[str, bytes], table: Mapping[str, Any]) -> str:
    state = hashlib.sha256(_toml(table))
    for name in sorted(files):
        state.update(name.encode() + b"\0" + files[name] + b"\0")
    return state.hexdigest()[:16]
