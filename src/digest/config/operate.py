"""Settings of looking after it: what is logged, who may read the figures, where names are looked up."""

from __future__ import annotations

import ipaddress
from enum import StrEnum

from pydantic import Field, field_validator

from digest.config.model import Model


class LogFormat(StrEnum):
    """How the log is written; auto is text on a terminal, and JSON everywhere else."""

    AUTO = "auto"
    TEXT = "text"
    JSON = "json"


class LogLevel(StrEnum):
    """From which weight on something is logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class LogSettings(Model):
    """What `digest run` and the processes beside it write to standard error: no address and no secret is in it."""

    format: LogFormat = LogFormat.AUTO
    """auto, text on a terminal and JSON elsewhere; text; json, an object a line."""
    level: LogLevel = LogLevel.INFO
    """debug, info, warning or error."""


class MetricsSettings(Model):
    """The figures at /metrics, for Prometheus."""

    networks: tuple[str, ...] = ("127.0.0.0/8", "::1/128")
    """Networks that may read them; nobody when empty. What a proxy passes on counts by where it came from."""
    seconds: float = Field(default=30.0, ge=0)
    """So long what was counted is good for: counting a million deliveries takes the database a second."""

    @field_validator("networks")
    @classmethod
    def _are_networks(cls, networks: tuple[str, ...]) -> tuple[str, ...]:
        for network in networks:
            try:
                ipaddress.ip_network(network)
            except ValueError:
                raise ValueError(f"{network!r} is no network; write one like 10.0.0.0/8") from None
        return networks


class DoctorSettings(Model):
    """What `digest doctor` asks."""

    resolver: str = ""
    """Address of the DNS server, also with a port: 9.9.9.9 or 127.0.0.1:5353; this machine's own when empty."""
    sends_from: tuple[str, ...] = ()
    """Public IP addresses that mail leaves from, where the mail server's own is not among them."""
    least_free_mb: int = Field(default=500, ge=0)
    """Less room on the disk of the database is a finding, in megabytes."""
