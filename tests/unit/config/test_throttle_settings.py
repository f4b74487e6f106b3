"""Limits of newsletters name newsletters that there are."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from digest.config.settings import Settings


def test_a_limit_of_an_unknown_newsletter_is_an_error() -> None:
    with pytest.raises(ValidationError, match="'weekly' is not defined in \\[\\[newsletters\\]\\]"):
        Settings.model_validate({"throttle": {"newsletters": [{"newsletter": "weekly", "per_minute": 60}]}})


@pytest.mark.parametrize("entry", ["two words", "a@b@c", "@", ""])
def test_a_rehearsal_names_domains_and_addresses(entry: str) -> None:
    with pytest.raises(ValidationError, match="only_to"):
        Settings.model_validate({"smtp": {"only_to": [entry]}})
