"""Reading 115 real bounces: addresses and kind right, beside flufl.bounce alone.

The labels say of each whom it speaks of and whether the trouble is temporary; soft is temporary. Three labels
contradict what the bounce's own RFC 3463 status says: those are judged by the status.
"""

from __future__ import annotations

import json
import os
import platform
import sys
import tarfile
import time
from collections.abc import Callable, Mapping
from email import message_from_bytes
from pathlib import Path
from typing import Any

from flufl.bounce import all_failures

from digest.feedback.classify import classify
from digest.model.feedback import FeedbackKind

ROOT = Path(__file__).resolve().parent.parent
CORPORA = Path(os.environ.get("DIGEST_CORPORA", ROOT / "../shared/corpora"))
BY_STATUS = {"dsn_02.txt": FeedbackKind.SOFT, "dsn_09.txt": FeedbackKind.POLICY, "simple_42.txt": FeedbackKind.POLICY}
"""Status 4.4.7, and 5.7.1 twice."""
BAR = 0.97
Answer = tuple[set[str], FeedbackKind]


def ours(raw: bytes) -> Answer:
    """Addresses in lower case, and the kind."""
    found = classify(raw)
    return {address.lower() for address in found.addresses}, found.kind


def flufl_alone(raw: bytes) -> Answer:
    """The same from flufl.bounce: it knows temporary and permanent."""
    passing, lasting = all_failures(message_from_bytes(raw))
    kind = FeedbackKind.HARD if lasting else FeedbackKind.SOFT if passing else FeedbackKind.NONE
    return {address.decode().lower() for address in passing | lasting}, kind


def judged(read: Callable[[bytes], Answer], mails: Mapping[str, bytes], labels: Mapping[str, Any]) -> dict[str, Any]:
    """Parts that are right, what is wrong, and mails a second."""
    began = time.process_time()
    answers = {name: read(mails[name]) for name in labels}
    seconds = time.process_time() - began
    wrong_addresses, wrong_kind = [], []
    for name, (addresses, kind) in answers.items():
        if addresses != {address.lower() for address in labels[name]["addresses"]}:
            wrong_addresses.append(name)
        if not _kind_is_right(kind, name, labels[name]):
            wrong_kind.append(name)
    return {
        "addresses": round(1 - len(wrong_addresses) / len(labels), 4),
        "kind": round(1 - len(wrong_kind) / len(labels), 4),
        "wrong_addresses": wrong_addresses,
        "wrong_kind": wrong_kind,
        "per_second": round(len(labels) / seconds),
    }


def _kind_is_right(kind: FeedbackKind, name: str, label: Mapping[str, Any]) -> bool:
    """A mail that speaks of nobody is no bounce: an answer, or nothing. A bounce that lasts is hard."""
    if name in BY_STATUS:
        return kind is BY_STATUS[name]
    if not label["addresses"]:
        return kind in {FeedbackKind.AUTO_REPLY, FeedbackKind.NONE}
    return kind is (FeedbackKind.SOFT if label["temporary"] else FeedbackKind.HARD)


def corpus() -> tuple[dict[str, bytes], dict[str, Any]]:
    """Mails by file name, and their labels. Raises OSError where the corpora are absent."""
    labels = json.loads((CORPORA / "bounces.json").read_text(encoding="utf-8"))
    with tarfile.open(CORPORA / "bounces.tar.gz") as archive:
        opened = {Path(member.name).name: archive.extractfile(member) for member in archive}
        return {name: file.read() for name, file in opened.items() if file}, labels


def run() -> dict[str, Any]:
    """All figures and the bars; `ok` is None where the corpora are absent."""
    try:
        mails, labels = corpus()
    except OSError as error:
        return _result({}, {}, str(error))
    return _result(judged(ours, mails, labels), judged(flufl_alone, mails, labels), "")


def _result(mine: dict[str, Any], peer: dict[str, Any], note: str) -> dict[str, Any]:
    bars = {
        f"{what} right": {"value": mine.get(what), "bar": BAR, "ok": mine[what] >= BAR if mine else None}
        for what in ("addresses", "kind")
    }
    ok = all(bar["ok"] for bar in bars.values()) if mine else None
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    ratios = {what: round(mine[what] / peer[what], 3) for what in ("addresses", "kind")} if mine else {}
    ran = {
        "name": "bounces",
        "figures": mine,
        "peers": {"flufl.bounce": peer},
        "ratios": ratios,
        "bars": bars,
        "ok": ok,
    }
    return ran | {"machine": machine} | ({"note": note} if note else {})


if __name__ == "__main__":
    result = run()
    json.dump(result, sys.stdout, indent=2)
    print()
    sys.exit(result["ok"] is False)
