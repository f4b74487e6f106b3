"""Several mail servers at once: each has its share, one that is away is passed over, and each keeps its own pace."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from aiosmtpd.handlers import Mailbox

from build import NOW
from digest.config.machine import Protocol, RelaySettings, Security, SmtpSettings
from digest.config.throttle import ThrottleSettings
from digest.deliver.smtp import SmtpTransport
from digest.deliver.throttle import Throttle
from digest.errors import OutsideError
from digest.model.delivery import OutcomeKind
from mail_servers import MailServer, but, lmtp_socket, mail, mail_server, usual

NOBODY = 1
"""A port that nobody listens on."""


def relay(port: int, weight: float = 1, **fields: object) -> RelaySettings:
    wanted = {"host": "127.0.0.1", "port": port, "security": Security.NONE, "timeout": 5.0, "weight": weight} | fields
    return RelaySettings.model_validate(wanted)


def over(*relays: RelaySettings) -> SmtpTransport:
    limits = {each.place: each.per_minute for each in relays if each.per_minute}
    throttle = Throttle(ThrottleSettings(), relays=limits) if limits else None
    return SmtpTransport(SmtpSettings(relays=relays), throttle)


def all_accepted(transport: SmtpTransport, count: int) -> bool:
    outcomes = list(transport.send([mail(n) for n in range(count)], NOW))
    return [outcome.kind for outcome in outcomes] == [OutcomeKind.ACCEPTED] * count


def once_each(servers: Sequence[MailServer], count: int) -> bool:
    taken = sum((server.accepted for server in servers), start=type(servers[0].accepted)())
    return len(taken) == count and set(taken.values()) == {1}


def test_connections_go_by_weight_and_every_mail_goes_once() -> None:
    with mail_server() as heavy, mail_server() as light:
        assert all_accepted(over(relay(heavy.port, 3, connections=6), relay(light.port, 1, connections=6)), 400)
        assert once_each([heavy, light], 400)
    assert (heavy.connections, light.connections) == (6, 2)
    assert light.accepted and heavy.accepted


def test_a_single_mail_goes_through_the_heaviest_and_through_the_next_when_that_is_away() -> None:
    with mail_server() as heavy, mail_server() as light:
        assert all_accepted(over(relay(light.port, 1), relay(heavy.port, 2)), 1)
        assert all_accepted(over(relay(light.port, 1), relay(NOBODY, 2)), 1)
    assert (heavy.accepted.total(), light.accepted.total()) == (1, 1)


def test_a_relay_that_takes_no_mail_now_is_passed_over() -> None:
    closed = but({"GREETING": "421 4.3.2 closed for today"})
    with mail_server(closed) as away, mail_server() as there:
        assert all_accepted(over(relay(away.port, 5), relay(there.port)), 50)
    assert away.connections == 1


def test_a_relay_that_goes_away_in_mid_send_loses_nothing() -> None:
    """After ten mails it hangs up on every envelope: a few are put off, all others go through the other one."""

    def tired(said: str) -> str | None:
        return None if said.startswith("MAIL") and failing.accepted.total() >= 10 else usual(said)

    with mail_server(tired) as failing, mail_server() as there:
        transport = over(relay(failing.port, 1, connections=1), relay(there.port, 1, connections=1))
        outcomes = list(transport.send([mail(n) for n in range(200)], NOW))
        put_off = [outcome for outcome in outcomes if outcome.kind is OutcomeKind.DEFERRED]
        assert len(put_off) <= 5, "one for each connection in vain; fewer when the other one is done before"
        assert once_each([failing, there], 200 - len(put_off))
    assert len(outcomes) == 200


def test_when_all_are_away_nothing_is_begun_and_the_error_names_one() -> None:
    with pytest.raises(OutsideError, match=r"127\.0\.0\.1:1: cannot connect"):
        list(over(relay(NOBODY), relay(NOBODY, 2)).send([mail(1)], NOW))


def test_each_relay_keeps_its_own_pace() -> None:
    """Two at once and one a second after that for the slow one; everything else goes through the other."""
    with mail_server() as slow, mail_server() as quick:
        transport = over(relay(slow.port, 9, per_minute=60, connections=1), relay(quick.port, 1, connections=1))
        began = time.monotonic()
        assert all_accepted(transport, 300)
        took = time.monotonic() - began
        assert once_each([slow, quick], 300)
    assert 1 <= slow.accepted.total() <= 3 + took


def test_mail_waits_when_every_relay_is_at_its_limit() -> None:
    with mail_server() as server:
        began = time.monotonic()
        assert all_accepted(over(relay(server.port, per_minute=240)), 10)
        assert time.monotonic() - began >= 0.4, "eight at once, the others later"


def test_mail_is_delivered_over_a_socket_by_lmtp(tmp_path: Path) -> None:
    with TemporaryDirectory() as short:
        handler = Mailbox(tmp_path / "box")
        with lmtp_socket(handler, Path(short) / "lmtp") as socket:
            local = relay(24, host=str(socket), protocol=Protocol.LMTP)
            assert all_accepted(over(local), 20)
    assert len(list((tmp_path / "box" / "new").iterdir())) == 20


def test_an_lmtp_server_that_is_spoken_to_in_smtp_is_named_with_the_setting_to_look_at() -> None:
    refuses = but({"EHLO": "500 5.5.1 this is LMTP", "HELO": "500 5.5.1 this is LMTP"})
    with mail_server(refuses) as server, pytest.raises(OutsideError, match="refuses HELO"):
        list(over(relay(server.port)).send([mail(1)], NOW))
    with mail_server(but({"LHLO": "500 what?"})) as server, pytest.raises(OutsideError, match="protocol"):
        list(over(relay(server.port, protocol=Protocol.LMTP)).send([mail(1)], NOW))
