"""The composition root: puts the parts together, and names concrete adapters; what else may is in pyproject.toml."""

from __future__ import annotations

import gc
import os
import random
import secrets
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from digest.config.alarms import AlarmSettings
from digest.config.keyfiles import key_files
from digest.config.load import Loaded, address_key, web_keys
from digest.config.machine import CurateSettings, PicturePolicy, SmtpSettings, SummariseSettings
from digest.config.personas import Persona, load_personas
from digest.config.returns import DkimKeySettings
from digest.config.settings import Settings
from digest.config.shipped import shipped
from digest.errors import ConfigError, HeaderError
from digest.links import Links
from digest.model.feeds import Picture
from digest.pipeline.erasing import recall_erasures
from digest.pipeline.hearing import hear
from digest.pipeline.press import Press
from digest.ports.alarms import Hook, SeedMailbox
from digest.ports.feedback import Mailbox
from digest.ports.outside import Embedder, Fetching, PictureHost, SpamFilter, TeaserModel, Transport
from digest.ports.readers import ErasureJournal
from digest.ports.store import Store
from digest.render.templates import Templates

_YOUNG = 10_000
"""New objects before Python looks for circles among them: its own 700 took a tenth of the time of sending."""

if TYPE_CHECKING:
    from digest.deliver.dkim import DkimKey
    from digest.deliver.throttle import Throttle
    from digest.feedback.lmtp import LmtpListener
    from digest.queue.procrastinate import ProcrastinateQueue

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class App:
    """Everything that the commands and the web work with."""

    loaded: Loaded
    press: Press
    clock: Clock
    chance: Callable[[], float] = random.random
    """A number from 0 up to 1, for jitter."""
    throttle: Throttle | None = None
    """What all mail of this process is paced by; none without limits."""
    queue: ProcrastinateQueue | None = None
    """Where jobs wait for workers; None: this process does everything itself."""

    @property
    def settings(self) -> Settings:
        """The configuration in force."""
        return self.loaded.settings

    def transport(self, stopping: Callable[[], bool] = lambda: False) -> Transport:
        """A way to the configured mail server, through our own DKIM keys if there are any. Raises ConfigError.

        `stopping`: once it is true no mail is begun any more.
        """
        from digest.deliver.smtp import SmtpTransport

        sending: Transport = SmtpTransport(self.settings.smtp, self.throttle, stopping)
        if self.settings.dkim.keys:
            sending = signing(sending, self.settings, self.loaded.root)
        if self.settings.smtp.only_to:
            sending = staging(sending, self.settings.smtp)
        return sending

    def probe_smtp(self) -> Mapping[str, tuple[str, ...]]:
        """What each configured mail server offers, by its place. Raises OutsideError."""
        from digest.deliver.probe import probe_smtp

        return {relay.place: probe_smtp(relay, self.clock()) for relay in self.settings.smtp.every_relay}

    def mailboxes(self) -> tuple[Mailbox, ...]:
        """Where mails that came back are read from."""
        from digest.feedback.folder import FolderMailbox
        from digest.feedback.imap import ImapMailbox

        settings = self.settings.feedback
        boxes: list[Mailbox] = [FolderMailbox(self.loaded.root / settings.folder)] if settings.folder else []
        return (*boxes, ImapMailbox(settings.imap)) if settings.imap else tuple(boxes)

    def seed_mailbox(self) -> SeedMailbox | None:
        """The canary's mailbox, where the settings name one."""
        from digest.feedback.seed import ImapSeed

        return ImapSeed(self.settings.alarms.canary) if self.settings.alarms.canary else None

    def lmtp_listener(self) -> LmtpListener | None:
        """Takes mails that come back by LMTP, where the settings name a port; not started yet."""
        from digest.feedback.lmtp import LmtpListener

        port = self.settings.feedback.lmtp_port
        return LmtpListener(port, lambda raw: hear(self.press, raw, self.clock())) if port else None

    def fetching(self) -> Fetching:
        """Opens a fetcher: `async with app.fetching() as fetcher`."""
        from digest.gather.fetch import AiohttpFetcher

        return AiohttpFetcher(self.settings.gather)

    def spam_filter(self) -> SpamFilter | None:
        """The spam filter that is installed on this machine, if there is one."""
        from digest.preflight.spam import installed_spam_filter

        return installed_spam_filter()

    @property
    def media(self) -> Path:
        """The folder of the pictures that are served under /media."""
        return media_folder(self.loaded)

    def personas(self) -> tuple[Persona, ...]:
        """The made-up readers that previews offer."""
        return load_personas(self.settings.personas or shipped("subscribers/personas.toml"))


def build(loaded: Loaded, clock: Clock) -> App:
    """Opens (and migrates) the database and reads the keys; makes a key beside the database when none is set."""
    from digest.queue.backend import defer_of, open_queue
    from digest.store.store import open_store

    gc.set_threshold(_YOUNG)
    settings = loaded.settings
    store = open_store(settings.database.url, loaded.root, address_key_of(loaded), defer_of(settings.queue))
    try:
        return _put_together(loaded, store, open_queue(settings.queue, store.engine), clock)
    except BaseException:
        store.close()
        raise


