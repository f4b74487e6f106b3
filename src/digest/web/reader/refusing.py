"""What readers are told where there is no page for them: in their language, with the next step. Names no path."""

from __future__ import annotations

from fastapi.responses import HTMLResponse

from digest.errors import DigestError
from digest.web.pages import sentence
from digest.web.reader.visit import Visit


def refused(visit: Visit, error: DigestError, status: int) -> HTMLResponse:
    """What was asked for cannot be done: most often by an old link."""
    known = _known(visit).get(error.problem)
    told = known or (sentence(error.problem), sentence(error.remedy))
    fresh = {"url": "/preferences", "text": visit.say("Have a new link sent to you")}
    return visit.notice(
        visit.say("That did not work"), *told, status=status, alternative=fresh if error.place == "link" else None
    )


def _known(visit: Visit) -> dict[str, tuple[str, str]]:
    return {
        "this link is no longer good": (
            visit.say("This link is no longer good."), visit.say("Take the one in the latest mail."),
        ),
        "the subscription that it belongs to is no longer there": (
            visit.say("The subscription that it belongs to is no longer there."), visit.say("Sign up again."),
        ),
        "this change of address waits no longer": (
            visit.say("This change waits no longer."), visit.say("See your address in your preferences."),
        ),
    }  # fmt: skip


def unanswered(visit: Visit, status: int) -> HTMLResponse:
    """There is no such page, or it cannot be used in that way."""
    words = {
        404: (
            visit.say("There is no such page"), visit.say("The address may be mistyped, or the page is gone."),
        ),
        405: (visit.say("That did not work"), visit.say("This page is not made to be used in that way.")),
        413: (visit.say("That is too much"), visit.say("What was sent is longer than this page can take.")),
    }  # fmt: skip
    cannot = (visit.say("That did not work"), visit.say("What was sent cannot be read."))
    elsewhere = {"url": "/", "text": visit.say("To the first page")}
    return visit.notice(*words.get(status, cannot), status=status, alternative=elsewhere)


def broken(visit: Visit, status: int) -> HTMLResponse:
    """Something of ours has failed."""
    words = visit.say("It is written in our log. Please try again.")
    return visit.notice(visit.say("Something broke on our side"), words, status=status)
