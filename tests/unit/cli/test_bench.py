"""Every benchmark can be loaded by its command, whatever it imports and however it is named."""

from __future__ import annotations

import pytest

from digest.cli.bench import benchmarks, load


def test_the_benchmarks_that_the_documentation_names_are_there():
    assert {"bounces", "compile", "compose", "dkim", "gather", "send", "stories", "teaser"} <= set(benchmarks())


@pytest.mark.parametrize("name", sorted(benchmarks()))
def test_a_benchmark_loads_and_can_be_run(name):
    assert callable(load(benchmarks()[name]).run)


def test_the_benchmark_of_compiling_gives_the_templates_all_that_they_need():
    done = load(benchmarks()["compile"]).run(rounds=1)
    assert min(done["figures"].values()) > 0
