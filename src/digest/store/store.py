"""[I/O] Store on SQL: all families of tables on one engine."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine

from digest.errors import DigestError
from digest.store.access import SqlAccessStore
from digest.store.addresses import AddressKeys
from digest.store.alarms import SqlAlarmStore
from digest.store.api import SqlAnswerStore, SqlTokenStore
from digest.store.articles import SqlArticleStore
from digest.store.clicks import SqlClickStore
from digest.store.database import Database, Defer, open_engine
from digest.store.editorial import SqlEditorialStore
from digest.store.edits import SqlEditStore
from digest.store.errands import SqlErrandStore, SqlLimitStore
from digest.store.feedback import SqlFeedbackStore
from digest.store.feeds import SqlFeedStore
from digest.store.figures import SqlFigureStore
from digest.store.issues import SqlIssueStore
from digest.store.ledger import SqlLedgerStore
from digest.store.measures import SqlMeasureStore
from digest.store.migrate import migrate
from digest.store.readers import SqlReaderStore
from digest.store.revising import SqlRevisionStore
from digest.store.shares import SqlShareStore
from digest.store.suppressing import check_keys
from digest.store.tidying import SqlTidyStore


class SqlStore:
    """All that is kept. May be used from several threads; each method is one transaction."""

    def __init__(self, engine: Engine, keys: AddressKeys, defer: Defer = lambda connection, job: None) -> None:
        """The engine must be one of `open_engine`, and migrated with the same keys."""
        self.engine = engine
        database = Database(engine, defer)
        self.feeds = SqlFeedStore(database)
        self.articles = SqlArticleStore(database)
        self.editorial = SqlEditorialStore(database)
        self.edits = SqlEditStore(database)
        self.issues = SqlIssueStore(database)
        self.readers = SqlReaderStore(database, keys)
        self.ledger = SqlLedgerStore(database)
        self.revisions = SqlRevisionStore(database)
        self.feedback = SqlFeedbackStore(database, keys)
        self.figures = SqlFigureStore(database)
        self.shares = SqlShareStore(database)
        self.clicks = SqlClickStore(database)
        self.measures = SqlMeasureStore(database)
        self.access = SqlAccessStore(database)
        self.tokens = SqlTokenStore(database)
        self.answers = SqlAnswerStore(database)
        self.alarms = SqlAlarmStore(database)
        self.errands = SqlErrandStore(database)
        self.limits = SqlLimitStore(database)
        self.tidying = SqlTidyStore(database)

    def close(self) -> None:
        """Closes the connections that are not in use; a later call opens new ones."""
        self.engine.dispose()


def open_store(url: str, root: Path, address_key: str, defer: Defer = lambda connection, job: None) -> SqlStore:
    """The store at a database URL, relative to the folder `root`, brought to the newest version first.

    `defer` is given the work that follows from rows, in the transaction that writes them.
    Raises ConfigError when the URL is wrong or the address key is not the one that the database was made with,
    OutsideError when the database cannot be used.
    """
    engine, keys = open_engine(url, root), AddressKeys(address_key)
    try:
        migrate(engine, keys)
        check_keys(engine, keys)
    except DigestError:
        engine.dispose()
        raise
    return SqlStore(engine, keys, defer)
