"""Requests that may be sent twice (idempotency keys): the second try gets the first one's answer.

Decides whether a request is done, refused or answered again. What is kept of it tells nobody an address: keys and
requests are hashed with the site's secret, and answers are sealed.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from digest.access.codes import opened, sealed
from digest.model.api import Answer, Question, Token
from digest.pipeline.press import Press

KEPT = timedelta(hours=24)
"""So long the same key gets the same answer."""
_GIVEN_UP = timedelta(minutes=5)
"""A request that was not answered for so long never will be: its process died."""
_WORTH_KEEPING = range(200, 500)
_PASSING = frozenset({401, 403, 409, 429})
"""Answers about the moment, not about the request."""


class Refused(StrEnum):
    """Why a request is not done."""

    OTHER_REQUEST = "other-request"
    """The key was used for another one."""
    IN_PROGRESS = "in-progress"
    """The first try has no answer yet."""


def question_of(press: Press, token: Token, key: str, request: bytes) -> Question:
    """The request as it is kept: `request` is everything by which two differ.

    Keys are of one token and not of its name, which another may have when it is revoked; and what was answered with
    other scopes is no answer now.
    """
    scopes = " ".join(sorted(token.scopes)).encode()
    own = b"\n".join([token.key.encode(), key.encode()])
    return Question(token.name, _keyed(press, own), _keyed(press, scopes + b"\n" + request))


def begin(press: Press, question: Question, now: datetime) -> Answer | Refused | None:
    """None: do it now, then `finish`. Otherwise the answer that it had, opened, or why it is refused."""
    asked = press.store.answers.begin(question, now, now - KEPT, now - _GIVEN_UP)
    if asked is None:
        return None
    if not hmac.compare_digest(asked.print, question.print):
        return Refused.OTHER_REQUEST
    if asked.answer is None:
        return Refused.IN_PROGRESS
    body = opened(asked.answer.body, press.secrets)
    return Refused.OTHER_REQUEST if body is None else Answer(asked.answer.status, asked.answer.headers, body)


def finish(press: Press, question: Question, status: int, headers: Mapping[str, str], body: str) -> None:
    """Keeps the answer; what failed on our side, or may be otherwise in a moment, may be asked again."""
    if status not in _WORTH_KEEPING or status in _PASSING:
        press.store.answers.drop(question)
        return
    press.store.answers.finish(question, Answer(status, headers, sealed(body, press.secrets)))


def _keyed(press: Press, text: bytes) -> str:
    key = hashlib.sha256(press.secret.encode()).digest()
    return hashlib.blake2b(text, key=key, digest_size=32, person=b"api-answer").hexdigest()
