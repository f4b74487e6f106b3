"""Real mail servers on loopback, unpacked by tests/install-servers: Postfix, its smtp-sink, Exim, and Dovecot.

Each runs in the foreground from a temporary folder, with its own configuration and queue, and delivers to nowhere.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from mail_servers import certificate

SERVERS = Path(__file__).resolve().parents[1] / ".venv/servers"
NO_SERVERS = "real mail servers are not tested: run tests/install-servers"
NEEDS_ROOT = "Postfix and Exim are not tested: their masters start only as root"
MAX_SIZE = 51_200
"""Bytes of a message that Postfix and Exim take here."""
NOBODY = "nobody@example.com"
"""The recipient whom Postfix and Exim refuse here."""

_POSTFIX_MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
daemon_directory = {servers}/usr/lib/postfix/sbin
command_directory = {servers}/usr/sbin
shlib_directory = {servers}/usr/lib/postfix
meta_directory = {servers}/etc/postfix
mail_owner = mail
setgid_group = games
default_privs = nobody
import_environment = LD_LIBRARY_PATH MAIL_CONFIG MAIL_LOGTAG
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
myhostname = relay.test
inet_interfaces = loopback-only
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
alias_maps =
alias_database =
local_recipient_maps =
default_transport = discard
local_transport = discard
relay_transport = discard
message_size_limit = {size}
smtpd_peername_lookup = no
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_recipient_restrictions = check_recipient_access inline:{{ {{ {nobody} = 550 5.1.1 no such user }} }}
"""
_POSTFIX_MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
anvil unix - - n - 1 anvil
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
showq unix n - n - - showq
postlog unix-dgram n - n - 1 postlogd
"""
_POSTFIX_QUEUE = "active bounce corrupt defer deferred flush hold incoming maildrop private public saved trace"
_EXIM = """\
primary_hostname = relay.test
local_interfaces = 127.0.0.1
spool_directory = {folder}/spool
log_file_path = {folder}/%slog
log_selector = +received_recipients
pid_file_path = {folder}/exim.pid
exim_user = root
exim_group = root
keep_environment =
queue_only
never_users =
tls_advertise_hosts =
smtputf8_advertise_hosts = *
message_size_limit = {size}
acl_smtp_rcpt = recipient
acl_smtp_data = accept
begin acl
recipient:
  deny message = 5.1.1 no such user
       local_parts = nobody
  accept
"""
_EXIM_USERS = "root:x:0:0::/:/bin/sh\nDebian-exim:x:65534:65534::/:/usr/sbin/nologin\n"
_EXIM_GROUPS = "root:x:0:\nDebian-exim:x:65534:\nmail:x:8:\n"


_DOVECOT = """\
protocols = imap
base_dir = {folder}/base
state_dir = {folder}/state
log_path = {folder}/log
listen = 127.0.0.1
default_internal_user = daemon
default_internal_group = daemon
default_login_user = nobody
ssl = yes
ssl_cert = <{pem}
ssl_key = <{pem}
disable_plaintext_auth = no
mail_location = maildir:{folder}/mail
first_valid_uid = 1
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
passdb {{
  driver = static
  args = password=secret
}}
userdb {{
  driver = static
  args = uid=mail gid=mail home={folder}/mail
}}
namespace inbox {{
  inbox = yes
  mailbox Heard {{
    auto = create
  }}
}}
"""
_OVERLAY = (
    "mount -t overlay overlay -o lowerdir={servers}/usr:/usr /usr && exec /usr/sbin/dovecot -F -c {folder}/dovecot.conf"
)
"""Dovecot looks for its modules under /usr only: in a mount namespace of its own it finds them there."""


@dataclass(frozen=True)
class ImapServer:
    """A running Dovecot, and the Maildir of its one user, whose password is "secret"."""

    port: int
    tls_port: int
    mail: Path
    certificate: Path


@dataclass(frozen=True)
class RealServer:
    """A running server, and how often it took mail for whom, by its own records."""

    port: int
    accepted: Callable[[], Counter[str]]


@contextmanager
def postfix() -> Iterator[RealServer]:
    """A whole Postfix: its master, smtpd, cleanup, queue manager and discard transport."""
    _needs_servers(root=True)
    with _folder() as folder, _free_port() as port:
        for name in _POSTFIX_QUEUE.split():
            _owned(folder / "queue" / name, "mail")
        _owned(folder / "queue/pid", "root")
        _owned(folder / "data", "mail")
        main = _POSTFIX_MAIN.format(folder=folder, servers=SERVERS, size=MAX_SIZE, nobody=NOBODY)
        (folder / "main.cf").write_text(main)
        (folder / "master.cf").write_text(_POSTFIX_MASTER.format(port=port))
        with _running([f"{SERVERS}/usr/lib/postfix/sbin/master", "-d", "-c", f"{folder}"], port):
            yield RealServer(port, lambda: _found(r"to=<([^>]+)>.* status=sent", [folder / "log"]))


@contextmanager
def exim() -> Iterator[RealServer]:
    """Exim's daemon, which queues what it takes. A list of users of its own gives it the one that it insists on."""
    _needs_servers(root=True)
    with _folder() as folder, _free_port() as port:
        (folder / "exim.conf").write_text(_EXIM.format(folder=folder, size=MAX_SIZE))
        (folder / "passwd").write_text(_EXIM_USERS)
        (folder / "group").write_text(_EXIM_GROUPS)
        users = {
            "LD_PRELOAD": f"{next(SERVERS.glob('usr/lib/*/libnss_wrapper.so'))}",
            "NSS_WRAPPER_PASSWD": f"{folder / 'passwd'}",
            "NSS_WRAPPER_GROUP": f"{folder / 'group'}",
        }
        command = [f"{SERVERS}/usr/sbin/exim4", "-C", f"{folder}/exim.conf", "-bdf", "-oX", f"127.0.0.1.{port}"]
        with _running(command, port, users):
            yield RealServer(port, lambda: _found(r" <= .* for (\S+)$", [folder / "mainlog"]))


