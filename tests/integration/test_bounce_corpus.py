"""115 real bounces, where they are there."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    """The benchmark, which knows the corpus and its labels."""
    spec = importlib.util.spec_from_file_location("bench_bounces", Path(__file__).parents[2] / "bench" / "bounces.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    if not (module.CORPORA / "bounces.json").is_file():
        pytest.skip(f"no corpora at {module.CORPORA}; set DIGEST_CORPORA")
    return module


def test_addresses_and_kinds_of_real_bounces_are_right(bench: ModuleType):
    result = bench.run()
    assert result["ok"], result["bars"]


def test_each_of_them_names_its_mail_or_nobody_and_none_raises(bench: ModuleType):
    mails, labels = bench.corpus()
    assert len(labels) <= len(mails)
    answers = {name: bench.classify(raw) for name, raw in mails.items()}
    assert all("\n" not in answer.diagnostic for answer in answers.values())
    assert answers["dsn_06.txt"].named[0] == "<j4d77kvs79.fsf@informatik.hu-berlin.de>"
