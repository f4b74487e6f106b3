"""[I/O] WordLlama as the Embedder: reads the weights that come in its wheel, never the network. Only app imports it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wordllama.inference import WordLlamaInference


class WordLlamaEmbedder:
    """Vectors of 256 numbers; the weights (16 MB) are loaded with the first text, which takes about a second."""

    def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """One vector of length 1 for each text."""
        vectors: list[list[float]] = self._model.embed(list(texts), norm=True).tolist() if texts else []
        return vectors

    @cached_property
    def _model(self) -> WordLlamaInference:
        import wordllama  # noqa: PLC0415  # it costs a second and 60 MB, only when used

        return wordllama.WordLlama.load(cache_dir=Path(wordllama.__file__).parent, disable_download=True)


def installed() -> bool:
    """Whether the package is there; it is not among those that Digest Press needs."""
    return find_spec("wordllama") is not None
