"""What a person sees while an issue is being sent."""

from __future__ import annotations

from collections import Counter

from build import outcome
from digest.cli.progress import sending, told
from digest.model.delivery import OutcomeKind


def test_outcomes_are_counted_in_words_most_first():
    assert told(Counter(deferred=3, sent=120, uncertain=1)) == "120 sent, 3 deferred, 1 uncertain"


def test_where_there_is_no_terminal_nothing_is_shown(capsys):
    with sending(2) as on_outcome:
        on_outcome(outcome())
        on_outcome(outcome(2, OutcomeKind.REFUSED))
    assert capsys.readouterr() == ("", "")
