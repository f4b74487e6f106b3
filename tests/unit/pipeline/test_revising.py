"""A story is pulled from an issue on its way: who has not got it never does, nobody is mailed twice, all is listed."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from email import message_from_bytes, policy
from itertools import combinations, product

import pytest

import press as small
from build import NOW, WEEKLY, at, consent, made_up_title, preferences, slugs, story_item, subscriber_draft
from digest.compose.drawing import Draw
from digest.compose.revising import without_story
from digest.deliver.smtp import SmtpTransport
from digest.errors import StateError, UsageError
from digest.model.access import Actor, Role
from digest.model.delivery import DeliveryState
from digest.model.ids import CategorySlug
from digest.model.issue import Headline, IssueState
from digest.model.people import ConsentKind
from digest.pipeline.approving import compile_draft, compiled, composer
from digest.pipeline.mailing import Mailing
from digest.pipeline.revising import PULLED, fragments_without, got_it, pull_story, reach, revised
from digest.pipeline.steering import resume_issue
from mail_servers import mail_server
from send_ground import Ground, ground, press_on

ADA = Actor("ada", Role.EDITOR)
EVERYTHING = ("privacy", "security", "robotics")
ONE, TWO, THREE, FOUR = (item.story for item in small.stories())
TITLES = {item.story: item.title for item in small.stories()}


def halfway(run: Ground, number: int, transport=None) -> None:
    """Sends so many mails at least, then stops well."""
    sent: list[object] = []
    run.send(transport, on_outcome=sent.append, stopping=lambda: len(sent) >= number)


def mails_of(bodies) -> dict[str, tuple[str, str]]:
    """The header Digest-Issue and all text of each mail, by address."""
    found = {}
    for address, body in bodies.items():
        mail = message_from_bytes(body, policy=policy.default)
        words = mail["Subject"] + "".join(part.get_content() for part in mail.walk() if not part.is_multipart())
        found[address] = ("".join(str(mail["Digest-Issue"]).split()), words)
    return found


def test_half_have_it_and_the_rest_get_a_mail_without_it(sqlite_store):
    with mail_server() as server:
        run = ground(sqlite_store, 60, EVERYTHING, port=server.port)
        transport = SmtpTransport(run.press.settings.smtp)
        halfway(run, 20, transport)
        first = dict(server.bodies)
        assert 20 <= len(first) < 60
        pulled = pull_story(run.press, run.press.issue(run.issue.id), ONE, ADA, run.clock())
        assert (pulled.issue.state, pulled.issue.revision) == (IssueState.PAUSED, 2)
        assert (pulled.spared, pulled.skipped) == (60 - len(first), 0)
        with pytest.raises(StateError, match="is paused and cannot be sent"):
            run.send(transport)
        resume_issue(run.press, run.issue.id, "", run.clock())
        assert run.send(transport).finished
        assert set(server.accepted.values()) == {1} and len(server.accepted) == 60
        mails = mails_of(server.bodies)
    old, new = run.issue.approval_hash, pulled.issue.approval_hash
    assert old != new
    for address, (header, words) in mails.items():
        told = TITLES[ONE] in words
        assert told == (address in first)
        assert header == f"{run.issue.id};revision={1 if told else 2};hash={old if told else new}"
    addresses = {run.press.store.readers.get(one.key.subscriber).email for one in got_it(run.press, pulled.issue, ONE)}
    assert addresses == set(first)
    assert run.press.issue(run.issue.id).state is IssueState.SENT
    [past] = run.press.store.revisions.past(run.issue.id)
    assert (past.approval_hash, past.story, past.title) == (old, ONE, TITLES[ONE])
    assert run.press.store.access.deeds(1)[0].what == "pulled"


def test_the_bytes_of_all_other_blocks_stay_as_they_were_approved(sqlite_store):
    run = ground(sqlite_store, 4, EVERYTHING)
    before = compiled(run.press, run.issue).fragments
    run.freeze()
    pull_story(run.press, run.press.issue(run.issue.id), TWO, ADA, NOW)
    after = compiled(run.press, run.press.issue(run.issue.id)).fragments
    assert {key: before[key] for key in after} == dict(after)
    assert {key.split(":")[1] for key in before.keys() - after.keys()} == {TWO}


def test_those_whose_mail_told_nothing_else_are_skipped_with_the_reason(sqlite_store):
    run = ground(sqlite_store, 2, EVERYTHING)
    rows = [(subscriber_draft("only@example.com"), WEEKLY, preferences("robotics"))]
    run.press.store.readers.import_(rows, consent(ConsentKind.IMPORTED))
    run.freeze()
    pulled = pull_story(run.press, run.press.issue(run.issue.id), FOUR, ADA, NOW)
    assert (pulled.spared, pulled.skipped) == (2, 1)
    [skipped] = run.press.store.ledger.deliveries(run.issue.id, DeliveryState.SKIPPED)
    assert skipped.reason == PULLED
    resume_issue(run.press, run.issue.id, "", NOW)
    run.send()
    assert "only@example.com" not in run.mailed()


def test_what_was_claimed_before_the_pull_is_made_anew_when_it_is_claimed_again(sqlite_store):
    run = ground(sqlite_store, 3, EVERYTHING)
    run.freeze()
    run.press.store.issues.advance(run.issue.id, IssueState.SENDING, NOW)
    run.press.store.ledger.claim(run.issue.id, 2, at(0.01), NOW)  # by a sender that dies
    pulled = pull_story(run.press, run.press.issue(run.issue.id), ONE, ADA, NOW)
    assert pulled.spared == 1
    assert reach(run.press, pulled.issue, ONE).got == 2
    resume_issue(run.press, run.issue.id, "", NOW)
    run.clock.pass_(hours=1)
    run.send()
    mails = [b"".join(message.segments) for message in run.transport.taken]
    assert len(mails) == 3
    assert not any(TITLES[ONE].encode() in mail for mail in mails)
    assert Counter(one.edition for one in run.press.store.ledger.deliveries(run.issue.id)).keys() == {
        run.press.store.ledger.deliveries(run.issue.id)[2].edition
    }


def test_a_sender_that_was_at_it_all_the_time_follows(sqlite_store):
    run = ground(sqlite_store, 60, EVERYTHING)

    def on_outcome(_: object) -> None:
        if len(run.transport.taken) == 12:
            pull_story(run.press, run.press.issue(run.issue.id), ONE, ADA, run.clock())
            resume_issue(run.press, run.issue.id, "", run.clock())

    run.send(on_outcome=on_outcome)
    told = [TITLES[ONE].encode() in b"".join(message.segments) for message in run.transport.taken]
    assert len(told) == len({message.recipient for message in run.transport.taken}) == 60
    assert told == sorted(told, reverse=True)
    assert 12 <= sum(told) < 60


def test_shown_memory_lets_go_of_it_for_those_who_wait_and_keeps_it_for_the_others(sqlite_store):
    run = ground(sqlite_store, 40, EVERYTHING)
    halfway(run, 10)
    have = {message.recipient for message in run.transport.taken}
    pull_story(run.press, run.press.issue(run.issue.id), ONE, ADA, run.clock())
    later = replace(
        small.issue(*small.stories()[:1]), id="weekly-2026-12-01", slot=at(24 * 7).date(), send_at=at(24 * 7)
    )
    run.press.store.issues.create(later, NOW)
    composing = Mailing(run.press, later, compiled(run.press, later), NOW)
    rows = composing.rows(_recipients(run), at(24 * 7))
    told_again = {run.press.store.readers.get(reader).email for reader, _ in rows}
    everybody = {f"reader{number}@example.com" for number in range(40)}
    assert told_again == everybody - have


def _recipients(run: Ground):
    return list(run.press.store.readers.recipients(WEEKLY, NOW, None, 100))


def test_an_edition_that_is_made_anew_is_what_a_send_without_the_story_would_have_made(sqlite_store):
    press, chance = press_on(sqlite_store), random.Random(7)
    names = [category.slug for category in small.CATEGORIES]
    items = [
        story_item(
            number, title=f"{made_up_title(chance)}", categories=slugs(*chance.sample(names, chance.randint(1, 2)))
        )
        for number in range(12)
    ]
    whole = small.issue(*items, subject=Headline("Of two", (items[0].story, items[1].story)))
    sections = tuple(replace(section, left_out=2) for section in whole.content.sections)
    whole = replace(whole, content=replace(whole.content, sections=sections))
    fragments = compile_draft(press, whole)
    for chosen, pulled in product(_subsets(names), chance.sample(items, 4)):
        before = composer(press, whole, fragments).edition(chosen)
        after = replace(whole, content=without_story(whole.content, pulled.story), revision=2)
        left = fragments_without(fragments, pulled.story)
        assert revised(press, after, left, before) == composer(press, after, left).edition(chosen)


def _subsets(names: Sequence[str]) -> list[frozenset[CategorySlug]]:
    counts = range(1, len(names) + 1)
    return [frozenset(slugs(*some)) for count in counts for some in combinations(names, count)]


def test_a_mail_of_what_the_reader_did_not_choose_is_made_anew_too(sqlite_store):
    run = ground(sqlite_store, 1, ("robotics",))
    robotics = frozenset(slugs("robotics"))
    frozen = composer(run.press, run.issue, compiled(run.press, run.issue)).elsewhere(Draw(robotics, robotics))
    run.freeze()
    after = pull_story(run.press, run.press.issue(run.issue.id), ONE, ADA, NOW).issue
    again = revised(run.press, after, compiled(run.press, after), frozen)
    assert set(again.stories) == set(frozen.stories) - {ONE}
    assert (again.categories, again.revision) == (frozen.categories, 2)


def test_what_cannot_be_pulled_says_what_to_do(sqlite_store):
    run = ground(sqlite_store, 1, EVERYTHING)
    with pytest.raises(StateError, match="is approved, nobody has got it; drop the story on the board"):
        pull_story(run.press, run.issue, ONE, ADA, NOW)
    run.freeze()
    issue = run.press.issue(run.issue.id)
    with pytest.raises(UsageError, match="is not told by"):
        pull_story(run.press, issue, "0" * 16, ADA, NOW)
    for story in (ONE, TWO, THREE):
        pull_story(run.press, run.press.issue(run.issue.id), story, ADA, NOW)
    with pytest.raises(StateError, match="tells nothing else; stop all of it: digest issue cancel"):
        pull_story(run.press, run.press.issue(run.issue.id), FOUR, ADA, NOW)
    assert [past.revision for past in run.press.store.revisions.past(run.issue.id)] == [1, 2, 3]
    assert run.press.issue(run.issue.id).revision == 4
