from __future__ import annotations

import hashlib
import io
import struct
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from digest.gather import pictures
from digest.gather.hosting import FolderPictureHost
from digest.gather.normalise import Unusable
from digest.gather.pictures import StoredPicture, shrink
from fake_fetcher import FakeFetcher


def picture(width: int, height: int, kind: str = "JPEG", mode: str = "RGB", **options: object) -> bytes:
    out = io.BytesIO()
    Image.new(mode, (width, height), 99).save(out, kind, **options)
    return out.getvalue()


def shrunk(data: bytes, max_width: int = 600) -> tuple[StoredPicture, Image.Image]:
    stored = shrink(data, max_width)
    assert isinstance(stored, StoredPicture), stored
    image = Image.open(io.BytesIO(stored.data))
    assert (image.width, image.height) == (stored.width, stored.height)
    return stored, image


def test_a_wide_picture_is_shrunk_and_a_narrow_one_is_not_enlarged() -> None:
    assert shrunk(picture(1200, 800))[1].size == (600, 400)
    assert shrunk(picture(300, 200))[1].size == (300, 200)


@pytest.mark.parametrize(
    ("kind", "mode"), [("PNG", "P"), ("GIF", "L"), ("WEBP", "RGB"), ("JPEG", "CMYK"), ("PNG", "I;16")]
)
def test_what_cannot_be_seen_through_becomes_jpeg(kind: str, mode: str) -> None:
    stored, image = shrunk(picture(100, 100, kind, mode))
    assert (image.format, image.mode, stored.name[-4:]) == ("JPEG", "RGB", ".jpg")


def test_what_can_be_seen_through_stays_png() -> None:
    stored, image = shrunk(picture(100, 100, "PNG", "RGBA"))
    assert (image.format, image.mode, stored.name[-4:]) == ("PNG", "RGBA", ".png")


def test_the_name_is_the_content() -> None:
    stored, _ = shrunk(picture(100, 100))
    assert stored.name == f"{hashlib.sha256(stored.data).hexdigest()}.jpg"
    assert shrink(picture(100, 100), 600) == stored


def test_metadata_goes_and_the_picture_is_turned_as_it_said() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "taken at home"
    stored, image = shrunk(picture(200, 100, exif=exif.tobytes(), icc_profile=b"x" * 128, comment=b"secret"))
    assert image.size == (100, 200)
    assert not image.getexif() and not {"icc_profile", "exif", "comment"} & set(image.info)
    assert b"taken at home" not in stored.data and b"secret" not in stored.data


def test_pictures_with_more_pixels_than_memory_are_refused_unread() -> None:
    head = b"IHDR" + struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))
    bomb += struct.pack(">I", 0) + b"IDAT" + struct.pack(">I", zlib.crc32(b"IDAT"))
    assert isinstance(shrink(bomb), Unusable)
    assert shrink(picture(8_000, 6_000, "PNG", "1")) == Unusable("has 8000 x 6000 pixels, more than 40,000,000")
    assert shrink(picture(5_000, 4_000, "PNG", "1")) == Unusable("has 5000 x 4000 pixels, more than 16,000,000")


def test_a_photograph_of_24_million_pixels_is_read_at_a_part_of_its_size() -> None:
    _, image = shrunk(picture(6_000, 4_000))
    assert image.size == (600, 400)


def test_strips_are_no_pictures_of_a_story() -> None:
    """155 KB of PNG, 1,199 pixels wide and 33,300 high, took 310 MB to decode."""
    assert isinstance(shrink(picture(110, 1_200, "PNG")), Unusable)
    assert isinstance(shrink(picture(1_000, 100, "PNG")), StoredPicture)


def test_pictures_are_decoded_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight at once took eight times the memory of one."""
    at_once, most = [], []

    def upright(image: Image.Image, max_width: int) -> Image.Image:
        at_once.append(image)
        time.sleep(0.01)
        most.append(len(at_once))
        at_once.pop()
        return image

    monkeypatch.setattr(pictures, "_upright", upright)
    with ThreadPoolExecutor(8) as threads:
        assert len(list(threads.map(shrink, [picture(100, 100)] * 8))) == 8
    assert set(most) == {1}


@pytest.mark.parametrize(
    "data", [b"", b"<svg xmlns='http://www.w3.org/2000/svg'><script>a()</script></svg>", b"%!PS-Adobe-3.0 EPSF-3.0",
             b"<html>", picture(1, 1, "GIF", "L"), picture(100, 100, "TIFF"), picture(100, 100)[:300]],
)  # fmt: skip
def test_what_is_no_whole_picture_for_mail_is_refused(data: bytes) -> None:
    assert isinstance(shrink(data), Unusable)


@given(st.binary(max_size=100), st.integers(0, 600))
def test_no_bytes_break_the_decoding(noise: bytes, place: int) -> None:
    whole = picture(64, 64, "PNG")
    assert shrink(whole[:place] + noise + whole[place + len(noise) :])


def test_a_host_knows_the_weight_of_its_own_copies_only(tmp_path: Path):
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "a.jpg").write_bytes(b"12345")
    (tmp_path / "secret").write_bytes(b"1")
    host = FolderPictureHost(tmp_path / "media", "https://press.example.com/media", lambda: FakeFetcher({}))
    assert host.weight("https://press.example.com/media/a.jpg") == 5
    for url in ("b.jpg", "", "..", "../secret", "sub/a.jpg", "a.jpg?x"):
        assert host.weight(f"https://press.example.com/media/{url}") is None
    assert host.weight("https://elsewhere.example/media/a.jpg") is None