@contextmanager
def smtp_sink(*options: str) -> Iterator[RealServer]:
    """Postfix's test server, which keeps each message in a file."""
    _needs_servers(root=False)
    with _folder() as folder, _free_port() as port:
        user = ["-u", "root"] if os.getuid() == 0 else []
        command = [f"{SERVERS}/usr/sbin/smtp-sink", *user, *options, "-d", f"{folder}/%M.", f"127.0.0.1:{port}", "100"]
        with _running(command, port):
            yield RealServer(port, lambda: _found(r"X-Rcpt-Args: <([^>]+)>", folder.iterdir()))


@contextmanager
def dovecot() -> Iterator[ImapServer]:
    """Dovecot with one mailbox, by STARTTLS on one port and TLS on another."""
    _needs_servers(root=True)
    with _folder() as folder, _free_port() as port, _free_port() as tls_port:
        for name in ("mail", "mail/new", "mail/cur", "mail/tmp"):
            _owned(folder / name, "mail")
        pem = certificate(folder)
        settings = _DOVECOT.format(folder=folder, pem=pem, port=port, tls_port=tls_port)
        (folder / "dovecot.conf").write_text(settings)
        command = ["unshare", "-m", "sh", "-c", _OVERLAY.format(servers=SERVERS, folder=folder)]
        with _running(command, port, greeting=b"* OK"):
            yield ImapServer(port, tls_port, folder / "mail", pem)


def _needs_servers(root: bool) -> None:
    if not (SERVERS / ".complete-2").exists():
        pytest.skip(NO_SERVERS)
    if root and os.getuid() != 0:
        pytest.skip(NEEDS_ROOT)


def _found(pattern: str, files: Iterator[Path] | Sequence[Path]) -> Counter[str]:
    texts = [path.read_text("utf-8", "replace") for path in files]
    return Counter(match for text in texts for match in re.findall(pattern, text, re.MULTILINE))


@contextmanager
def _folder() -> Iterator[Path]:
    """Not in pytest's own folder: that is closed to the users that the servers run as."""
    made = Path(tempfile.mkdtemp(prefix="digest-mail-"))
    made.chmod(0o755)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


@contextmanager
def _free_port() -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    yield port


def _owned(folder: Path, user: str) -> None:
    folder.mkdir(parents=True)
    shutil.chown(folder, user)
    folder.chmod(0o700 if folder.name == "data" else 0o755)


@contextmanager
def _running(
    command: Sequence[str], port: int, variables: Mapping[str, str] | None = None, greeting: bytes = b"220"
) -> Iterator[None]:
    """The server in the foreground; its children end with it."""
    libraries = ":".join([f"{SERVERS}/usr/lib/postfix", *map(str, SERVERS.glob("usr/lib/*-linux-gnu*"))])
    environment = os.environ | {"LD_LIBRARY_PATH": libraries} | dict(variables or {})
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, env=environment, stdout=said, stderr=said)
        try:
            if not _greets(port, process, greeting):
                said.seek(0)
                pytest.fail(f"the server does not start: {said.read().decode()}")
            yield
        finally:
            process.terminate()
            process.wait()


def _greets(port: int, process: subprocess.Popen[bytes], greeting: bytes) -> bool:
    for _ in range(200):
        with suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            return connection.recv(100).startswith(greeting)
        if process.poll() is not None:
            break
        time.sleep(0.05)
    return False
