"""The log of what runs: a line each on standard error, for people on a terminal, as JSON objects elsewhere.

What is written passes the redactor, with traces and what libraries say: see digest.cli.redaction.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING

from digest.cli.redaction import Redactor, secrets_in

if TYPE_CHECKING:
    from digest.app import App

_TEXT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_QUIET = (
    "apscheduler", "sqlalchemy", "alembic", "asyncio", "python_multipart", "aiosmtpd", "mail", "PIL", "markdown_it",
    "procrastinate", "psycopg",
)  # fmt: skip
"""Libraries whose chatter names rows, bytes of forms or mails: only their warnings are kept, whatever the level."""


class RedactingFilter(logging.Filter):
    """Has every record say only what may be written down: message, arguments and trace."""

    def __init__(self, redact: Redactor) -> None:
        super().__init__()
        self._redact = redact
        self._plain = logging.Formatter()

    def filter(self, record: logging.LogRecord) -> bool:
        """Always keeps the record."""
        record.msg, record.args = self._redact(_said(record)), None
        if record.exc_info and not record.exc_text:
            record.exc_text = self._plain.formatException(record.exc_info)
        record.exc_text = self._redact(record.exc_text) if record.exc_text else None
        record.stack_info = self._redact(record.stack_info) if record.stack_info else None
        return True


def _said(record: logging.LogRecord) -> str:
    """The message; one whose arguments do not fit must not have them written down by logging itself."""
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):
        return str(record.msg)


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        facts: dict[str, object] = {
            "at": at.replace("+00:00", "Z"), "level": record.levelname.lower(), "logger": record.name,
            "process": record.process, "message": record.getMessage(),
        }  # fmt: skip
        if record.exc_text:
            facts["trace"] = record.exc_text
        return json.dumps(facts, ensure_ascii=False)


def start_log(app: App) -> None:
    """Logs as the settings say, from here on, whatever was set before."""
    from digest.config.operate import LogFormat

    settings = app.settings.log
    redact = Redactor([*secrets_in(app.settings), *app.press.secrets, *_own_keys(app)])
    is_text = settings.format is LogFormat.TEXT or (settings.format is LogFormat.AUTO and sys.stderr.isatty())
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter(_TEXT) if is_text else JsonFormatter())
    handler.addFilter(RedactingFilter(redact))
    logging.basicConfig(level=settings.level.upper(), handlers=[handler], force=True)
    logging.captureWarnings(True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    _log_crashes()


def _own_keys(app: App) -> list[str]:
    """Keys that were written beside the database because none was set."""
    files = (app.loaded.root / "var" / name for name in ("secret.key", "address.key"))
    return [word for file in files if file.exists() for word in file.read_text(encoding="ascii").split()]


def _log_crashes() -> None:
    """What nobody catches is logged too, in threads as well."""
    log = logging.getLogger("digest")

    def crashed(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        log.critical("the program failed", exc_info=(kind, error, trace))

    def thread_crashed(arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value:
            crashed(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)

    sys.excepthook = crashed
    threading.excepthook = thread_crashed
