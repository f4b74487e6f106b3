"""All tables, each named by what one row of it is.

A change needs a new version in migrations/versions: a test compares the two.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from digest.model.delivery import DeliveryState
from digest.model.feedback import FeedbackKind
from digest.model.issue import Cadence, IssueState
from digest.model.people import ConsentKind, SubscriberState, SuppressionReason
from digest.store import alarm_schema
from digest.store.columns import RowId, UtcDateTime, word_of

metadata = alarm_schema.metadata
"""All tables, those of the desk, the API and the pages among them."""

feeds = Table(
    "feed",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("url", Text, nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("categories", JSON, nullable=False),
    Column("weight", Float, nullable=False),
    Column("language", Text, nullable=False),
    Column("configured", Boolean, nullable=False, comment="named by the configuration"),
    Column("added", Boolean, nullable=False, comment="added by hand; active while either is true"),
    Column("created_at", UtcDateTime, nullable=False),
    Column("etag", Text, nullable=False, default=""),
    Column("last_modified", Text, nullable=False, default=""),
    Column("checked_at", UtcDateTime),
    Column("next_at", UtcDateTime),
    Column("failing_since", UtcDateTime),
    Column("failures", Integer, nullable=False, default=0),
    Column("paused_at", UtcDateTime),
    Column("error", Text, nullable=False, default=""),
    Column("moved_to", Text, nullable=False, default=""),
)

articles = Table(
    "article",
    metadata,
    Column("id", Text, primary_key=True),
    Column("feed", ForeignKey("feed.id"), nullable=False),
    Column("url", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("outlet", Text, nullable=False),
    Column("published_at", UtcDateTime, nullable=False),
    Column("gathered_at", UtcDateTime, nullable=False, index=True),
    Column("description", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("tags", JSON, nullable=False),
    Column("hints", JSON, nullable=False),
    Column("weight", Float, nullable=False),
    Column("picture", JSON(none_as_null=True)),
    Column("guid", Text, nullable=False),
    Column("story", Text),
)
Index(
    "uq_article_feed_guid",
    articles.c.feed,
    articles.c.guid,
    unique=True,
    sqlite_where=text("guid <> ''"),
    postgresql_where=text("guid <> ''"),
)

issues = Table(
    "issue",
    metadata,
    Column("id", Text, primary_key=True),
    Column("newsletter", Text, nullable=False),
    Column("slot", Date, nullable=False),
    Column("send_at", UtcDateTime, nullable=False),
    Column("window_start", UtcDateTime, nullable=False),
    Column("window_end", UtcDateTime, nullable=False),
    Column("state", word_of(IssueState), nullable=False),
    Column("version", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("created_at", UtcDateTime),
    Column("approved_at", UtcDateTime),
    Column("approved_by", Text, nullable=False),
    Column("approval_hash", Text, nullable=False),
    Column("frozen_at", UtcDateTime, comment="deliveries are visible from here on"),
    Column("finished_at", UtcDateTime),
    Column("note", Text, nullable=False),
    Column("content", Text, nullable=False, comment="IssueContent as JSON"),
    Column("windows", Text, nullable=False, server_default=text("'[]'"), comment="of each cadence due, as JSON"),
    Column("overridden", Text, nullable=False, server_default=text("'[]'"), comment="rules, as JSON"),
    UniqueConstraint("newsletter", "slot"),
    Index("ix_issue_state_send_at", "state", "send_at"),
)

compilations = Table(
    "compiled",
    metadata,
    Column("issue", ForeignKey("issue.id"), primary_key=True),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("fragments", LargeBinary, nullable=False, comment="JSON, deflated (RFC 1950)"),
)

verdicts = Table(
    "verdict",
    metadata,
    Column("issue", ForeignKey("issue.id"), primary_key=True),
    Column("article", ForeignKey("article.id"), primary_key=True, index=True),
    Column("story", Text, nullable=False),
    Column("included", Boolean, nullable=False),
    Column("categories", JSON, nullable=False),
    Column("reasons", JSON, nullable=False, comment="pairs of rule and detail"),
)

corrections = Table(
    "correction",
    metadata,
    Column("article", ForeignKey("article.id"), primary_key=True),
    Column("categories", JSON, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("by", Text, nullable=False),
)

pins = Table(
    "pin",
    metadata,
    Column("article", ForeignKey("article.id"), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("by", Text, nullable=False),
)

subscribers = Table(
    "subscriber",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("email", Text, nullable=False),
    Column("email_key", Text, nullable=False, unique=True, comment="the address as it is compared"),
    Column("name", Text, nullable=False),
    Column("search_text", Text, nullable=False, comment="address and name in lower case"),
    Column("country", Text, nullable=False),
    Column("timezone", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("state", word_of(SubscriberState), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("confirmed_at", UtcDateTime),
    sqlite_autoincrement=True,  # a link in a sent mail must never come to mean somebody else
)

subscriptions = Table(
    "subscription",
    metadata,
    Column("subscriber", ForeignKey("subscriber.id"), primary_key=True),
    Column("newsletter", Text, primary_key=True),
    Column("categories", Text, nullable=False, comment="slugs, sorted, separated by commas"),
    Column("cadence", word_of(Cadence), nullable=False),
    Column("day", SmallInteger),
    Column("hour", SmallInteger),
    Column("paused_until", Date),
    Column("cadences", Text, nullable=False, server_default=text("''"), comment="category=cadence, sorted, by commas"),
    Column("more", Text, nullable=False, server_default=text("''"), comment="as categories"),
    Column("since", UtcDateTime, nullable=False),
    Column("left_at", UtcDateTime),
    Column("confirmed_at", UtcDateTime),
    Index("ix_subscription_newsletter_subscriber", "newsletter", "subscriber"),
)

suppressions = Table(
    "suppression",
    metadata,
    Column("email_key", Text, primary_key=True),
    Column("newsletter", Text, primary_key=True, comment="empty: everything"),
    Column("reason", word_of(SuppressionReason), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

consents = Table(
    "consent",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("subscriber", ForeignKey("subscriber.id"), nullable=False, index=True),
    Column("kind", word_of(ConsentKind), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("source", Text, nullable=False),
    Column("newsletter", Text),
    Column("wording", Text, nullable=False),
    Column("changes", Text, nullable=False, server_default=text("''"), comment="what is otherwise than before"),
    Column("network", Text, nullable=False, server_default=text("''"), comment="network address, if it is kept"),
)

address_changes = Table(
    "address_change",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("subscriber", ForeignKey("subscriber.id"), nullable=False, unique=True),
    Column("email", Text, nullable=False, comment="the new one"),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("old_at", UtcDateTime, comment="confirmed at the old address"),
    Column("new_at", UtcDateTime, comment="confirmed at the new address"),
    sqlite_autoincrement=True,  # a link about an earlier change must never come to mean a later one
)

bounce_events = Table(
    "bounce_event",
    metadata,
    Column("subscriber", ForeignKey("subscriber.id"), primary_key=True),
    Column("issue", Text, primary_key=True, comment="or the name of a single mail"),
    Column("kind", word_of(FeedbackKind), primary_key=True),
    Column("status", Text, nullable=False),
    Column("diagnostic", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

editions = Table(
    "edition",
    metadata,
    Column("issue", ForeignKey("issue.id"), primary_key=True),
    Column("id", Text, primary_key=True),
    Column("content", Text, nullable=False, comment="Edition as JSON"),
)

waves = Table(
    "wave",
    metadata,
    Column("issue", ForeignKey("issue.id"), primary_key=True),
    Column("wave", Text, primary_key=True, comment="1, 2, ...: deliveries of a wave that is not here are invisible"),
    Column("due_at", UtcDateTime, nullable=False),
    Column("frozen_at", UtcDateTime, nullable=False),
    Column("readers", Integer, nullable=False),
    Column("unserved", Integer, nullable=False, comment="readers for whom there was nothing new"),
)

turns = Table(
    "freeze_turn",
    metadata,
    Column("id", Integer, primary_key=True, comment="always 1: one freeze at a time"),
    Column("turn", Integer, nullable=False, comment="fencing token: grows with every turn"),
    Column("issue", Text, comment="being frozen; null: the turn is free"),
    Column("at", UtcDateTime, nullable=False),
)

deliveries = Table(
    "delivery",
    metadata,
    Column("issue", ForeignKey("issue.id"), primary_key=True),
    Column("subscriber", ForeignKey("subscriber.id"), primary_key=True),
    Column("edition", Text, nullable=False),
    Column("wave", Text, nullable=False, default="", comment="readers sent at the same instant"),
    Column("single", Boolean, nullable=False, comment="added by hand: visible before the issue is frozen"),
    Column("state", word_of(DeliveryState), nullable=False),
    Column("due_at", UtcDateTime, comment="claimable from here on; null: never again"),
    Column("lease", Integer, nullable=False, default=0, comment="grows with every claim"),
    Column("attempts", Integer, nullable=False, default=0),
    Column("reply", Text, nullable=False, default=""),
    Column("reason", Text, nullable=False, default=""),
    Column("at", UtcDateTime, nullable=False),
    Column("tried_at", UtcDateTime, comment="first attempt"),
    Column("doubt_at", UtcDateTime, comment="first became uncertain; never cleared"),
    ForeignKeyConstraint(["issue", "edition"], ["edition.issue", "edition.id"], name="fk_delivery_edition"),
    sqlite_with_rowid=False,
)
Index(
    "ix_delivery_due",
    deliveries.c.issue,
    deliveries.c.due_at,
    deliveries.c.subscriber,
    sqlite_where=text("due_at IS NOT NULL"),
    postgresql_where=text("due_at IS NOT NULL"),
)
