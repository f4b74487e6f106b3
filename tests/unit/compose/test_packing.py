"""A .zip of an issue: the same bytes for the same issue, and nothing hostile is unpacked."""

from __future__ import annotations

import io
import stat
import zipfile

import pytest

import press as small
from digest.compose.folder import files_of
from digest.compose.packing import LARGEST_FILE, pack, unpack
from digest.compose.parsing import FolderError

FILES = files_of(small.issue())


def zipped(*entries: tuple[str, bytes], link: bool = False) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            entry = zipfile.ZipInfo(name)
            entry.external_attr = ((stat.S_IFLNK if link else stat.S_IFREG) | 0o644) << 16
            archive.writestr(entry, data, zipfile.ZIP_DEFLATED)
    return held.getvalue()


def test_it_comes_back_with_or_without_a_folder_around_it():
    assert unpack(pack(FILES, "weekly"), "x.zip") == FILES
    assert unpack(zipped(*FILES.items()), "x.zip") == FILES
    assert pack(FILES, "weekly") == pack(dict(reversed(FILES.items())), "weekly")


def test_only_what_says_something_of_the_issue_is_read():
    more = FILES | {"rendered/all.html": b"x" * (LARGEST_FILE + 1), ".git/config": b"x", "stories/a/b.md": b"x"}
    assert unpack(pack(more, "weekly"), "x.zip") == FILES


@pytest.mark.parametrize(
    "name", ["../issue.toml", "a/../../x", "/etc/passwd", "C:/x", "a\\..\\b", "stories/..", "a\x01"]
)
def test_names_that_lead_out_of_the_folder_are_refused(name):
    with pytest.raises(FolderError, match="leads out of the folder"):
        unpack(zipped(*FILES.items(), (name, b"x")), "x.zip")


def test_links_are_refused():
    with pytest.raises(FolderError, match="is a link to somewhere else"):
        unpack(zipped(("issue.toml", b"/etc/passwd"), link=True), "x.zip")


def test_what_is_more_than_an_issue_is_never_unpacked():
    bomb = zipped(("issue.toml", FILES["issue.toml"]), ("stories/01-a.md", bytes(50_000_000)))
    assert len(bomb) < 60_000
    with pytest.raises(FolderError, match=r"x\.zip: stories/01-a\.md: has 50,000,000 bytes, more than 262,144"):
        unpack(bomb, "x.zip")
    with pytest.raises(FolderError, match="more than 16,777,216 bytes"):
        unpack(zipped(("issue.toml", b""), *((f"stories/{n}.md", bytes(250_000)) for n in range(70))), "x.zip")
    with pytest.raises(FolderError, match="more than 5000 files"):
        unpack(zipped(("issue.toml", b""), *((f"x/{n}", b"") for n in range(5001))), "x.zip")


def test_a_size_that_is_a_lie_does_not_help():
    data = zipped(("issue.toml", bytes(LARGEST_FILE * 2)))
    lie = data.replace((LARGEST_FILE * 2).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert lie != data
    with pytest.raises(FolderError):
        unpack(lie, "x.zip")


@pytest.mark.parametrize("data", [b"", b"no zip", zipped(("issue.toml", b"x"))[:-30], b"PK\x05\x06" + bytes(18)])
def test_what_is_no_zip_is_refused_or_holds_nothing(data):
    try:
        assert unpack(data, "x.zip") == {}
    except FolderError as error:
        assert "is no .zip that can be read" in str(error)
