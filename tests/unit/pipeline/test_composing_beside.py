"""A second process that composes editions ahead: the same ones, whatever happens to it, and nothing left of it."""

from __future__ import annotations

import itertools
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import cast

import pytest

import build
import press as small
from build import NOW
from digest.compose.drawing import Draw
from digest.compose.editions import EditionComposer
from digest.config.publication import NothingPolicy
from digest.model.edition import Edition
from digest.model.ids import EditionId, SubscriberId
from digest.pipeline import composing, freezing
from digest.pipeline.approving import compiled
from digest.pipeline.approving import recipe as recipe_of
from digest.pipeline.composing import Ahead, Recipe
from digest.pipeline.freezing import Freeze
from digest.store.store import SqlStore
from send_ground import approved, press_on

SLUGS = [str(category.key) for category in small.CATEGORIES]
DRAWS = [
    Draw(chosen, chosen) for size in range(1, len(SLUGS) + 1) for some in itertools.combinations(SLUGS, size)
    for chosen in [frozenset(build.slugs(*some))]
]  # fmt: skip


@pytest.fixture
def recipe() -> Recipe:
    """The small issue's."""
    sizes = dict.fromkeys(small.compiled().fragments, 1_000)
    return Recipe(small.issue(), small.newsletter(), small.CATEGORIES, sizes)


class NoComposer:
    """Of a process that composes nothing itself."""

    def drawn(self, draw: Draw) -> None:
        raise LookupError(f"composed here: {draw}")


@pytest.fixture
def ahead(recipe: Recipe) -> Iterator[Ahead]:
    """One whose other process is there, and does all the work."""
    with closing(Ahead(recipe, cast("EditionComposer", NoComposer()), worth=0)) as made:
        until(lambda: has_answered(made))
        yield made


def has_answered(ahead: Ahead) -> bool:
    """Whether the other process composes what it is asked for."""
    ahead.begin({DRAWS[0]})
    return ahead.is_beside


def until(done: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it takes too long"
        time.sleep(0.02)


def children() -> set[int]:
    """The processes that this one has begun and that are not gone."""
    me = f"/proc/self/task/{os.getpid()}/children"
    return set(map(int, Path(me).read_text(encoding="ascii").split()))


def test_it_composes_the_editions_that_this_process_would(recipe: Recipe, ahead: Ahead):
    ahead.begin(set(DRAWS))
    alone = recipe.composer()
    assert [ahead.drawn(draw) for draw in DRAWS] == [alone.drawn(draw) for draw in DRAWS]
    assert len({alone.drawn(draw) for draw in DRAWS}) > 3


def test_a_draw_without_a_story_has_no_edition_there_either(ahead: Ahead):
    nothing = Draw(frozenset(), frozenset())
    ahead.begin({nothing})
    assert ahead.drawn(nothing) is None


def test_what_was_not_begun_is_composed_here(recipe: Recipe):
    before = children()
    with closing(Ahead(recipe, recipe.composer(), worth=10_000)) as ahead:
        ahead.begin(set(DRAWS))
        assert ahead.drawn(DRAWS[-1]) == recipe.composer().drawn(DRAWS[-1])
        assert children() <= before


def test_when_it_is_killed_this_process_goes_on_alone_and_says_so(recipe: Recipe, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.WARNING)
    before = children()
    with closing(Ahead(recipe, recipe.composer(), worth=0)) as ahead:
        ahead.begin({DRAWS[0]})
        [other] = children() - before
        os.kill(other, signal.SIGKILL)
        for draw in DRAWS:
            ahead.begin({draw})
            assert ahead.drawn(draw) == recipe.composer().drawn(draw)
        until(lambda: has_answered(ahead) or "is lost" in caplog.text)
    assert "is lost" in caplog.text
    assert other not in children()


def test_a_process_that_says_nothing_is_given_up(
    recipe: Recipe, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(composing, "_PATIENCE", 0.2)
    before = children()
    with closing(Ahead(recipe, recipe.composer(), worth=0)) as ahead:
        ahead.begin({DRAWS[0]})
        [other] = children() - before
        until(lambda: has_answered(ahead))
        os.kill(other, signal.SIGSTOP)
        for draw in DRAWS:
            ahead.begin({draw})
            assert ahead.drawn(draw) == recipe.composer().drawn(draw)
    assert other not in children()
    assert "is lost" in caplog.text


def test_nothing_is_left_of_it_when_this_process_is_killed(tmp_path: Path):
    script = tmp_path / "killed.py"
    script.write_text(
        "import sys, time\n"
        f"sys.path[:0] = {sys.path!r}\n"
        "from test_composing_beside import DRAWS, children, small\n"
        "from digest.pipeline.composing import Ahead, Recipe\n"
        "recipe = Recipe(small.issue(), small.newsletter(), small.CATEGORIES, {})\n"
        "ahead = Ahead(recipe, recipe.composer(), worth=0)\n"
        "ahead.begin({DRAWS[0]})\n"
        "print(*children(), flush=True)\n"
        "time.sleep(60)\n",
        encoding="utf-8",
    )
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        other = int(parent.stdout.readline())
        parent.kill()
    until(lambda: not Path(f"/proc/{other}").exists() or is_zombie(other))


def is_zombie(process: int) -> bool:
    try:
        return ") Z " in Path(f"/proc/{process}/stat").read_text(encoding="ascii")
    except FileNotFoundError:
        return True


@pytest.mark.parametrize("policy", list(NothingPolicy))
def test_a_freeze_by_two_processes_is_the_freeze_by_one(
    sqlite_store: SqlStore, monkeypatch: pytest.MonkeyPatch, policy: NothingPolicy
):
    monkeypatch.setattr(freezing, "_FRESH", 5)
    monkeypatch.setattr(freezing, "_KEPT", 4)  # nearly every edition is composed anew
    press = press_on(sqlite_store, nothing=policy)
    rows = [
        (build.subscriber_draft(f"r{n}@example.com"), build.WEEKLY, build.preferences(*sorted(draw.categories)))
        for n, draw in enumerate(DRAWS * 20)
    ]
    sqlite_store.readers.import_(rows, build.consent())
    issue = approved(press)
    of = recipe_of(press, issue, compiled(press, issue))
    alone = whole(Freeze(press, issue, of.composer(), NOW))
    with closing(Ahead(of, of.composer(), worth=0)) as ahead:
        until(lambda: has_answered(ahead))
        assert whole(Freeze(press, issue, of.composer(), NOW, ahead)) == alone
    assert len(alone[0]) + len(alone[1]) + alone[3] == len(rows)


def whole(freeze: Freeze) -> tuple[dict[SubscriberId, EditionId], dict[SubscriberId, EditionId], set[Edition], int]:
    """All chunks together: deliveries, readers without news, editions, and how many are put off."""
    chunks = list(freeze.chunks(NOW))
    deliveries = {reader: edition for chunk in chunks for reader, edition in chunk.deliveries.items()}
    nothing = {reader: edition for chunk in chunks for reader, edition in chunk.nothing.items()}
    editions = {edition for chunk in chunks for edition in chunk.editions}
    return deliveries, nothing, editions, sum(chunk.put_off for chunk in chunks)
