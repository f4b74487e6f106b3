"""Looking after the users of the desk. Whatever weakens a login ends the sessions that were opened with it."""

from __future__ import annotations

from datetime import datetime

from digest.access.codes import sealed, secret_for, step_of
from digest.access.passwords import AccessError, check_password, clean_name, hashed, matches
from digest.errors import UsageError
from digest.model.access import Actor, Role, User
from digest.pipeline.entering import code_of, end_sessions, note
from digest.pipeline.press import Press

OPERATOR = Actor("operator", Role.ADMIN)
"""Whoever works on the command line."""


def user_named(press: Press, name: str) -> User:
    """The user; UsageError names the next step when there is none."""
    found = press.store.access.user(name.strip().lower())
    if found is None:
        raise UsageError(f"user {name}", "there is none of that name", "see: digest user list")
    return found


def add_user(press: Press, actor: Actor, name: str, password: str, role: Role, now: datetime) -> User:
    """Lets somebody in. Raises AccessError for what is no name or password, UsageError for a name that is there."""
    user = User(clean_name(name), role, "", now)
    check_password(password, user.name)
    made = User(user.name, role, hashed(password), now)
    if not press.store.access.add_user(made):
        raise UsageError(f"user {user.name}", "is there already", f"see: digest user password {user.name}")
    note(press, actor, f"added as {role}", user.name, now)
    return made


def change_role(press: Press, actor: Actor, name: str, role: Role, now: datetime) -> None:
    """Gives another role, from the user's next press on."""
    user = user_named(press, name)
    if user.role is not role and press.store.access.set_role(user.name, role):
        note(press, actor, "changed the role", user.name, now, f"{user.role} -> {role}")


def change_password(press: Press, actor: Actor, name: str, password: str, now: datetime) -> None:
    """Replaces the password, and ends all sessions of the user but the one that asks. Raises AccessError."""
    user = user_named(press, name)
    check_password(password, user.name)
    press.store.access.set_password(user.name, hashed(password))
    note(press, actor, "changed the password", user.name, now)
    end_sessions(press, actor, user.name, now, but=actor.session)


def change_own_password(press: Press, actor: Actor, old: str, new: str, now: datetime) -> None:
    """The same, for whoever knows the old one. Raises AccessError."""
    check_own_password(press, actor, old)
    change_password(press, actor, actor.name, new, now)


def check_own_password(press: Press, actor: Actor, password: str) -> User:
    """The user whose password it is. Raises AccessError."""
    user = user_named(press, actor.name)
    if not matches(password, user.password):
        raise AccessError("old", "is not your password", "type the one that you log in with")
    return user


def remove_user(press: Press, actor: Actor, name: str, now: datetime) -> None:
    """Lets somebody in no more. What they did stays on record."""
    user = user_named(press, name)
    press.store.access.remove_user(user.name)
    note(press, actor, "removed", user.name, now)


def demand_codes(press: Press, actor: Actor, password: str, code: str, now: datetime) -> None:
    """From now on asks this user for a code of the app that took the offered secret. Raises AccessError."""
    user = check_own_password(press, actor, password)
    secret = secret_for(actor.session, press.secrets)
    step = step_of(secret, code, now)
    if step is None:
        raise AccessError("code", "is not the one that the app shows now", "compare the clock of your phone")
    press.store.access.set_totp(user.name, sealed(secret, press.secrets))
    press.store.access.use_step(user.name, step)
    note(press, actor, "set up one-time codes", user.name, now)
    end_sessions(press, actor, user.name, now, but=actor.session)


def drop_own_codes(press: Press, actor: Actor, password: str, code: str, now: datetime) -> None:
    """Asks for codes no more. Raises AccessError."""
    user = check_own_password(press, actor, password)
    step = code_of(press, user, code, now)
    if step is None or not press.store.access.use_step(user.name, step):
        raise AccessError("code", "is not the one that the app shows now, or was used", "wait for the next one")
    drop_codes(press, actor, user.name, now)


def drop_codes(press: Press, actor: Actor, name: str, now: datetime) -> None:
    """The same, for somebody whose phone is lost."""
    user = user_named(press, name)
    press.store.access.set_totp(user.name, "")
    note(press, actor, "turned one-time codes off", user.name, now)
    end_sessions(press, actor, user.name, now, but=actor.session)
