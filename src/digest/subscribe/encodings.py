"""Finds out how the bytes of a table are encoded, and what stands between its cells. Takes blocks; opens no file."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator
from itertools import islice

from charset_normalizer import from_bytes

_MARKS = ((codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF8, "utf-8-sig"),
          (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip
_OTHER_SCRIPTS = ("cp932", "euc_jp", "gb18030", "big5", "cp949", "cp1251", "koi8_r", "cp1253", "cp1255", "cp1256")
"""What tells itself apart from the Western one by its letters; of two Western ones nobody can say which."""
WESTERN = "cp1252"
DELIMITERS = ",;\t|"
_SAMPLE = 64_000
_ROWS = 50


def find_encoding(blocks: Iterable[bytes]) -> str:
    """The name of the encoding: by its mark, UTF-8 if all of it is, another script if it reads as one, or Western."""
    decoder, sample, first = codecs.getincrementaldecoder("utf-8")(), b"", True
    is_utf8 = True
    for block in blocks:
        if first and (marked := next((name for mark, name in _MARKS if block.startswith(mark)), None)):
            return marked
        first = False
        if len(sample) < _SAMPLE:
            sample += b"".join(line for line in block.splitlines(keepends=True) if not line.isascii())[:_SAMPLE]
        is_utf8 = is_utf8 and _decodes(decoder, block)
        if not is_utf8 and len(sample) >= _SAMPLE:
            break
    if is_utf8 and _decodes(decoder, b"", final=True):
        return "utf-8"
    return _other_script(sample) or WESTERN


def _decodes(decoder: codecs.IncrementalDecoder, block: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(block, final)
    except UnicodeDecodeError:
        return False
    return True


def _other_script(sample: bytes) -> str | None:
    found = from_bytes(sample, cp_isolation=[*_OTHER_SCRIPTS, WESTERN]).best()
    return found.encoding if found and found.encoding in _OTHER_SCRIPTS else None


def find_delimiter(sample: str) -> str:
    """Comma, semicolon, tab or bar: the one by which most rows have as many cells as the heading, and the most."""
    return max(DELIMITERS, key=lambda delimiter: _fit(sample, delimiter))


def _fit(sample: str, delimiter: str) -> tuple[float, int]:
    rows = list(islice(_cells(sample, delimiter), _ROWS))
    width = len(rows[0]) if rows else 0
    if width < 2:
        return 0.0, 0
    return sum(len(row) == width for row in rows) / len(rows), width


def _cells(sample: str, delimiter: str) -> Iterator[list[str]]:
    try:
        yield from (row for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter) if row)
    except csv.Error:
        return
