"""Which pictures an issue's stories show: the publishers' own, our copies, or none. Fetches nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from digest.model.feeds import Picture
from digest.model.issue import IssueContent


def picture_urls(content: IssueContent) -> frozenset[str]:
    """Where the stories' pictures are."""
    return frozenset(item.picture.url for item in content.stories if item.picture)


def with_copies(content: IssueContent, copies: Mapping[str, Picture]) -> IssueContent:
    """The content with each picture replaced by its copy, under its own alternative text; one without copy goes."""

    def copy_of(picture: Picture | None) -> Picture | None:
        copy = copies.get(picture.url) if picture else None
        return replace(copy, alt=picture.alt) if picture and copy else None

    return replace(content, stories=tuple(replace(item, picture=copy_of(item.picture)) for item in content.stories))
