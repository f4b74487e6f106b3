"""Takes the files of an exported issue, which anybody may have changed; gives the content that they say, or an error.

Every error names the file, the line or the key, and the next step. Knows nothing of the issue that is there now.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC
from difflib import get_close_matches
from typing import Any

from digest.compose.editing import PINNED, is_pinned
from digest.compose.folder import FORMAT, INTRO, ISSUE, STORIES
from digest.compose.parsing import FolderError, Said, body_of, front_of, made, text_of, toml_of
from digest.model.editing import Promotion
from digest.model.ids import CategorySlug, IssueId, StoryId, article_id
from digest.model.issue import Event, Headline, IssueContent, Section, Sponsor, StoryItem
from digest.model.stories import Reason, TeaserSource
from digest.model.urls import absolute_url

_KEYS = frozenset({"exported", "format", "issue", "pinned", "subject", "preheader", "intro", "sections", "sponsors",
                   "events", "pulled"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Unfolded:
    """What the files of an issue say."""

    issue: IssueId
    exported: str
    """Fingerprint of the content that was exported; empty: nobody says."""
    content: IssueContent


def unfold(files: Mapping[str, bytes], categories: Collection[CategorySlug]) -> Unfolded:
    """The content of the files, by path. `categories`: those that stories may stand in. Raises FolderError."""
    whole = _whole(files)
    items = {stem: _story(path, files[path], categories) for stem, path in _stories(files)}
    _check_once(items)
    names = {stem: item.story for stem, item in items.items()}
    pinned = set(_named(whole, ("pinned",), whole.table.get("pinned", []), names))
    content = IssueContent(
        stories=tuple(_pinned(item, item.story in pinned) for item in items.values()),
        sections=tuple(_section(whole, at, names, categories) for at in range(len(_tables(whole, "sections")))),
        sponsors=made(Sponsor, whole.within("sponsors"), many=True),
        events=made(Event, whole.within("events"), many=True),
        subject=_headline(whole, "subject", names),
        preheader=_headline(whole, "preheader", names),
        intro=_headline(_with_intro(whole, files), "intro", names),
        pulled=made(StoryItem, whole.within("pulled"), many=True),
    )
    _check_promotions(whole, content, categories)
    return Unfolded(IssueId(whole.table["issue"]), str(whole.table.get("exported", "")), content)


def issue_named(files: Mapping[str, bytes]) -> IssueId:
    """The issue that the files are of. Raises FolderError."""
    return IssueId(_whole(files).table["issue"])


def _whole(files: Mapping[str, bytes]) -> Said:
    if ISSUE not in files:
        raise FolderError(ISSUE, "is not there", "name a folder that `digest issue export` has written")
    whole = toml_of(ISSUE, text_of(ISSUE, files[ISSUE]))
    for key in whole.table:
        if key not in _KEYS:
            raise whole.error((key,), "unknown key", _instead(key, _KEYS))
    if whole.table.get("format") != FORMAT:
        raise whole.error(("format",), f"must be {FORMAT}", "export the issue anew, with this version")
    if not isinstance(whole.table.get("issue"), str):
        raise whole.error(("issue",), "names no issue", 'write one like "weekly-2026-11-24"')
    return whole


def _stories(files: Iterable[str]) -> list[tuple[str, str]]:
    paths = sorted(path for path in files if path.startswith(f"{STORIES}/") and path.endswith(".md"))
    return [(path.removeprefix(f"{STORIES}/").removesuffix(".md"), path) for path in paths]


def _story(path: str, data: bytes, categories: Collection[CategorySlug]) -> StoryItem:
    """What a story's file says; one that somebody wrote by hand needs only title, url, outlet and published_at."""
    text = text_of(path, data)
    front = front_of(path, text)
    said = dict(front.table)
    said["story"] = said.pop("id", None) or article_id(str(said.get("url", "")))
    said.setdefault("article", said["story"])
    said.setdefault("categories", [])
    said["teaser"] = _teaser(front, body_of(text))
    item: StoryItem = made(StoryItem, replace(front, table=said))
    for key, address in (("url", item.url), *(("also", one.url) for one in item.also)):
        _check_address(front, (key,), address)
    if item.picture:
        _check_address(front, ("picture", "url"), item.picture.url)
    _check_categories(front, ("categories",), item.categories, categories)
    for key, at in (("published_at", item.published_at), ("gathered_at", item.gathered_at)):
        if at and at.tzinfo is None:
            raise front.error((key,), "says no time zone", "write one like 2026-11-24T07:00:00Z")
    gathered = item.gathered_at.astimezone(UTC) if item.gathered_at else None
    return replace(item, published_at=item.published_at.astimezone(UTC), gathered_at=gathered)


def _teaser(front: Said, body: str) -> dict[str, Any]:
    teaser = front.table.get("teaser", {})
    if not isinstance(teaser, dict):
        raise front.error(("teaser",), "is no table", "write it as [teaser]")
    if "text" in teaser and body:
        raise front.error(("teaser", "text"), "the file says the teaser twice", "remove this line or the words below")
    return {"source": TeaserSource.EDITOR, "text": body} | teaser


