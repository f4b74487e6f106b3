"""What every AccessStore does."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from build import NOW, at
from digest.model.access import Deed, Role, Session, User
from digest.ports.store import Store

ADA = User("ada", Role.EDITOR, "hash", NOW)
BEA = User("bea", Role.ADMIN, "other", at(1), "sealed", 5)
FIRST = Session("k1", "ada", NOW, at(1), "192.0.2.1", "Firefox")
SECOND = Session("k2", "ada", at(1), at(3))
HERS = Session("k3", "bea", NOW, at(2))


@pytest.fixture
def desk(store: Store) -> Store:
    """Two users, three sessions."""
    assert store.access.add_user(BEA)
    assert store.access.add_user(ADA)
    for session in (FIRST, SECOND, HERS):
        store.access.open_session(session)
    return store


def test_users_come_back_as_they_were_added_by_name(desk: Store):
    assert desk.access.users() == (ADA, BEA)
    assert desk.access.user("bea") == BEA
    assert desk.access.user("eve") is None


def test_a_taken_name_changes_nothing(desk: Store):
    assert not desk.access.add_user(replace(ADA, role=Role.ADMIN))
    assert desk.access.user("ada") == ADA


def test_role_password_and_codes_change_one_by_one(desk: Store):
    assert desk.access.set_role("ada", Role.VIEWER)
    assert desk.access.set_password("ada", "new")
    assert desk.access.set_totp("ada", "sealed")
    assert desk.access.users() == (User("ada", Role.VIEWER, "new", NOW, "sealed"), BEA)
    for changed in (
        desk.access.set_role("eve", Role.ADMIN), desk.access.set_password("eve", "x"), desk.access.set_totp("eve", "x"),
        desk.access.use_step("eve", 1), desk.access.remove_user("eve"),
    ):  # fmt: skip
        assert not changed


def test_a_step_is_used_once_and_those_before_it_never_again(desk: Store):
    assert desk.access.use_step("bea", 7)
    assert not desk.access.use_step("bea", 7)
    assert not desk.access.use_step("bea", 6)
    assert desk.access.use_step("bea", 8)
    assert desk.access.set_totp("bea", "another")
    assert desk.access.use_step("bea", 1), "a new secret begins anew"


def test_of_several_who_use_a_step_at_once_one_wins(desk: Store):
    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(lambda _: desk.access.use_step("bea", 9), range(4))) == [False, False, False, True]


def test_a_session_comes_with_its_user_as_they_are_now(desk: Store):
    desk.access.set_role("ada", Role.VIEWER)
    assert desk.access.session("k1") == (FIRST, replace(ADA, role=Role.VIEWER))
    assert desk.access.session("k9") is None


def test_sessions_are_listed_latest_seen_first(desk: Store):
    desk.access.see_session("k1", at(9))
    assert desk.access.sessions() == (replace(FIRST, seen_at=at(9)), SECOND, HERS)
    assert desk.access.sessions("bea") == (HERS,)


def test_sessions_of_one_user_are_ended_all_or_all_but_one_or_one(desk: Store):
    assert desk.access.end_sessions("ada", only="k3") == (), "it is another's"
    assert desk.access.end_sessions("ada", but="k1") == ("k2",)
    assert desk.access.end_sessions("ada", only="k1") == ("k1",)
    assert desk.access.end_sessions("bea") == ("k3",)
    assert desk.access.sessions() == ()


def test_sessions_that_are_over_are_forgotten(desk: Store):
    assert desk.access.drop_sessions(at(-5), at(2)) == 1
    assert desk.access.sessions() == (SECOND, HERS)
    assert desk.access.drop_sessions(at(1), at(0)) == 1
    assert desk.access.sessions() == (SECOND,)


def test_who_is_removed_loses_their_sessions_and_their_deeds_stay(desk: Store):
    deed = Deed("ada", "approved", "weekly-2026-11-24", NOW)
    desk.access.record(deed)
    assert desk.access.remove_user("ada")
    assert (desk.access.users(), desk.access.sessions()) == ((BEA,), (HERS,))
    assert desk.access.deeds() == (deed,)


def test_deeds_are_listed_newest_first_by_who_or_about(desk: Store):
    deeds = [Deed(who, "did", about, NOW, "x") for who, about in (("ada", "one"), ("bea", "one"), ("ada", "two"))]
    for deed in deeds:
        desk.access.record(deed)
    assert desk.access.deeds() == tuple(reversed(deeds))
    assert desk.access.deeds(1) == (deeds[2],)
    assert desk.access.deeds(who="ada") == (deeds[2], deeds[0])
    assert desk.access.deeds(about="one", who="bea") == (deeds[1],)
    assert desk.access.deeds(what="did", limit=2) == (deeds[2], deeds[1])
    assert desk.access.deeds(what="undid") == ()


def test_the_log_of_deeds_cannot_be_changed_through_the_store(desk: Store):
    """Nothing but adding and reading is offered."""
    assert {name for name in dir(desk.access) if "deed" in name or name == "record"} == {"deeds", "record"}
