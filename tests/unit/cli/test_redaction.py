"""The redactor finds addresses, tokens and secrets in whatever text; no record of the log keeps any."""

from __future__ import annotations

import io
import json
import logging

import pytest
from pydantic import SecretStr

from digest.cli.logs import JsonFormatter, RedactingFilter
from digest.cli.redaction import Redactor, secrets_in
from digest.config.machine import RelaySettings, SmtpSettings, WebSettings
from digest.config.settings import Settings

REDACT = Redactor(["hunter 22/x"])


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("to Ada.X+1@ex-ample.org: 550", "to <address>: 550"),
        ("RCPT TO:<o'neil@x.org>", "RCPT TO:<<address>>"),
        ('"very odd"@example.org said', "<address> said"),
        ("ada@exämple.org, user@localhost", "<address>, <address>"),
        ("{'email': 'ada@x.org', 'n': 1}", "{'email': '<address>', 'n': 1}"),
        ("/subscribe?email=ada%40x.org&x=1", "/subscribe?email=<address>&x=1"),
        ("GET /r/preferences/2f.1x.weekly.AbC_-9 HTTP", "GET /r/preferences/<token> HTTP"),
        ("postgresql://digest:secret@db/x", "postgresql://<secret>@db/x"),
        ("Authorization: Bearer abc", "Authorization: <secret>"),
        ("AUTH PLAIN AGFkYQ==", "AUTH PLAIN <secret>"),
        ("key hunter 22/x or hunter%2022%2Fx", "key <secret> or <secret>"),
        ("weekly-2026-11-24/17: 3 @ 4", "weekly-2026-11-24/17: 3 @ 4"),
    ],
)
def test_what_may_not_be_written_down_is_not(text: str, left: str):
    assert REDACT(text) == left


def test_every_secret_of_the_settings_is_known_in_relays_and_lists_too():
    settings = Settings(
        web=WebSettings(secret_key=SecretStr("a" * 32 + "\n" + "b" * 32)),
        smtp=SmtpSettings(relays=(RelaySettings(password=SecretStr("relayed")),)),
    )
    assert sorted(secrets_in(settings)) == ["a" * 32, "b" * 32, "relayed"]


def test_a_trace_an_argument_and_a_broken_message_are_redacted_and_are_one_line_each():
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    handler.addFilter(RedactingFilter(REDACT))
    log = logging.Logger("digest.test")
    log.addHandler(handler)
    try:
        raise LookupError("no ada@example.org here")
    except LookupError:
        log.exception("lost %s", "bob@example.org")
    log.error("%d is no number", "eve@example.org")
    first, second = map(json.loads, stream.getvalue().splitlines())
    assert first["message"] == "lost <address>"
    assert "LookupError: no <address> here" in first["trace"]
    assert second["message"] == "%d is no number"
    assert "example.org" not in stream.getvalue()