def _put_together(loaded: Loaded, store: Store, queue: ProcrastinateQueue | None, clock: Clock) -> App:
    settings = loaded.settings
    keys = web_keys(settings) or (_own_key(key_files(loaded)["var/secret.key"]),)
    press = Press(
        settings=settings,
        store=store,
        templates=Templates(settings.templates),
        links=Links(settings.web.public_url, keys),
        secret=keys[0],
        old_secrets=keys[1:],
        model=teaser_model(settings.summarise),
        pictures=_picture_host(loaded),
        embedder=embedder(settings.curate),
        hook=alarm_hook(settings.alarms),
        erasures=erasure_journal(loaded.root / "var" / "erasures.jsonl"),
    )
    recall_erasures(press)
    return App(loaded, press, clock, throttle=throttle_of(settings), queue=queue)


def alarm_hook(settings: AlarmSettings) -> Hook | None:
    """The program elsewhere that is told of alarms; None where no URL is set."""
    if not settings.webhook:
        return None
    from digest.feedback.hook import HttpHook

    return HttpHook(settings.webhook, settings.webhook_token.get_secret_value() if settings.webhook_token else "")


def erasure_journal(file: Path) -> ErasureJournal:
    """Erasures that are kept beside the database, or came with a backup."""
    from digest.store.journal import FileErasureJournal

    return FileErasureJournal(file)


def signing(plain: Transport, settings: Settings, root: Path) -> Transport:
    """The transport, with every mail signed first. Raises ConfigError for keys that cannot be used, and HeaderError."""
    from digest.deliver.dkim import Signer
    from digest.deliver.headers import address, domain_of
    from digest.deliver.signing import SigningTransport

    signer = Signer(dkim_keys(settings, root))
    for newsletter in settings.newsletters:
        if not signer.keys_for(domain_of(address(newsletter.sender.address))):
            place = f"[dkim] keys: newsletter {newsletter.slug}"
            raise ConfigError(place, f"none fits {newsletter.sender.address}", "add a key for the sender's domain")
    return SigningTransport(plain, signer)


def staging(plain: Transport, settings: SmtpSettings) -> Transport:
    """The transport, with mail to everybody withheld whom the settings do not allow. Raises ConfigError."""
    from digest.deliver.staging import StagingTransport

    try:
        return StagingTransport(plain, settings.only_to)
    except HeaderError as error:
        raise ConfigError(f"[smtp] only_to: {error.place}", error.problem, "write a domain or an address") from error


def throttle_of(settings: Settings) -> Throttle | None:
    """The limits of all mail of this process, one of all senders; none where none is set."""
    from digest.deliver.throttle import Throttle

    relays = {relay.place: relay.per_minute for relay in settings.smtp.every_relay if relay.per_minute}
    if not (settings.throttle.limits_anything or relays):
        return None
    return Throttle(settings.throttle, 1 / settings.senders, relays)


def dkim_keys(settings: Settings, root: Path) -> list[DkimKey]:
    """The private keys that the settings name. Raises ConfigError for one that cannot be used."""
    return [_dkim_key(key, root) for key in settings.dkim.keys]


def _dkim_key(settings: DkimKeySettings, root: Path) -> DkimKey:
    from digest.deliver.dkim import DkimKey, private_key

    file = root / settings.key_file.expanduser()
    try:
        return DkimKey(settings.domain, settings.selector, private_key(file.read_bytes()))
    except OSError as error:
        raise ConfigError(f"[dkim] keys: {file}", f"cannot be read ({error.strerror})", "check key_file") from error
    except ValueError as error:
        raise ConfigError(f"[dkim] keys: {file}", str(error), "openssl genrsa -out FILE 2048 makes one") from error


def teaser_model(settings: SummariseSettings) -> TeaserModel | None:
    """The model that is asked for teasers first; None where the article's own sentences are to do."""
    if settings.backend != "openai":
        return None
    from digest.summarise.model_backend import OpenAiTeaserModel

    return OpenAiTeaserModel(settings)


def embedder(settings: CurateSettings) -> Embedder | None:
    """What tells the meaning of words when categories are chosen; it loads its weights with the first text."""
    if not settings.embeddings:
        return None
    from digest.curate.embedding import WordLlamaEmbedder

    return WordLlamaEmbedder()


def media_folder(loaded: Loaded) -> Path:
    """Where copies of pictures are kept."""
    return loaded.root / "var" / "media"


def _picture_host(loaded: Loaded) -> PictureHost | None:
    return _PicturesOnDemand(loaded) if loaded.settings.gather.pictures is PicturePolicy.HOST else None


@dataclass(frozen=True, slots=True)
class _PicturesOnDemand:
    """Brings in what fetches pictures when the first is wanted: most commands want none, and start sooner."""

    loaded: Loaded

    def host(self, urls: Collection[str], now: datetime) -> Mapping[str, Picture]:
        """Copies of these pictures, by the URL that each came from."""
        return self._opened().host(urls, now)

    def weight(self, url: str) -> int | None:
        """Bytes of the copy at this address; None when it is no copy kept here."""
        return self._opened().weight(url)

    def _opened(self) -> PictureHost:
        from digest.gather.fetch import AiohttpFetcher
        from digest.gather.hosting import FolderPictureHost

        settings = self.loaded.settings
        url = f"{settings.web.public_url.rstrip('/')}/media"
        return FolderPictureHost(media_folder(self.loaded), url, lambda: AiohttpFetcher(settings.gather))


def address_key_of(loaded: Loaded) -> str:
    """The secret that keys addresses; its own file beside the database when none is set."""
    return address_key(loaded.settings) or _own_key(key_files(loaded)["var/address.key"])


def _own_key(path: Path) -> str:
    """The key in that file, written at the first call for the owner's eyes only: whole, and by one process only."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32) + "\n")
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text(encoding="ascii").split()[0]
