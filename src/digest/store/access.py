"""[I/O] AccessStore on SQL: users, sessions, and the log of deeds, which this module only adds to."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import ColumnElement, delete, insert, or_, select, update

from digest.model.access import Deed, Role, Session, User
from digest.store.database import Database
from digest.store.desk_schema import deeds, sessions, users
from digest.store.statements import insert_into

_USER = (
    users.c.name, users.c.role, users.c.password, users.c.created_at, users.c.totp, users.c.totp_step,
)  # fmt: skip
_SESSION = (
    sessions.c.key, sessions.c.user, sessions.c.opened_at, sessions.c.seen_at, sessions.c.network, sessions.c.program,
)  # fmt: skip
_DEED = (deeds.c.who, deeds.c.what, deeds.c.about, deeds.c.at, deeds.c.detail)


class SqlAccessStore:
    """Who may use the desk."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_user(self, user: User) -> bool:
        """False, changing nothing, when the name is taken."""
        with self._database.write() as connection:
            inserted = insert_into(connection, users).values(asdict(user)).on_conflict_do_nothing()
            return bool(connection.execute(inserted, execution_options={"preserve_rowcount": True}).rowcount)

    def user(self, name: str) -> User | None:
        """The user of exactly that name."""
        with self._database.read() as connection:
            row = connection.execute(select(*_USER).where(users.c.name == name)).one_or_none()
        return User(*row) if row else None

    def users(self) -> tuple[User, ...]:
        """All, by name."""
        with self._database.read() as connection:
            return tuple(User(*row) for row in connection.execute(select(*_USER).order_by(users.c.name)))

    def set_role(self, name: str, role: Role) -> bool:
        """False when there is no such user."""
        return self._changed(name, {"role": role})

    def set_password(self, name: str, password: str) -> bool:
        """Takes the hash. False when there is no such user."""
        return self._changed(name, {"password": password})

    def set_totp(self, name: str, totp: str) -> bool:
        """Takes the sealed secret, or nothing to ask for no codes. False when there is no such user."""
        return self._changed(name, {"totp": totp, "totp_step": 0})

    def use_step(self, name: str, step: int) -> bool:
        """Uses up this step's code and all before it; False when it was used up already."""
        return self._changed(name, {"totp_step": step}, users.c.totp_step < step)

    def remove_user(self, name: str) -> bool:
        """With all sessions. False when there is no such user."""
        with self._database.write() as connection:
            return bool(connection.execute(delete(users).where(users.c.name == name)).rowcount)

    def open_session(self, session: Session) -> None:
        """The user must be there."""
        with self._database.write() as connection:
            connection.execute(insert(sessions).values(asdict(session)))

    def session(self, key: str) -> tuple[Session, User] | None:
        """The session of that key and its user as they are now."""
        found = select(*_SESSION, *_USER).join_from(sessions, users).where(sessions.c.key == key)
        with self._database.read() as connection:
            row = connection.execute(found).one_or_none()
        return (Session(*row[: len(_SESSION)]), User(*row[len(_SESSION) :])) if row else None

    def see_session(self, key: str, now: datetime) -> None:
        """Notes that the session was used."""
        with self._database.write() as connection:
            connection.execute(update(sessions).where(sessions.c.key == key).values(seen_at=now))

    def sessions(self, user: str = "") -> tuple[Session, ...]:
        """Of that user, or of all; the latest seen first."""
        listed = select(*_SESSION).order_by(sessions.c.seen_at.desc(), sessions.c.key)
        if user:
            listed = listed.where(sessions.c.user == user)
        with self._database.read() as connection:
            return tuple(Session(*row) for row in connection.execute(listed))

    def end_sessions(self, user: str, but: str = "", only: str = "") -> tuple[str, ...]:
        """Ends all of the user's, but the one of the key `but`; or `only` the one of that key. Gives ended keys."""
        which = [sessions.c.user == user, sessions.c.key != but, *([sessions.c.key == only] if only else [])]
        with self._database.write() as connection:
            ended = tuple(connection.execute(select(sessions.c.key).where(*which).order_by(sessions.c.key)).scalars())
            connection.execute(delete(sessions).where(*which))
        return ended

    def drop_sessions(self, opened_before: datetime, seen_before: datetime) -> int:
        """Forgets those that are over: opened, or last seen, before that. Gives how many."""
        over = or_(sessions.c.opened_at < opened_before, sessions.c.seen_at < seen_before)
        with self._database.write() as connection:
            return connection.execute(delete(sessions).where(over)).rowcount

    def record(self, deed: Deed) -> None:
        """Adds a deed to the log."""
        with self._database.write() as connection:
            connection.execute(insert(deeds).values(asdict(deed)))

    def deeds(self, limit: int = 100, who: str = "", about: str = "", what: str = "") -> tuple[Deed, ...]:
        """Newest first: all, or those of one person, about one thing, or of one kind."""
        listed = select(*_DEED).order_by(deeds.c.id.desc()).limit(limit)
        for column, value in ((deeds.c.who, who), (deeds.c.about, about), (deeds.c.what, what)):
            listed = listed.where(column == value) if value else listed
        with self._database.read() as connection:
            return tuple(Deed(*row) for row in connection.execute(listed))

    def _changed(self, name: str, values: dict[str, object], *conditions: ColumnElement[bool]) -> bool:
        with self._database.write() as connection:
            changed = update(users).where(users.c.name == name, *conditions).values(values)
            return bool(connection.execute(changed).rowcount)
