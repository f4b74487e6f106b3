"""Takes what came back and a key to our names; gives the delivery that it is about. Pure.

Only a name that we keyed counts: our Message-ID in the returned part, or as the local part's tag of the envelope
sender that the bounce was sent to (VERP). An address that a bounce quotes proves nothing: anybody can write it.
"""

from __future__ import annotations

from collections.abc import Callable

from digest.model.delivery import DeliveryKey
from digest.model.feedback import Feedback

Names = Callable[[str], DeliveryKey | None]
"""Opens a Message-ID of ours, with or without its domain; None when it is not ours."""


def whose(feedback: Feedback, names: Names) -> DeliveryKey | None:
    """The delivery; None when nothing in it is ours."""
    for name in feedback.named:
        local = name.strip("<>").partition("@")[0]
        if key := names(name) or names(local.rpartition("+")[2]):
            return key
    return None
