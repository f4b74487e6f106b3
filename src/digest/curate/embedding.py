"""[I/O] WordLlama as the Embedder: reads the weights that come in its wheel, never the network. Only app imports it."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wordllama.inference import WordLlamaInference


class WordLlamaEmbedder:
    """Vectors of 256 numbers; the weights (16 MB) are loaded with the first text, which takes about a second."""

    def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """One vector of length 1 for each text."""
        raw: list[list[float]] = self._model.embed(list(texts)).tolist() if texts else []
        return [_unit(vector) for vector in raw]

    @cached_property
    def _model(self) -> WordLlamaInference:
        with _logging_untouched():
            import wordllama  # noqa: PLC0415  # it costs a second and 60 MB, only when used

        return wordllama.WordLlama.load(cache_dir=Path(wordllama.__file__).parent, disable_download=True)


@contextmanager
def _logging_untouched() -> Iterator[None]:
    """The package sets up logging for the whole program as it is imported, unless somebody has."""
    somebody = logging.NullHandler()
    logging.root.addHandler(somebody)
    try:
        yield
    finally:
        logging.root.removeHandler(somebody)


def _unit(vector: Sequence[float]) -> Sequence[float]:
    length = math.hypot(*vector)
    return [value / length for value in vector] if length else vector
