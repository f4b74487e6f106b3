"""Takes text bound for a log or a terminal's trace; gives it without addresses, tokens of links, and secrets.

It is the last defence: whoever writes a message leaves them out, and this catches what a library, a server's answer
or an exception brought in.
"""

from __future__ import annotations

import re
import sys
import traceback
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from pydantic import BaseModel

_SHORTEST = 4
"""Characters; a shorter secret would blacken every other word."""
_NO_ATOM = r'<>"(),:;=@\[\]{}/\\|'
"""What ends the part of an address before its @."""
_ADDRESS = (
    rf"(?<![^\s'{_NO_ATOM}])" r'(?:"[^"\r\n]{1,64}"' rf"|[^\s'{_NO_ATOM}][^\s{_NO_ATOM}]{{0,400}})"
    r"(?:@|%40)[\w-]+(?:\.[\w-]+)*"
)  # fmt: skip
_RULES = (
    (re.compile(r"(://)[^/@\s'\"]+@"), r"\1<secret>@"),
    (re.compile(r"(?i)\b((?:proxy-)?authorization|set-cookie|cookie)(['\"]?\s*[:=]\s*)[^\r\n]+"), r"\1\2<secret>"),
    (re.compile(r"(?i)\b(AUTH\s+(?:PLAIN|LOGIN|XOAUTH2))\s+\S+"), r"\1 <secret>"),
    (re.compile(r"(/r/[a-z-]+/)[\w.%-]+"), r"\1<token>"),
    (re.compile(_ADDRESS), "<address>"),
)  # fmt: skip


class Redactor:
    """Knows the secrets of one configuration."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        found = {form for secret in secrets if len(secret) >= _SHORTEST for form in (secret, quote(secret, safe=""))}
        longest_first = sorted(found, key=len, reverse=True)
        self._secrets = re.compile("|".join(map(re.escape, longest_first))) if found else None

    def __call__(self, text: str) -> str:
        """The text as it may be written down."""
        if self._secrets:
            text = self._secrets.sub("<secret>", text)
        for pattern, instead in _RULES:
            text = pattern.sub(instead, text)
        return text


def secrets_in(settings: BaseModel) -> Iterator[str]:
    """Every secret value of the settings; each of several keys in one."""
    from pydantic import BaseModel, SecretStr

    for name in type(settings).model_fields:
        value = getattr(settings, name)
        for one in value if isinstance(value, tuple) else (value,):
            if isinstance(one, SecretStr):
                yield from one.get_secret_value().split()
            elif isinstance(one, BaseModel):
                yield from secrets_in(one)


def show_trace(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Writes the trace of a bug to standard error, redacted: for sys.excepthook."""
    sys.stderr.write(Redactor()("".join(traceback.format_exception(kind, error, trace))))
