"""What one press of a reader does: choosing, pausing, less, more, moving, leaving, being erased, being told."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from build import NOW, WEEKLY, at, preferences, slugs, subscriber_draft
from databases import ADDRESS_KEY
from digest.config.timing import CadenceDays
from digest.errors import DigestError
from digest.links import LinkClaim, Purpose
from digest.model.delivery import Message
from digest.model.ids import SubscriberId
from digest.model.issue import Cadence
from digest.model.people import ChangeOutcome, ConsentKind, Origin, SubscriberState
from digest.pipeline.choosing import drop_category, less_often, lesser, more_like_this, pause
from digest.pipeline.disclosing import disclose
from digest.pipeline.erasing import ask_to_erase, erase, recall_erasures
from digest.pipeline.moving import agree_to_move, ask_to_move, moving, refuse_to_move
from digest.pipeline.press import Press
from digest.pipeline.subscribing import choose, confirm, describe, leave, leave_all, member, sign_up
from digest.store.journal import FileErasureJournal
from digest.store.store import open_store
from digest.subscribe.addresses import AddressError
from digest.subscribe.choices import cadences_text
from digest.subscribe.wishes import Wish

WEB = Origin("web", "192.0.2.7")


@pytest.fixture
def press(make_press) -> Press:
    return make_press(also={Cadence.DAILY: CadenceDays(), Cadence.MONTHLY: CadenceDays()})


@pytest.fixture
def claim(press: Press) -> LinkClaim:
    return reading(press)


def reading(press: Press, email: str = "ada@example.com") -> LinkClaim:
    wish = Wish(subscriber_draft(email), WEEKLY, preferences("privacy", "robotics"))
    sign_up(press, wish, WEB, NOW)
    mine = LinkClaim(Purpose.PREFERENCES, press.store.readers.by_email(email).id, NOW.date(), WEEKLY)
    confirm(press, mine, WEB, NOW)
    return mine


def about(claim: LinkClaim, part: str, purpose: Purpose = Purpose.DROP) -> LinkClaim:
    return replace(claim, purpose=purpose, subject=f"{WEEKLY}.{part}")


def chosen(press: Press, claim: LinkClaim):
    return member(press, claim).subscription.preferences


def log(press: Press, claim: LinkClaim) -> list[tuple[str, str]]:
    return [(event.kind, event.changes) for event in press.store.readers.events(claim.subscriber)][2:]


def read(message: Message) -> EmailMessage:
    return message_from_bytes(b"".join(message.segments), policy=policy.default)


def followed(press: Press, message: Message, purpose: Purpose) -> LinkClaim:
    text = read(message).get_body(("plain",)).get_content()
    (link,) = [line for line in text.split() if line.startswith(f"https://press.example/r/{purpose}/")]
    return press.links.open(purpose, urlsplit(link).path.rpartition("/")[2], NOW.date())


class TestOnePress:
    def test_less_often_is_one_step_however_often_it_is_pressed(self, press: Press, claim: LinkClaim):
        daily = preferences("privacy", "robotics", cadence=Cadence.DAILY)
        choose(press, claim, daily, WEB, NOW)
        for _ in range(2):
            assert less_often(press, claim, cadences_text(daily), WEB, NOW).cadence is Cadence.WEEKLY
        monthly = less_often(press, claim, "weekly", WEB, NOW)
        assert (monthly.cadence, lesser(press, claim)) == (Cadence.MONTHLY, None)
        assert less_often(press, claim, "monthly", WEB, NOW) == monthly
        assert [said for _, said in log(press, claim)][1:] == ["cadence: daily -> weekly", "cadence: weekly -> monthly"]

    def test_dropping_a_category_is_logged_once(self, press: Press, claim: LinkClaim):
        for _ in range(2):
            assert drop_category(press, about(claim, "privacy"), WEB, NOW)
        assert chosen(press, claim).categories == frozenset(slugs("robotics"))
        assert log(press, claim) == [("preferences", "categories: -privacy")]

    def test_dropping_the_last_category_leaves(self, press: Press, claim: LinkClaim):
        drop_category(press, about(claim, "privacy"), WEB, NOW)
        assert not drop_category(press, about(claim, "robotics"), WEB, at(1))
        assert member(press, claim).subscription.left_at == at(1)

    @pytest.mark.parametrize("part", ["sponsored-content", "gone", ""])
    def test_only_what_can_be_chosen_is_dropped_or_wished_for(self, press: Press, claim: LinkClaim, part: str):
        for press_it in (drop_category, more_like_this):
            with pytest.raises(DigestError, match="this topic is no longer there"):
                press_it(press, about(claim, part), WEB, NOW)
        assert log(press, claim) == []

    def test_more_of_a_category_takes_it_up(self, press: Press, claim: LinkClaim):
        drop_category(press, about(claim, "privacy"), WEB, NOW)
        for _ in range(2):
            more_like_this(press, about(claim, "privacy", Purpose.MORE), WEB, NOW)
        wanted = chosen(press, claim)
        assert (wanted.categories, wanted.more) == (frozenset(slugs("privacy", "robotics")), frozenset(["privacy"]))
        assert log(press, claim)[-1] == ("preferences", "categories: +privacy; more: +privacy")

    def test_a_pause_begins_and_ends(self, press: Press, claim: LinkClaim):
        pause(press, claim, date(2027, 1, 4), WEB, NOW)
        assert press.store.readers.recipients(WEEKLY, NOW) == ()
        pause(press, claim, None, WEB, NOW)
        assert [said for _, said in log(press, claim)] == [
            "paused until: none -> 2027-01-04",
            "paused until: 2027-01-04 -> none",
        ]

    def test_leaving_all_counts_what_was_left(self, press: Press, claim: LinkClaim):
        assert (leave_all(press, claim, WEB, NOW), leave_all(press, claim, WEB, NOW)) == (1, 0)
        assert log(press, claim) == [("left", "")]

    def test_the_log_says_what_of_the_person_changed_and_not_to_what(self, press: Press, claim: LinkClaim):
        draft = subscriber_draft("ada@example.com", name="Countess", country="FR")
        assert describe(press, claim, draft, WEB, NOW)
        assert not describe(press, claim, draft, WEB, NOW)
        assert log(press, claim) == [("person", "name, country")]

    @pytest.mark.parametrize(("kept", "network"), [(False, ""), (True, "192.0.2.7")])
    def test_network_addresses_are_kept_only_where_the_settings_say_so(self, press: Press, kept: bool, network: str):
        web = press.settings.web.model_copy(update={"keep_network_addresses": kept})
        told = replace(press, settings=press.settings.model_copy(update={"web": web}))
        mine = reading(told)
        assert {event.network for event in press.store.readers.events(mine.subscriber)} == {network}


class TestMoving:
    def test_both_addresses_are_asked_and_only_both_change_it(self, press: Press, claim: LinkClaim):
        to_new, to_old = ask_to_move(press, claim, " Ada@New.Example ", NOW)
        assert (to_new.recipient, to_old.recipient) == ("Ada@new.example", "ada@example.com")
        assert "Hello," in read(to_new).get_body(("plain",)).get_content()
        new = followed(press, to_new, Purpose.NEW_ADDRESS)
        old = followed(press, to_old, Purpose.OLD_ADDRESS)
        assert moving(press, old).change.email == "Ada@new.example"
        assert agree_to_move(press, new, WEB, NOW) is ChangeOutcome.WAITING
        assert agree_to_move(press, new, WEB, NOW) is ChangeOutcome.WAITING
        assert agree_to_move(press, old, WEB, NOW) is ChangeOutcome.CHANGED
        assert press.store.readers.get(claim.subscriber).email == "Ada@new.example"
        assert log(press, claim) == [("address", "address")]

    def test_the_old_address_may_refuse(self, press: Press, claim: LinkClaim):
        to_new, to_old = ask_to_move(press, claim, "eve@evil.example", NOW)
        agree_to_move(press, followed(press, to_new, Purpose.NEW_ADDRESS), WEB, NOW)
        old = followed(press, to_old, Purpose.OLD_ADDRESS)
        assert (refuse_to_move(press, old), refuse_to_move(press, old)) == (True, False)
        assert agree_to_move(press, old, WEB, NOW) is ChangeOutcome.GONE
        assert press.store.readers.get(claim.subscriber).email == "ada@example.com"

    def test_an_earlier_link_is_worth_nothing_for_a_later_wish(self, press: Press, claim: LinkClaim):
        _, first_old = ask_to_move(press, claim, "one@new.example", NOW)
        second_new, _ = ask_to_move(press, claim, "two@new.example", NOW)
        earlier = followed(press, first_old, Purpose.OLD_ADDRESS)
        assert agree_to_move(press, earlier, WEB, NOW) is ChangeOutcome.GONE
        assert not refuse_to_move(press, earlier)
        later = followed(press, second_new, Purpose.NEW_ADDRESS)
        assert agree_to_move(press, later, WEB, NOW) is ChangeOutcome.WAITING

    def test_whoever_has_the_address_is_told_and_nothing_is_kept(self, press: Press, claim: LinkClaim):
        reading(press, "bea@example.com")
        (told,) = ask_to_move(press, claim, "BEA@example.com", NOW)
        assert told.recipient == "bea@example.com"
        assert press.store.readers.address_change(claim.subscriber) is None

    @pytest.mark.parametrize("address", ["ADA@example.com", "nobody", "ada@", "a\r\nBcc: x@evil.example"])
    def test_no_address_and_the_same_are_refused(self, press: Press, claim: LinkClaim, address: str):
        with pytest.raises(AddressError):
            ask_to_move(press, claim, address, NOW)


class TestErasing:
    def test_the_mail_asks_once_more_and_the_link_erases(self, press: Press, claim: LinkClaim):
        asked = followed(press, ask_to_erase(press, claim, NOW), Purpose.ERASE)
        assert asked.subscriber == claim.subscriber
        assert erase(press, asked.subscriber, WEB, NOW)
        assert press.store.readers.get(claim.subscriber).state is SubscriberState.ERASED
        for left in (lambda: member(press, claim), lambda: ask_to_move(press, claim, "x@example.com", NOW)):
            with pytest.raises(DigestError, match="no longer there"):
                left()

    def test_leaving_afterwards_changes_nothing(self, press: Press, claim: LinkClaim):
        erase(press, claim.subscriber, WEB, NOW)
        leave(press, claim, WEB, NOW)
        assert leave_all(press, claim, WEB, NOW) == 0
        assert press.store.readers.events(claim.subscriber)[-1].kind is ConsentKind.ERASED


def test_a_reader_is_told_all_that_is_kept(press: Press, claim: LinkClaim):
    ask_to_move(press, claim, "ada@new.example", NOW)
    told = disclose(press, claim.subscriber)
    assert json.loads(json.dumps(told)) == told
    assert told["person"]["email"] == "ada@example.com"
    assert told["person"]["address_change"]["email"] == "ada@new.example"
    assert told["subscriptions"][0]["categories"] == ["privacy", "robotics"]
    assert [event["kind"] for event in told["consent"]] == ["signed-up", "confirmed"]
    assert (told["issues"], told["bounces"]) == ([], [])
    with pytest.raises(DigestError, match="reader 99"):
        disclose(press, SubscriberId(99))


class TestAfterARestoredBackup:
    @pytest.fixture
    def kept(self, press: Press, tmp_path: Path) -> Press:
        return replace(press, erasures=FileErasureJournal(tmp_path / "erasures.jsonl"))

    def test_a_start_erases_again_whoever_the_backup_brought_back(self, kept: Press, tmp_path: Path):
        claim = reading(kept)
        backup = (tmp_path / "backup.sqlite3").resolve()
        with kept.store.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql(f"VACUUM INTO '{backup}'")
        assert erase(kept, claim.subscriber, WEB, at(9))
        assert recall_erasures(kept) == 0
        restored = replace(kept, store=open_store(f"sqlite:///{backup}", tmp_path, ADDRESS_KEY))
        assert restored.store.readers.by_email("ada@example.com")
        assert (recall_erasures(restored), recall_erasures(restored)) == (1, 0)
        assert restored.store.readers.by_email("ada@example.com") is None
        assert restored.store.readers.suppressed("ada@example.com")
        restored.store.close()

    def test_who_is_nobody_gets_no_line(self, kept: Press, tmp_path: Path):
        claim = reading(kept)
        assert [erase(kept, claim.subscriber, WEB, NOW) for _ in range(2)] == [True, False]
        assert len((tmp_path / "erasures.jsonl").read_text().splitlines()) == 1
