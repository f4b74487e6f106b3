"""Signing with DKIM: our rate beside dkimpy's in the same run, RSA-2048 and Ed25519, mails of 10 KB and 110 KB.

Each mail has headers of its own, and a personal line in a text part and in the HTML, as editions have. dkimpy signs the
same headers with the same canonicalisation, and finds our signatures good. Rounds take turns; medians are compared.
"""

from __future__ import annotations

import base64
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from digest.deliver.dkim import COVERED, OVERSIGNED, DkimKey, Signer
from digest.model.delivery import DeliveryKey, Message
from digest.model.ids import IssueId, SubscriberId

SIZES = {"10 KB": 10_000, "110 KB": 110_000}
ROUNDS = 3
OURS, THEIRS = 1200, 60
"""Mails a round."""
SIGNED_AT = datetime(2026, 1, 1, tzinfo=UTC)
BARS = {"rsa-sha256": 10.0, "ed25519-sha256": 5.0}
"""Of dkimpy's rate at 110 KB, so many times."""
Sign = Callable[[Message], object]


def dkimpy() -> Any:
    """The package `dkim`; this file has its name and lies in front of it."""
    here = Path(__file__).resolve().parent
    spec = PathFinder.find_spec("dkim", [folder for folder in sys.path if Path(folder).resolve() != here])
    if spec is None or spec.loader is None:
        return None
    module = sys.modules["dkim"] = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def mails(size: int) -> Iterator[Message]:
    """Mails of one edition to many readers; what they share are the same objects, as in deliver.message."""
    row = b"x" * 74 + b"\r\n"
    head = b"".join(
        b"%b: %b\r\n" % (name.encode(), b"news@example.org" if name == "From" else b"a value of the usual length; " * 2)
        for name in COVERED
        if name not in {"To", "Message-ID", "List-Unsubscribe"}
    )
    body = (b"\r\n" + row * (size // 5 // 76), row * (size // 10 // 76), row * (size * 7 // 10 // 76))
    number = 0
    while number := number + 1:
        own = b"To: r%d@example.org\r\nMessage-ID: <%d@example.org>\r\nList-Unsubscribe: <https://e.org/%d>\r\n"
        personal = b"<https://example.org/r/%d>\r\n" % number
        segments = (head, own % (number, number, number), body[0], personal, body[1], personal, body[2])
        key = DeliveryKey(IssueId("weekly-2026-11-24"), SubscriberId(number))
        yield Message(key, "b@example.org", f"r{number}@example.org", segments, sum(map(len, segments)))


def ours(key: DkimKey) -> Sign:
    """Segments in, segments out."""
    signer = Signer([key])
    return lambda message: signer.sign(message, SIGNED_AT)


def theirs(key: DkimKey, package: Any) -> Sign:
    """The whole mail as bytes."""
    covered = [name.lower().encode() for name in (*COVERED, *OVERSIGNED) if name != "Reply-To"]
    how = {"canonicalize": (b"relaxed", b"simple"), "include_headers": covered}
    names = key.selector.encode(), key.domain.encode()
    if isinstance(key.private, rsa.RSAPrivateKey):
        pem = key.private.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
        return lambda message: package.sign(b"".join(message.segments), *names, pem, **how)
    raw = base64.b64encode(key.private.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption()))
    how["signature_algorithm"] = b"ed25519-sha256"
    return lambda message: package.sign(b"".join(message.segments), *names, raw, **how)


def record(key: DkimKey) -> bytes:
    """The public key as the DNS holds it."""
    public = key.private.public_key()
    if isinstance(public, rsa.RSAPublicKey):
        form = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return b"v=DKIM1; k=rsa; p=" + base64.b64encode(form)
    return b"v=DKIM1; k=ed25519; p=" + base64.b64encode(public.public_bytes(Encoding.Raw, PublicFormat.Raw))


def rate(sign: Sign, size: int, count: int) -> float:
    """Mails a second of processor time; what is made beforehand is not counted."""
    batch = list(islice(mails(size), count))
    began = time.process_time()
    for message in batch:
        sign(message)
    return count / (time.process_time() - began)


def run(rounds: int = ROUNDS) -> dict[str, Any]:
    """All figures, ratios and bars; `ok` is None without dkimpy."""
    keys = [
        DkimKey("example.org", "r", rsa.generate_private_key(65537, 2048)),
        DkimKey("example.org", "e", ed25519.Ed25519PrivateKey.generate()),
    ]
    package = dkimpy()
    seen: dict[tuple[str, str, str], list[float]] = {}
    for _ in range(rounds):
        for key in keys:
            for label, size in SIZES.items():
                found = {"ours": rate(ours(key), size, OURS)}
                if package:
                    found["dkimpy"] = rate(theirs(key, package), size, THEIRS)
                for who, value in found.items():
                    seen.setdefault((who, key.algorithm, label), []).append(value)
    rates = {place: round(median(values), 1) for place, values in seen.items()}
    good = {key.algorithm: _good(key, package) for key in keys}
    return _result(rates, good)


def _good(key: DkimKey, package: Any) -> bool | None:
    """Whether dkimpy finds our signature good."""
    if not package:
        return None
    signed = b"".join(Signer([key]).sign(next(mails(10_000)), SIGNED_AT).segments)
    return bool(package.verify(signed, dnsfunc=lambda name, timeout=5: record(key)))


def _result(rates: dict[tuple[str, str, str], float], good: dict[str, bool | None]) -> dict[str, Any]:
    def table(who: str) -> dict[str, float]:
        return {f"{algorithm}, {label}": rate for (whose, algorithm, label), rate in rates.items() if whose == who}

    mine, peer = table("ours"), table("dkimpy")
    ratios = {name: round(mine[name] / peer[name], 1) for name in peer}
    bars: dict[str, dict[str, Any]] = {}
    for algorithm, bar in BARS.items():
        value = ratios.get(f"{algorithm}, 110 KB")
        bars[f"{algorithm}, 110 KB, times dkimpy"] = {"value": value, "bar": bar, "ok": value and value >= bar}
        bars[f"{algorithm}, good to dkimpy"] = {"value": good[algorithm], "bar": True, "ok": good[algorithm]}
    reached = [bar["ok"] for bar in bars.values()]
    ok = None if None in reached else all(reached)
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    ran = {"name": "dkim", "figures": {"per_second": mine}, "peers": {"dkimpy": {"per_second": peer}}, "ratios": ratios}
    return ran | {"bars": bars, "ok": ok, "machine": machine}


if __name__ == "__main__":
    result = run()
    json.dump(result, sys.stdout, indent=2)
    print()
    sys.exit(result["ok"] is False)
