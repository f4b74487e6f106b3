"""Letting people in at the desk, and noting what they do: from a name, a password and a code to a session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from digest.access.codes import opened, step_of
from digest.access.passwords import AccessError, clean_name, hashed, is_dated, matches
from digest.access.sessions import LONGEST, is_over, key_of
from digest.model.access import Actor, Deed, Session, User
from digest.pipeline.press import Press

_SEEN_EVERY = timedelta(minutes=1)
_LONGEST_PROGRAM = 300
_LOGGED_IN = "logged in"
_LATEST_LOGINS = 50


@dataclass(frozen=True, slots=True)
class Attempt:
    """What somebody who wants in has typed, and where they are."""

    name: str
    password: str
    code: str = ""
    network: str = ""
    program: str = ""


def log_in(press: Press, attempt: Attempt, token: str, now: datetime) -> Actor | None:
    """Opens a session for that token; None when name, password or code is wrong: which, is not told.

    `token`: what the browser's cookie will hold, at least 256 bits of chance.
    """
    user = _known(press, attempt.name)
    right = matches(attempt.password, user.password if user else "")
    if user is None or not right or not _code_is_right(press, user, attempt.code, now):
        about = user.name if user else "somebody unknown"
        press.store.access.record(Deed(about, "failed to log in", about, now, attempt.network))
        return None
    if is_dated(user.password):
        press.store.access.set_password(user.name, hashed(attempt.password))
    press.store.access.drop_sessions(now - LONGEST, now - idle_time(press))
    session = Session(key_of(token), user.name, now, now, attempt.network, attempt.program[:_LONGEST_PROGRAM])
    press.store.access.open_session(session)
    press.store.access.record(Deed(user.name, _LOGGED_IN, user.name, now, attempt.network))
    return Actor(user.name, user.role, session.key)


def was_here(press: Press, name: str, network: str) -> bool:
    """Whether that user has logged in from that network lately."""
    logins = press.store.access.deeds(_LATEST_LOGINS, who=name.strip().lower(), what=_LOGGED_IN)
    return any(login.detail == network for login in logins)


def actor_of(press: Press, token: str, now: datetime) -> Actor | None:
    """Whose session that token has opened, with the role they have now; None when it is over."""
    found = press.store.access.session(key_of(token)) if token else None
    if found is None:
        return None
    session, user = found
    if is_over(session, idle_time(press), now):
        press.store.access.end_sessions(user.name, only=session.key)
        return None
    if now - session.seen_at >= _SEEN_EVERY:
        press.store.access.see_session(session.key, now)
    return Actor(user.name, user.role, session.key)


def end_sessions(press: Press, actor: Actor, user: str, now: datetime, but: str = "", only: str = "") -> int:
    """Ends a user's sessions: all, all but one, or only one. Gives how many."""
    ended = press.store.access.end_sessions(user, but, only)
    if ended:
        own = only == actor.session
        note(press, actor, "logged out" if own and only else "ended sessions", user, now, f"{len(ended)}")
    return len(ended)


def note(press: Press, actor: Actor, what: str, about: str, now: datetime, detail: str = "") -> None:
    """Puts on record that somebody did something."""
    press.store.access.record(Deed(actor.name, what, about, now, detail))


def idle_time(press: Press) -> timedelta:
    """A session that is not used for so long is over."""
    return timedelta(hours=press.settings.web.session_hours)


def code_of(press: Press, user: User, code: str, now: datetime) -> int | None:
    """The step of a right code that was not used yet."""
    secret = opened(user.totp, press.secrets)
    step = step_of(secret, code, now) if secret else None
    return step if step is not None and step > user.totp_step else None


def _code_is_right(press: Press, user: User, code: str, now: datetime) -> bool:
    if not user.totp:
        return True
    step = code_of(press, user, code, now)
    return step is not None and press.store.access.use_step(user.name, step)


def _known(press: Press, name: str) -> User | None:
    try:
        return press.store.access.user(clean_name(name))
    except AccessError:
        return None
