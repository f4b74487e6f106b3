"""Pictures for mail: takes bytes from outside, gives a smaller picture without metadata, or why not. Stores nothing.

Only formats that are rows of pixels are read; SVG is a program and refused.
"""

from __future__ import annotations

import hashlib
import io
import threading
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from digest.gather.normalise import Unusable

_FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF")
_MOST_PIXELS, _MOST_DECODED = 40_000_000, 16_000_000
"""Of the file, and of what is made of it: a photograph (JPEG) is read at a half, a quarter or an eighth of its size."""
_MOST_LONGER = 10
"""How many times as long as the other a side may be: what is longer is no picture for a story."""
_AT_ONCE = threading.BoundedSemaphore(1)
"""Pictures that are decoded at the same time, in the whole process: each may take 150 MB."""
_LEAST_SIDE = 40
"""Smaller ones are counters and icons."""
_QUALITY = 82


@dataclass(frozen=True, slots=True)
class StoredPicture:
    """A picture as it is served from /media."""

    name: str
    """SHA-256 of the bytes and the extension: the same picture has the same name."""
    data: bytes
    width: int
    """Pixels."""
    height: int


def shrink(data: bytes, max_width: int = 1_200) -> StoredPicture | Unusable:
    """The picture, upright and at most `max_width` pixels wide, as PNG when it is see-through, else as JPEG.

    May be called from many threads; one decodes while the others wait, so that many pictures take no more than one.
    """
    try:
        with _AT_ONCE, Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            if problem := _size_problem(image.width, image.height, _MOST_PIXELS):
                return Unusable(problem)
            image.draft("RGB", (max_width, max_width * image.height // image.width))
            if problem := _size_problem(image.width, image.height, _MOST_DECODED):
                return Unusable(problem)
            return _stored(_upright(image, max_width))
    except UnidentifiedImageError:
        return Unusable("is no picture of a kind that mail can show")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        return Unusable(f"cannot be decoded: {error}")


def _size_problem(width: int, height: int, most: int) -> str:
    if width * height > most:
        return f"has {width} x {height} pixels, more than {most:,}"
    if min(width, height) < _LEAST_SIDE:
        return "is too small"
    if max(width, height) > _MOST_LONGER * min(width, height):
        return f"has {width} x {height} pixels, one side more than {_MOST_LONGER} times the other"
    return ""


def _upright(image: Image.Image, max_width: int) -> Image.Image:
    """Turned as its metadata says, in RGB or RGBA, and shrunk; nothing of the metadata is left."""
    see_through = image.has_transparency_data
    ImageOps.exif_transpose(image, in_place=True)
    mode = "RGBA" if see_through else "RGB"
    turned = image if image.mode == mode else image.convert(mode)
    if turned.width > max_width:
        height = max(1, round(turned.height * max_width / turned.width))
        turned = turned.resize((max_width, height), Image.Resampling.LANCZOS)
    bare = Image.new(turned.mode, turned.size)
    bare.paste(turned)
    return bare


def _stored(image: Image.Image) -> StoredPicture:
    out = io.BytesIO()
    if image.mode == "RGBA":
        image.save(out, "PNG", optimize=True)
    else:
        image.save(out, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
    extension = "png" if image.mode == "RGBA" else "jpg"
    name = f"{hashlib.sha256(out.getvalue()).hexdigest()}.{extension}"
    return StoredPicture(name, out.getvalue(), image.width, image.height)