def _pinned(item: StoryItem, pinned: bool) -> StoryItem:
    """The story, pinned or not as issue.toml says."""
    if pinned == is_pinned(item):
        return item
    reasons: tuple[Reason, ...] = tuple(reason for reason in item.reasons if reason.rule != PINNED.rule)
    return replace(item, reasons=(*reasons, PINNED) if pinned else reasons)


def _section(whole: Said, at: int, names: Mapping[str, StoryId], categories: Collection[CategorySlug]) -> Section:
    where = ("sections", at, "stories")
    table = _tables(whole, "sections")[at]
    told = _named(whole, where, table.get("stories", []), names)
    twice = next((stem for stem, count in Counter(table.get("stories", ())).items() if count > 1), None)
    if twice:
        raise whole.error(where, f"{twice} stands here twice", "remove one of them")
    section: Section = made(Section, replace(whole, table=table | {"stories": told}, path=where[:2]))
    _check_categories(whole, ("sections", at, "category"), (section.category,), categories)
    if min(section.left_out, section.most) < 0:
        raise whole.error(("sections", at), "left_out and most cannot be less than 0", "")
    if section.category in [one.get("category") for one in _tables(whole, "sections")[:at]]:
        raise whole.error(("sections", at, "category"), f"{section.category} has a section already", "join the two")
    return section


def _headline(whole: Said, name: str, names: Mapping[str, StoryId]) -> Headline | None:
    table = whole.table.get(name)
    if table is None:
        return None
    if not isinstance(table, dict):
        raise whole.error((name,), "is no table", f"write it as [{name}]")
    stories = _named(whole, (name, "stories"), table.get("stories", []), names, gone=True)
    headline: Headline = made(Headline, replace(whole, table=table | {"stories": stories}, path=(name,)))
    return headline


def _with_intro(whole: Said, files: Mapping[str, bytes]) -> Said:
    """The whole with the words of intro.md where they belong; that file alone is an introduction too."""
    table = whole.table.get("intro", {} if INTRO in files else None)
    if not isinstance(table, dict):
        return whole
    if INTRO in files and "text" in table:
        raise whole.error(("intro", "text"), f"{INTRO} says it too", f"remove this line or {INTRO}")
    text = {"text": text_of(INTRO, files[INTRO]).strip("\n")} if INTRO in files else {}
    return replace(whole, table=whole.table | {"intro": table | text})


def _tables(whole: Said, name: str) -> Sequence[dict[str, Any]]:
    tables = whole.table.get(name, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise whole.error((name,), "is no list of tables", f"write each as [[{name}]]")
    return tables


def _named(
    whole: Said, where: tuple[str | int, ...], stems: object, names: Mapping[str, StoryId], gone: bool = False
) -> list[StoryId]:
    """The stories of these file names. `gone`: they may be ids of stories that are told no more."""
    if not isinstance(stems, list) or not all(isinstance(stem, str) for stem in stems):
        raise whole.error(where, "is no list of stories", 'write the names of their files: ["01-title"]')
    for stem in stems:
        if stem not in names and not (gone and _is_id(stem)):
            raise whole.error(where, f"there is no {STORIES}/{stem}.md", _instead(stem, names))
    return [names.get(stem, StoryId(stem)) for stem in stems]


def _is_id(text: str) -> bool:
    return len(text) == 16 and set(text) <= set("0123456789abcdef")


def _check_once(items: Mapping[str, StoryItem]) -> None:
    seen: dict[StoryId, str] = {}
    for stem, item in items.items():
        if not _is_id(item.story):
            raise FolderError(f"{STORIES}/{stem}.md: id", "must be 16 of 0-9 and a-f", "leave it out for a new story")
        if item.story in seen:
            problem = f"is the same story as {seen[item.story]}.md"
            raise FolderError(f"{STORIES}/{stem}.md: id", problem, "remove one of the two files")
        seen[item.story] = stem


def _check_promotions(whole: Said, content: IssueContent, categories: Collection[CategorySlug]) -> None:
    keys: list[str] = []
    promoted: tuple[tuple[str, Sequence[Promotion]], ...] = (("sponsors", content.sponsors), ("events", content.events))
    for name, promotions in promoted:
        for at, one in enumerate(promotions):
            _check_address(whole, (name, at, "url"), one.url)
            _check_categories(whole, (name, at, "categories"), one.categories, categories)
            if one.key in keys:
                raise whole.error((name, at, "key"), f"{one.key} is there already", "choose another key")
            keys.append(one.key)
            if isinstance(one, Sponsor) and one.picture:
                _check_address(whole, (name, at, "picture", "url"), one.picture.url)


def _check_address(said: Said, where: tuple[str | int, ...], address: str) -> None:
    if not absolute_url(address) or address != address.strip():
        raise said.error(where, f"{address[:80]!r} is no http address", "write one like https://news.example.com/1")


def _check_categories(
    said: Said, where: tuple[str | int, ...], named: Iterable[CategorySlug], known: Collection[CategorySlug]
) -> None:
    for slug in named:
        if slug not in known:
            raise said.error(where, f"category {slug[:80]} is not configured", _instead(slug, known))


def _instead(given: str, known: Iterable[str]) -> str:
    names = list(known)
    close = get_close_matches(given, names, 1)
    return f"did you mean {close[0]}?" if close else f"there are: {', '.join(names[:12]) or 'none'}"
