"""AccessStore: who may use the desk, their sessions, and the log of who did what."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from digest.model.access import Deed, Role, Session, User


class AccessStore(Protocol):
    """Users, sessions and deeds. Deeds are never changed nor deleted."""

    def add_user(self, user: User) -> bool:
        """False, changing nothing, when the name is taken."""
        ...

    def user(self, name: str) -> User | None:
        """The user of exactly that name."""
        ...

    def users(self) -> tuple[User, ...]:
        """All, by name."""
        ...

    def set_role(self, name: str, role: Role) -> bool:
        """False when there is no such user."""
        ...

    def set_password(self, name: str, password: str) -> bool:
        """Takes the hash. False when there is no such user."""
        ...

    def set_totp(self, name: str, totp: str) -> bool:
        """Takes the sealed secret, or nothing to ask for no codes. False when there is no such user."""
        ...

    def use_step(self, name: str, step: int) -> bool:
        """Uses up this step's code and all before it; False when it was used up already."""
        ...

    def remove_user(self, name: str) -> bool:
        """With all sessions. False when there is no such user."""
        ...

    def open_session(self, session: Session) -> None:
        """The user must be there."""
        ...

    def session(self, key: str) -> tuple[Session, User] | None:
        """The session of that key and its user as they are now."""
        ...

    def see_session(self, key: str, now: datetime) -> None:
        """Notes that the session was used."""
        ...

    def sessions(self, user: str = "") -> tuple[Session, ...]:
        """Of that user, or of all; the latest seen first."""
        ...

    def end_sessions(self, user: str, but: str = "", only: str = "") -> tuple[str, ...]:
        """Ends all of the user's, but the one of the key `but`; or `only` the one of that key. Gives ended keys."""
        ...

    def drop_sessions(self, opened_before: datetime, seen_before: datetime) -> int:
        """Forgets those that are over: opened, or last seen, before that. Gives how many."""
        ...

    def record(self, deed: Deed) -> None:
        """Adds a deed to the log."""
        ...

    def deeds(self, limit: int = 100, who: str = "", about: str = "", what: str = "") -> tuple[Deed, ...]:
        """Newest first: all, or those of one person, about one thing, or of one kind."""
        ...
