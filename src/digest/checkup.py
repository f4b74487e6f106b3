"""The rounds of `digest doctor`: everything that has to be in place, one check after the other. Changes nothing.

Names adapters of its own: those that ask the DNS, web servers and this machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import make_url

from digest.app import App, dkim_keys, media_folder
from digest.deliver.headers import address, domain_of
from digest.deliver.message import envelope_sender
from digest.diagnose.dkim import PublishedKey, check_dkim
from digest.diagnose.dmarc import check_dmarc
from digest.diagnose.hosts import check_mail_domain, check_reverse, is_public
from digest.diagnose.jobs import check_backlog
from digest.diagnose.leaving import check_leaving
from digest.diagnose.names import DnsNames
from digest.diagnose.place import check_clock, check_database_file, check_disk, check_keys, check_rights
from digest.diagnose.spf import check_spf
from digest.diagnose.web import PlainWeb
from digest.errors import DigestError
from digest.links import LinkClaim, Purpose
from digest.model.checks import Check, advice, good, problem
from digest.model.ids import NOBODY
from digest.pipeline.approving import compile_draft
from digest.pipeline.drafting import empty_issue
from digest.pipeline.slots import next_slot_of
from digest.ports.names import Names, Web
from digest.render.validate import faults

Look = Callable[[App], Iterator[Check]]


def checkup(app: App, online: bool = True) -> Iterator[Check]:
    """All checks; `online`: those that ask the DNS and the web too."""
    for name, look in _HERE:
        yield from looked(name, look, app)
    if online:
        web = PlainWeb()
        yield from looked("unsubscribing", check_leaving, web, _leaving_link(app))
        yield from looked("clock", check_clock, web, _servers(app), app.clock())
        yield from looked("DNS", _dns, app, web)


def looked(name: str, look: Callable[..., Iterator[Check]], *at: object) -> Iterator[Check]:
    """What the look at these finds; an error of it is a finding too."""
    try:
        yield from look(*at)
    except DigestError as error:
        yield problem(name, f"{error.place}: {error.problem}", error.remedy)


def _database(app: App) -> Iterator[Check]:
    """It was opened, so its tables are of this version: build() brings them there, or says why it cannot."""
    store = app.press.store
    store.measures.is_ready()
    yield good("database", f"{store.articles.count():,} articles, {store.readers.count():,} readers; newest tables")
    if app.settings.database.is_file:
        yield from check_database_file(app.loaded.root / (make_url(app.settings.database.url).database or ""))


def _queue(app: App) -> Iterator[Check]:
    """Its tables were made or brought up to date by build(), or it said why they cannot be."""
    settings = app.settings.queue
    if app.queue is None:
        yield good("queue", "none: digest run does all the work itself")
        return
    if missing := app.queue.missing():
        remedy = "let the user of database.url make tables, then run: digest doctor"
        yield problem("queue", f"its tables lack {len(missing)} steps, from {missing[0]} on", remedy)
        return
    yield from check_backlog(app.queue.backlog(), timedelta(seconds=settings.lost_seconds))


def _desk(app: App) -> Iterator[Check]:
    users = app.press.store.access.users()
    codes = sum(bool(user.totp) for user in users)
    if not users:
        yield advice("desk", "closed: it has no user", "digest user add NAME --role admin")
    else:
        yield good("desk", f"{len(users)} users, {codes} with one-time codes")


def _keys(app: App) -> Iterator[Check]:
    own = app.loaded.root / "var"
    yield good("signing key", "configured" if app.settings.web.secret_key else f"its own, in {own / 'secret.key'}")
    named = (app.settings.web.secret_key_file, app.settings.database.address_key_file, app.settings.smtp.password_file)
    files = [own / "secret.key", own / "address.key", *(file for file in named if file)]
    files += [app.loaded.root / key.key_file.expanduser() for key in app.settings.dkim.keys]
    yield from check_keys(files)


def _postal_address(app: App) -> Iterator[Check]:
    if app.settings.site.postal_address:
        yield good("postal address", app.settings.site.postal_address)
    else:
        remedy = "law in many countries asks for it in each mail: set site.postal_address"
        yield problem("postal address", "site.postal_address is empty", remedy)


def _templates(app: App) -> Iterator[Check]:
    """The files, each theme with a sample issue, and an empty issue of every newsletter."""
    for fault in faults(app.press.templates):
        yield problem("templates", f"{fault.place}: {fault.problem}", fault.remedy)
    for newsletter in app.settings.newsletters:
        compile_draft(app.press, empty_issue(newsletter, next_slot_of(newsletter, app.clock())))
    yield good("templates", f"good for {len(app.settings.newsletters)} newsletters")


def _feeds(app: App) -> Iterator[Check]:
    feeds = app.press.store.feeds.all()
    for feed in feeds:
        if feed.state.paused_at:
            yield problem("feeds", f"{feed.source.url} is paused: {feed.state.error}", "digest feed resume URL")
    failing = [feed for feed in feeds if feed.state.error and not feed.state.paused_at]
    if failing:
        detail = f"{len(failing)} of {len(feeds)} fail; {failing[0].source.url}: {failing[0].state.error}"
        yield advice("feeds", detail, "digest feed list")
    elif feeds:
        yield good("feeds", f"{len(feeds)} known")
    else:
        yield advice("feeds", "none gathered yet", "digest gather")


def _mail_server(app: App) -> Iterator[Check]:
    """Encrypts and logs in as sending does; then what was offered, and what is missing."""
    for place, offered in app.probe_smtp().items():
        yield good("mail server", f"{place} offers {', '.join(offered) or 'nothing special'}")
        words = {offer.split()[0] for offer in offered}
        if missing := [word for word in ("PIPELINING", "8BITMIME") if word not in words]:
            yield advice("mail server", f"{place} lacks {', '.join(missing)}", "sending is slower; nothing is lost")
    for relay in app.settings.smtp.every_relay:
        if relay.security == "none" and not relay.is_socket and _leaves_here(relay.host):
            remedy = "set smtp.security to starttls or tls"
            yield problem("mail server", f"{relay.place} is spoken to in the clear", remedy)


def _leaves_here(host: str) -> bool:
    return host not in {"localhost", "::1"} and not host.startswith("127.")


def _this_machine(app: App) -> Iterator[Check]:
    var = app.loaded.root / "var"
    yield from check_rights([var, media_folder(app.loaded)])
    yield check_disk(var, app.settings.doctor.least_free_mb)


_HERE: tuple[tuple[str, Look], ...] = (
    ("database", _database), ("queue", _queue), ("desk", _desk), ("signing key", _keys),
    ("postal address", _postal_address), ("templates", _templates), ("feeds", _feeds), ("disk", _this_machine),
    ("mail server", _mail_server),
)  # fmt: skip


def _leaving_link(app: App) -> str:
    """A link that is signed as every other, for a reader who does not exist."""
    newsletter = next(iter(app.settings.newsletters), None)
    claim = LinkClaim(Purpose.UNSUBSCRIBE, NOBODY, app.clock().date(), newsletter.slug if newsletter else "none")
    return app.press.links.url(claim)


def _servers(app: App) -> list[str]:
    """Web servers whose clocks are asked: those of the feeds."""
    return [feed.url for feed in app.settings.feeds if feed.url.startswith("http")]


def _dns(app: App, web: Web) -> Iterator[Check]:
    """What the DNS says of each sender's domain; nothing where all of them are this machine's own."""
    names = DnsNames(app.settings.doctor.resolver)
    pairs = dict.fromkeys(
        (domain_of(address(n.sender.address)), domain_of(address(envelope_sender(n.sender))))
        for n in app.settings.newsletters
    )
    reserved = [author for author, _ in pairs if author.endswith(_RESERVED) or "." not in author]
    for author in reserved if not app.settings.doctor.resolver else ():
        yield advice("DNS", f"{author} is reserved for examples: nothing to look up", "set the newsletter's sender")
        pairs = {pair: None for pair in pairs if pair[0] != author}
    if pairs:
        yield from _domains(app, names, web, list(pairs))


_RESERVED = (".example", ".test", ".invalid", ".localhost", "example.com", "example.org", "example.net")


def _domains(app: App, names: Names, web: Web, pairs: Sequence[tuple[str, str]]) -> Iterator[Check]:
    senders = _senders(app, names)
    keys = [_published(key.domain, key.selector, key.private) for key in dkim_keys(app.settings, app.loaded.root)]
    signers = [key.domain for key in keys]
    for author, envelope in pairs:
        yield from looked("SPF", check_spf, names, envelope, senders)
        yield from looked("DMARC", check_dmarc, names, author, envelope, signers)
        yield from looked("bounces", check_mail_domain, names, web, envelope)
    yield from looked("DKIM", check_dkim, names, keys)
    yield from looked("reverse DNS", check_reverse, names, senders)


def _senders(app: App, names: Names) -> list[str]:
    """The public addresses that mail leaves from: those of the settings, or of the mail servers."""
    if app.settings.doctor.sends_from:
        return list(app.settings.doctor.sends_from)
    hosts = [relay.host for relay in app.settings.smtp.every_relay if not relay.is_socket]
    found = [one for host in hosts for one in ([host] if is_public(host) else names.addresses(host))]
    return [one for one in dict.fromkeys(found) if is_public(one)]


def _published(domain: str, selector: str, private: object) -> PublishedKey:
    if isinstance(private, RSAPrivateKey):
        public = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return PublishedKey(domain, selector, "rsa", public, private.key_size)
    raw = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)  # type: ignore[attr-defined]
    return PublishedKey(domain, selector, "ed25519", raw, 256)
