"""[I/O] Keeps copies of story pictures in a folder, named by their content; implements ports.outside.PictureHost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from pathlib import Path

from digest.gather.gather import fetch_picture
from digest.gather.normalise import Unusable
from digest.gather.pictures import StoredPicture
from digest.model.feeds import Picture
from digest.ports.outside import Fetching

_MOST_AT_ONCE = 8
"""Pictures that are held as they came, of 10 MB each at most; of those, one is decoded at a time.

More would take as much memory as there are pictures: the C library gives back to each thread only what was its own.
"""


class FolderPictureHost:
    """Fetches through the guard, writes to `folder`, and gives addresses below `url`."""

    def __init__(self, folder: Path, url: str, fetching: Callable[[], Fetching], max_width: int = 1_200) -> None:
        """`max_width`: twice the widest size at which a mail shows a picture, in pixels."""
        self._folder = folder
        self._url = url.rstrip("/")
        self._fetching = fetching
        self._max_width = max_width

    def host(self, urls: Collection[str], now: datetime) -> Mapping[str, Picture]:
        """Copies of these pictures by the URL that they came from; what cannot be used is missing."""
        return asyncio.run(self._host(sorted(set(urls)), now)) if urls else {}

    def weight(self, url: str) -> int | None:
        """Bytes of the copy at this address; None when it is no copy kept here."""
        folder, _, name = url.rpartition("/")
        file = self._folder / name
        return file.stat().st_size if folder == self._url and file.is_file() else None

    async def _host(self, urls: Collection[str], now: datetime) -> dict[str, Picture]:
        few, one = asyncio.Semaphore(_MOST_AT_ONCE), asyncio.Semaphore(1)
        async with self._fetching() as fetcher:

            async def fetched_one(url: str) -> StoredPicture | Unusable:
                async with few:
                    return await fetch_picture(url, fetcher, now, self._max_width, one)

            fetched = await asyncio.gather(*map(fetched_one, urls))
        found = zip(urls, fetched, strict=True)
        return {url: self._kept(picture) for url, picture in found if isinstance(picture, StoredPicture)}

    def _kept(self, picture: StoredPicture) -> Picture:
        self._folder.mkdir(parents=True, exist_ok=True)
        file = self._folder / picture.name
        if not file.exists():
            partial = file.with_suffix(".part")
            partial.write_bytes(picture.data)
            partial.replace(file)
        return Picture(f"{self._url}/{picture.name}", "", picture.width, picture.height)
