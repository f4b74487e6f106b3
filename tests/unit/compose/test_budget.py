"""What a fragment weighs in an edition's budget: its slots are filled by then."""

from __future__ import annotations

import press
from digest.compose.budget import with_room


def test_the_budget_counts_what_slots_will_hold():
    whole = press.compiled()
    everything = [key for key in whole.fragments if not key.startswith("lead:")]
    filled = len(press.read(whole, everything)[0].encode())
    fragments = [whole.fragments[key] for key in everything]
    assert sum(fragment.html_size for fragment in fragments) < filled
    assert filled <= sum(map(with_room, fragments)) <= filled + 2_000
