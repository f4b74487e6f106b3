"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _feed()
    _article()
    _issue()
    _compiled()
    _subscriber()
    _subscription()
    _suppression()
    _consent()
    _edition()
    _delivery()


def _feed() -> None:
    op.create_table(
        "feed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("categories", sa.JSON(), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("configured", sa.Boolean(), nullable=False, comment="named by the configuration"),
        sa.Column("added", sa.Boolean(), nullable=False, comment="added by hand; active while either is true"),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("etag", sa.Text(), nullable=False),
        sa.Column("last_modified", sa.Text(), nullable=False),
        sa.Column("checked_at", _INSTANT),
        sa.Column("next_at", _INSTANT),
        sa.Column("failing_since", _INSTANT),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("paused_at", _INSTANT),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("moved_to", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_feed"),
        sa.UniqueConstraint("url", name="uq_feed_url"),
    )


def _article() -> None:
    op.create_table(
        "article",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("feed", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("outlet", sa.Text(), nullable=False),
        sa.Column("published_at", _INSTANT, nullable=False),
        sa.Column("gathered_at", _INSTANT, nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("hints", sa.JSON(), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("picture", sa.JSON(none_as_null=True)),
        sa.Column("guid", sa.Text(), nullable=False),
        sa.Column("story", sa.Text()),
        sa.ForeignKeyConstraint(["feed"], ["feed.id"], name="fk_article_feed"),
        sa.PrimaryKeyConstraint("id", name="pk_article"),
    )
    op.create_index("ix_article_gathered_at", "article", ["gathered_at"], unique=False)
    op.create_index(
        "uq_article_feed_guid",
        "article",
        ["feed", "guid"],
        unique=True,
        sqlite_where=sa.text("guid <> ''"),
        postgresql_where=sa.text("guid <> ''"),
    )


def _issue() -> None:
    op.create_table(
        "issue",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("newsletter", sa.Text(), nullable=False),
        sa.Column("slot", sa.Date(), nullable=False),
        sa.Column("send_at", _INSTANT, nullable=False),
        sa.Column("window_start", _INSTANT, nullable=False),
        sa.Column("window_end", _INSTANT, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", _INSTANT),
        sa.Column("approved_at", _INSTANT),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("approval_hash", sa.Text(), nullable=False),
        sa.Column("frozen_at", _INSTANT, comment="deliveries are visible from here on"),
        sa.Column("finished_at", _INSTANT),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False, comment="IssueContent as JSON"),
        sa.PrimaryKeyConstraint("id", name="pk_issue"),
        sa.UniqueConstraint("newsletter", "slot", name="uq_issue_newsletter_slot"),
    )
    op.create_index("ix_issue_state_send_at", "issue", ["state", "send_at"], unique=False)


def _compiled() -> None:
    op.create_table(
        "compiled",
        sa.Column("issue", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("fragments", sa.LargeBinary(), nullable=False, comment="JSON, deflated (RFC 1950)"),
        sa.ForeignKeyConstraint(["issue"], ["issue.id"], name="fk_compiled_issue"),
        sa.PrimaryKeyConstraint("issue", "revision", name="pk_compiled"),
    )


def _subscriber() -> None:
    op.create_table(
        "subscriber",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("email_key", sa.Text(), nullable=False, comment="the address as it is compared"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False, comment="address and name in lower case"),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("confirmed_at", _INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_subscriber"),
        sa.UniqueConstraint("email_key", name="uq_subscriber_email_key"),
        sqlite_autoincrement=True,
    )


def _subscription() -> None:
    op.create_table(
        "subscription",
        sa.Column("subscriber", _ROW_ID, nullable=False),
        sa.Column("newsletter", sa.Text(), nullable=False),
        sa.Column("categories", sa.Text(), nullable=False, comment="slugs, sorted, separated by commas"),
        sa.Column("cadence", sa.String(20), nullable=False),
        sa.Column("day", sa.SmallInteger()),
        sa.Column("hour", sa.SmallInteger()),
        sa.Column("paused_until", sa.Date()),
        sa.Column("since", _INSTANT, nullable=False),
        sa.Column("left_at", _INSTANT),
        sa.Column("confirmed_at", _INSTANT),
        sa.ForeignKeyConstraint(["subscriber"], ["subscriber.id"], name="fk_subscription_subscriber"),
        sa.PrimaryKeyConstraint("subscriber", "newsletter", name="pk_subscription"),
    )
    op.create_index("ix_subscription_newsletter_subscriber", "subscription", ["newsletter", "subscriber"], unique=False)


def _suppression() -> None:
    op.create_table(
        "suppression",
        sa.Column("email_key", sa.Text(), nullable=False),
        sa.Column("newsletter", sa.Text(), nullable=False, comment="empty: everything"),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("email_key", "newsletter", name="pk_suppression"),
    )


def _consent() -> None:
    op.create_table(
        "consent",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("subscriber", _ROW_ID, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("newsletter", sa.Text()),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["subscriber"], ["subscriber.id"], name="fk_consent_subscriber"),
        sa.PrimaryKeyConstraint("id", name="pk_consent"),
    )
    op.create_index("ix_consent_subscriber", "consent", ["subscriber"], unique=False)


def _edition() -> None:
    op.create_table(
        "edition",
        sa.Column("issue", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False, comment="Edition as JSON"),
        sa.ForeignKeyConstraint(["issue"], ["issue.id"], name="fk_edition_issue"),
        sa.PrimaryKeyConstraint("issue", "id", name="pk_edition"),
    )


def _delivery() -> None:
    op.create_table(
        "delivery",
        sa.Column("issue", sa.Text(), nullable=False),
        sa.Column("subscriber", _ROW_ID, nullable=False),
        sa.Column("edition", sa.Text(), nullable=False),
        sa.Column("wave", sa.Text(), nullable=False, comment="readers sent at the same instant"),
        sa.Column("single", sa.Boolean(), nullable=False, comment="added by hand: visible before the issue is frozen"),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("due_at", _INSTANT, comment="claimable from here on; null: never again"),
        sa.Column("lease", sa.Integer(), nullable=False, comment="grows with every claim"),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["issue", "edition"], ["edition.issue", "edition.id"], name="fk_delivery_edition"),
        sa.ForeignKeyConstraint(["issue"], ["issue.id"], name="fk_delivery_issue"),
        sa.ForeignKeyConstraint(["subscriber"], ["subscriber.id"], name="fk_delivery_subscriber"),
        sa.PrimaryKeyConstraint("issue", "subscriber", name="pk_delivery"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_delivery_due",
        "delivery",
        ["issue", "due_at", "subscriber"],
        unique=False,
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
