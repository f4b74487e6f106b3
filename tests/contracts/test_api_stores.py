"""What every TokenStore and AnswerStore does."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from build import NOW, at
from digest.model.api import Answer, Asked, Question, Scope, Token
from digest.ports.store import Store

CMS = Token("cms", "k1", frozenset({Scope.ARTICLES_WRITE, Scope.ARTICLES_READ}), NOW)
SHOP = Token("shop", "k2", frozenset({Scope.SUBSCRIBERS_WRITE}), NOW, expires_at=at(24))
QUESTION = Question("cms", "q1", "print")
ANSWER = Answer(201, {"content-type": "application/json", "location": "/x"}, "sealed")
KEPT, STALE = at(-24), at(-1)


@pytest.fixture
def programs(store: Store) -> Store:
    """Two tokens."""
    assert store.tokens.add(SHOP)
    assert store.tokens.add(CMS)
    return store


class TestTokens:
    def test_tokens_come_back_as_they_were_added_by_name(self, programs: Store):
        assert programs.tokens.all() == (CMS, SHOP)
        assert programs.tokens.with_key("k2") == SHOP
        assert programs.tokens.with_key("k3") is None

    def test_a_name_in_use_is_not_given_again(self, programs: Store):
        assert not programs.tokens.add(replace(CMS, key="k9"))
        assert programs.tokens.all() == (CMS, SHOP)

    def test_the_name_of_one_that_is_over_is(self, programs: Store):
        assert programs.tokens.revoke("cms", at(1))
        again = replace(CMS, key="k8", created_at=at(2))
        late = replace(SHOP, key="k9", created_at=at(24), expires_at=None)
        assert programs.tokens.add(again)
        assert programs.tokens.add(late)
        assert programs.tokens.all() == (again, late)

    def test_a_token_is_seen_and_revoked_once(self, programs: Store):
        programs.tokens.see("cms", at(1))
        assert programs.tokens.revoke("cms", at(2))
        assert not programs.tokens.revoke("cms", at(3))
        assert not programs.tokens.revoke("nobody", at(3))
        assert programs.tokens.with_key("k1") == replace(CMS, seen_at=at(1), revoked_at=at(2))

    def test_good_is_what_is_neither_revoked_nor_expired(self):
        assert CMS.is_good(at(1_000))
        assert SHOP.is_good(at(23))
        assert not SHOP.is_good(at(24))
        assert not replace(CMS, revoked_at=NOW).is_good(NOW)


class TestAnswers:
    def test_a_question_waits_for_its_answer_and_keeps_it(self, programs: Store):
        assert programs.answers.begin(QUESTION, NOW, KEPT, STALE) is None
        assert programs.answers.begin(QUESTION, NOW, KEPT, STALE) == Asked("print")
        programs.answers.finish(QUESTION, ANSWER)
        other = replace(QUESTION, print="another")
        assert programs.answers.begin(other, NOW, KEPT, STALE) == Asked("print", ANSWER)

    def test_the_same_key_of_another_token_is_another_question(self, programs: Store):
        programs.answers.begin(QUESTION, NOW, KEPT, STALE)
        assert programs.answers.begin(replace(QUESTION, token="shop"), NOW, KEPT, STALE) is None

    def test_what_nobody_answered_may_be_asked_again_later(self, programs: Store):
        programs.answers.begin(QUESTION, NOW, KEPT, STALE)
        assert programs.answers.begin(QUESTION, at(2), at(-22), at(1)) is None
        assert programs.answers.begin(QUESTION, at(2), at(-22), at(1)) == Asked("print")

    def test_an_answer_is_forgotten_when_its_time_is_over(self, programs: Store):
        programs.answers.begin(QUESTION, NOW, KEPT, STALE)
        programs.answers.finish(QUESTION, ANSWER)
        assert programs.answers.begin(QUESTION, at(2), at(-22), at(1)) == Asked("print", ANSWER)
        assert programs.answers.begin(QUESTION, at(25), at(1), at(24)) is None
        assert programs.answers.begin(QUESTION, at(25), at(1), at(24)) == Asked("print")

    def test_a_question_without_an_answer_worth_keeping_is_dropped(self, programs: Store):
        programs.answers.begin(QUESTION, NOW, KEPT, STALE)
        programs.answers.drop(QUESTION)
        assert programs.answers.begin(QUESTION, NOW, KEPT, STALE) is None

    def test_old_ones_are_purged(self, programs: Store):
        programs.answers.begin(QUESTION, NOW, KEPT, STALE)
        programs.answers.begin(replace(QUESTION, key="q2"), at(5), KEPT, STALE)
        assert programs.answers.purge(at(5)) == 1
        assert programs.answers.purge(at(5)) == 0

    def test_of_several_who_ask_at_once_one_is_first(self, programs: Store):
        with ThreadPoolExecutor(4) as pool:
            met = list(pool.map(lambda _: programs.answers.begin(QUESTION, NOW, KEPT, STALE), range(4)))
        assert sorted(met, key=bool) == [None, *[Asked("print")] * 3]
