"""Says what is the same on every page while a template is compiled: `_("Save")` becomes the words themselves.

For environments of one language each. `_("For %(name)s", name=name)` is left to be said when the page is made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import cast

from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

_SHAPE = ("name", "lparen", "string", "rparen")


class FoldedWords(Extension):
    """Needs `_` among the globals of its environment before the first template is loaded."""

    def filter_stream(self, stream: TokenStream) -> Iterable[Token]:
        """The tokens, with its words in place of every call of `_` on a text alone."""
        say = cast(Callable[[str], str], self.environment.globals["_"])
        for token in _calls_as_one(stream):
            yield token if token.type != "words" else Token(token.lineno, "string", say(token.value))


def _calls_as_one(stream: Iterable[Token]) -> Iterator[Token]:
    held: list[Token] = []
    for token in stream:
        if not _goes_on(held, token):
            yield from held
            held = []
        if not _goes_on(held, token):
            yield token
            continue
        held.append(token)
        if len(held) == len(_SHAPE):
            yield Token(held[0].lineno, "words", held[2].value)
            held = []
    yield from held


def _goes_on(held: Sequence[Token], token: Token) -> bool:
    return token.type == _SHAPE[len(held)] and (bool(held) or token.value == "_")
