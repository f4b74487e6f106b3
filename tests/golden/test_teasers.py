"""The teaser of each awkward article in teasers.toml is the one written there."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from build import article
from digest.config.machine import SummariseSettings
from digest.summarise.teaser import write_teaser

CASES = tomllib.loads((Path(__file__).parent / "teasers.toml").read_text(encoding="utf-8"))["case"]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_teaser_is_the_one_agreed_on(case: dict[str, str]) -> None:
    about = article(title=case["title"], description=case.get("description", ""), text=case["text"])
    made = write_teaser(about, SummariseSettings())
    assert (made.text, made.source.value) == (case["teaser"], case["source"])
