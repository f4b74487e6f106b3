"""Settings of the machinery: site, database, web, mail server, gathering, curating, teasers, schedule."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, field_validator

from digest.config.model import HeaderText, Model, WebUrl

_DATABASES = frozenset({"sqlite", "sqlite+pysqlite", "postgres", "postgresql", "postgresql+psycopg"})
"""What a database URL may begin with."""


class SiteSettings(Model):
    """Who publishes."""

    name: HeaderText = "Digest Press"
    """Name of the publication, as readers know it."""
    url: WebUrl = "http://localhost:8000"
    """The publication's own site."""
    postal_address: str = ""
    """Where post reaches you; law in many countries asks for it in each mail."""
    logo_url: str = ""
    """Picture at the top of the mail; the name is written when empty."""
    logo_dark_url: str = ""
    """The same for dark backgrounds."""


class DatabaseSettings(Model):
    """Where everything is kept."""

    url: str = "sqlite:///var/digest.sqlite3"
    """SQLAlchemy URL: sqlite:///PATH (relative to the configuration file) or postgresql://USER@HOST/NAME."""
    address_key: SecretStr | None = None
    """Makes the keys by which addresses are compared and stay suppressed; at least 32 characters, never to be changed.
    One is written to var/address.key when none is set."""
    address_key_file: Path | None = None
    """File that holds it; all machines that share a database need the same."""

    @field_validator("url")
    @classmethod
    def _of_a_known_kind(cls, url: str) -> str:
        kind, slashes, _ = url.partition("://")
        if not slashes:
            raise ValueError("is no database URL; write one like sqlite:///var/digest.sqlite3")
        if kind not in _DATABASES:
            raise ValueError(f"{kind[:20]} is not supported; use sqlite:/// or postgresql://")
        return url

    @field_validator("address_key")
    @classmethod
    def _long_enough(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and len(secret.get_secret_value().strip()) < 32:
            raise ValueError("must have at least 32 characters")
        return secret

    @property
    def is_file(self) -> bool:
        """Whether it is a file of this machine, and asked without a network."""
        return self.url.startswith("sqlite")


class WebSettings(Model):
    """The web server of `digest run` and `digest preview`."""

    host: str = "127.0.0.1"
    """Address to listen on."""
    port: int = Field(default=8000, ge=0, le=65535)
    """Port to listen on; 0 takes a free one."""
    public_url: WebUrl = "http://localhost:8000"
    """How readers reach this server; every link in a mail begins with it."""
    secret_key: SecretStr | None = None
    """Signs links. `digest init` writes one to a file; every key must have at least 32 characters."""
    secret_key_file: Path | None = None
    """File that holds the secret key, one per line, newest first; old ones still open old links."""

    session_hours: float = Field(default=12.0, gt=0, le=720)
    """Hours without use after which an editor has to log in again; after 30 days they have to in any case."""
    behind_proxy: bool = False
    """true: a web server on this machine passes requests on, and X-Forwarded-For says from whom."""
    keep_network_addresses: bool = False
    """Keep the network address of whoever signs up, confirms or changes something, as evidence of consent."""

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is None:
            return None
        keys = secret.get_secret_value().split()
        if not keys or min(map(len, keys)) < 32:
            raise ValueError("must hold at least one key, each of at least 32 characters without spaces")
        return secret

    @property
    def keys(self) -> tuple[str, ...]:
        """The secret keys, newest first; none when none is set."""
        return tuple(self.secret_key.get_secret_value().split()) if self.secret_key else ()


class Security(StrEnum):
    """How a connection to the mail server is protected."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


class AuthMethod(StrEnum):
    """How we log in to the mail server; auto takes PLAIN or LOGIN, whichever is offered."""

    AUTO = "auto"
    PLAIN = "plain"
    LOGIN = "login"
    XOAUTH2 = "xoauth2"


class Protocol(StrEnum):
    """What the mail server speaks: smtp, or lmtp (RFC 2033), as servers that deliver on the spot do."""

    SMTP = "smtp"
    LMTP = "lmtp"


class RelaySettings(Model):
    """A mail server that takes our mail."""

    host: str = "localhost"
    """Name or address of the relay, or the path of its socket on this machine: "/run/dovecot/lmtp"."""
    port: int = Field(default=25, ge=1, le=65535)
    """25 relay, 587 submission with STARTTLS, 465 implicit TLS, 24 LMTP."""
    protocol: Protocol = Protocol.SMTP
    """smtp or lmtp."""
    security: Security = Security.STARTTLS
    """none, starttls or tls."""
    username: str = ""
    """User for AUTH; empty sends without."""
    password: SecretStr | None = None
    """Password for AUTH; better in password_file or DIGEST__SMTP__PASSWORD_FILE."""
    password_file: Path | None = None
    """File that holds the password."""
    auth: AuthMethod = AuthMethod.AUTO
    """auto, plain, login or xoauth2; with xoauth2 the password is the access token."""
    timeout: float = Field(default=60.0, gt=0)
    """Seconds to wait for any one answer; ten times as long for the one to a whole message."""
    verify: bool = True
    """Check the server's certificate. Only a relay on this machine may go without."""
    connections: int = Field(default=4, ge=1, le=100)
    """Connections to the mail server at once."""
    helo: HeaderText = ""
    """Name we greet the server with; this machine's, or its address, when empty."""
    weight: float = Field(default=1.0, gt=0)
    """Beside other relays: one of half the weight gets half of its connections."""
    per_minute: float = Field(default=0, ge=0)
    """Mails in a minute through this relay; 0 sets no limit."""

    @property
    def place(self) -> str:
        """What errors call it."""
        return self.host if self.is_socket else f"{self.host}:{self.port}"

    @property
    def is_socket(self) -> bool:
        """Whether it is reached by a socket in the file system."""
        return self.host.startswith("/")


class SmtpSettings(RelaySettings):
    """The mail server that takes our mail, or several."""

    relays: tuple[RelaySettings, ...] = ()
    """Several mail servers in place of the one above; one that is away is passed over."""
    only_to: tuple[Annotated[str, Field(pattern=r"^([^@\s]+@)?[^@\s]+$")], ...] = ()
    """For rehearsals: domains and addresses that mail may go to; all others are skipped. Everybody when empty."""

    @property
    def every_relay(self) -> tuple[RelaySettings, ...]:
        """Those that mail goes through: the one, or the several."""
        return self.relays or (self,)


class DeliverSettings(Model):
    """How many send, how long a mail is tried, and when an issue stops by itself."""

    processes: int = Field(default=1, ge=1, le=16)
    """Processes that send at once: as many as the machine has cores, for lists of 100,000 readers and more. With two
    and more the editions of a freeze are composed by one beside the one that writes them.
    """
    lease_seconds: int = Field(default=1800, ge=1)
    """A mail that was taken up and not answered for in this time is uncertain: its sender has died. A slow mail server
    must not look like that: 25 times `[smtp] timeout` and more.
    """
    give_up_hours: float = Field(default=48.0, gt=0)
    """A mail that the server keeps putting off has failed after this time."""
    pause_after_blocked: int = Field(default=10, ge=1)
    """So many mails in a row that are refused for who the sender is pause the issue."""


class PicturePolicy(StrEnum):
    """Where story pictures are served from."""

    HOST = "host"
    HOTLINK = "hotlink"
    NONE = "none"


class GatherSettings(Model):
    """How feeds and pages are fetched."""

    user_agent: HeaderText = "DigestPress/0.1 (+https://example.org/bot)"
    """Sent with every request."""
    every_minutes: int = Field(default=30, ge=1)
    """How often a healthy feed is asked."""
    concurrency: int = Field(default=50, ge=1)
    """Requests under way at once."""
    per_host: int = Field(default=2, ge=1)
    """Requests under way at once to one host."""
    connect_timeout: float = Field(default=10.0, gt=0)
    """Seconds to connect."""
    total_timeout: float = Field(default=20.0, gt=0)
    """Seconds for a whole request, redirects included."""
    max_bytes: int = Field(default=10_000_000, ge=1_000)
    """Decoded bytes of one answer."""
    max_redirects: int = Field(default=5, ge=0)
    """Redirects followed before giving up."""
    allow_networks: tuple[str, ...] = ()
    """Private networks that may be fetched from, for example ["127.0.0.0/8"]; none by default."""
    pause_after: int = Field(default=10, ge=1)
    """Failures in a row after which a feed is paused."""
    fetch_pages: bool = True
    """Fetch the article's page where the feed gives only a stub."""
    pictures: PicturePolicy = PicturePolicy.HOST
    """host: copies on this server; hotlink: the publisher's own URL; none: no pictures."""


class CurateSettings(Model):
    """How stories are chosen."""

    max_age_days: int = Field(default=45, ge=1)
    """Older articles are not news, whenever they were gathered."""
    half_life_hours: float = Field(default=48.0, gt=0)
    """After this time an article counts half."""
    embeddings: bool = True
    """Go by the meaning of words too, from weights that come along; takes a second and 60 MB when first used."""


class SummariseSettings(Model):
    """How teasers are written."""

    max_chars: int = Field(default=220, ge=60, le=600)
    """Longest teaser, in characters."""
    backend: Literal["extract", "openai"] = "extract"
    """extract: sentences of the article. openai: any OpenAI-compatible endpoint, checked against the article."""
    endpoint: str = ""
    """Base URL of the endpoint, for example http://localhost:11434/v1."""
    model: str = ""
    """Name of the model."""
    api_key: SecretStr | None = None
    """Key for the endpoint; better in api_key_file."""
    api_key_file: Path | None = None
    """File that holds the key."""
    timeout: float = Field(default=30.0, gt=0)
    """Seconds to wait for one teaser."""


class ScheduleSettings(Model):
    """When the scheduler looks and how far it looks back."""

    tick_seconds: int = Field(default=60, ge=1)
    """How often it looks for something due."""
    catch_up_hours: int = Field(default=24, ge=0)
    """A slot missed by no more than this is still sent; an older one is recorded as missed."""
    lead_minutes: int = Field(default=60, ge=0)
    """The draft is built this long before it is sent, so that an editor can look at it."""
