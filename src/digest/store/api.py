"""[I/O] TokenStore and AnswerStore on SQL."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, or_, select, update

from digest.model.api import Answer, Asked, Question, Scope, Token
from digest.store.api_schema import answers, tokens
from digest.store.database import Database
from digest.store.statements import AnyRow, insert_into

_TOKEN = (
    tokens.c.name, tokens.c.key, tokens.c.scopes, tokens.c.created_at, tokens.c.expires_at, tokens.c.seen_at,
    tokens.c.revoked_at,
)  # fmt: skip
_COUNTED = {"preserve_rowcount": True}
_UNANSWERED = {"status": None, "headers": None, "body": None}


class SqlTokenStore:
    """Tokens."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, token: Token) -> bool:
        """Keeps it unless there is a good one of that name."""
        row = _columns(token)
        over = or_(tokens.c.revoked_at.is_not(None), tokens.c.expires_at <= token.created_at)
        with self._database.write() as connection:
            added = insert_into(connection, tokens).values(row).on_conflict_do_update(
                index_elements=[tokens.c.name], set_=row, where=over
            )  # fmt: skip
            return bool(connection.execute(added, execution_options=_COUNTED).rowcount)

    def with_key(self, key: str) -> Token | None:
        """The token of that key."""
        with self._database.read() as connection:
            row = connection.execute(select(*_TOKEN).where(tokens.c.key == key)).one_or_none()
        return _token(row) if row else None

    def all(self) -> tuple[Token, ...]:
        """By name."""
        with self._database.read() as connection:
            return tuple(map(_token, connection.execute(select(*_TOKEN).order_by(tokens.c.name)).all()))

    def see(self, name: str, now: datetime) -> None:
        """Notes that it was used."""
        with self._database.write() as connection:
            connection.execute(update(tokens).where(tokens.c.name == name).values(seen_at=now))

    def revoke(self, name: str, now: datetime) -> bool:
        """Lets nobody in with it any more."""
        revoked = update(tokens).where(tokens.c.name == name, tokens.c.revoked_at.is_(None)).values(revoked_at=now)
        with self._database.write() as connection:
            return bool(connection.execute(revoked).rowcount)


class SqlAnswerStore:
    """Answers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, question: Question, now: datetime, kept: datetime, stale: datetime) -> Asked | None:
        """None: it waits for its answer from now on."""
        row = {"token": question.token, "key": question.key, "print": question.print, "asked_at": now}
        over = or_(answers.c.asked_at < kept, and_(answers.c.status.is_(None), answers.c.asked_at < stale))
        known = select(answers.c.print, answers.c.status, answers.c.headers, answers.c.body).where(*_is(question))
        with self._database.write() as connection:
            begun = insert_into(connection, answers).values(row).on_conflict_do_update(
                index_elements=[answers.c.token, answers.c.key], set_=row | _UNANSWERED, where=over
            )  # fmt: skip
            if connection.execute(begun, execution_options=_COUNTED).rowcount:
                return None
            found = connection.execute(known).one()
        return Asked(found.print, Answer(found.status, found.headers, found.body) if found.status else None)

    def finish(self, question: Question, answer: Answer) -> None:
        """Keeps the answer."""
        given = {"status": answer.status, "headers": dict(answer.headers), "body": answer.body}
        with self._database.write() as connection:
            connection.execute(update(answers).where(*_is(question)).values(given))

    def drop(self, question: Question) -> None:
        """Forgets the question."""
        with self._database.write() as connection:
            connection.execute(delete(answers).where(*_is(question)))

    def purge(self, before: datetime) -> int:
        """Forgets those asked before that time."""
        with self._database.write() as connection:
            return connection.execute(delete(answers).where(answers.c.asked_at < before)).rowcount


def _is(question: Question) -> tuple[ColumnElement[bool], ...]:
    return answers.c.token == question.token, answers.c.key == question.key


def _columns(token: Token) -> dict[str, object]:
    return {
        "name": token.name,
        "key": token.key,
        "scopes": " ".join(sorted(token.scopes)),
        "created_at": token.created_at,
        "expires_at": token.expires_at,
        "seen_at": token.seen_at,
        "revoked_at": token.revoked_at,
    }


def _token(row: AnyRow) -> Token:
    name, key, scopes, *times = row
    return Token(name, key, frozenset(map(Scope, scopes.split())), *times)
