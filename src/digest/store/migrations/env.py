"""What Alembic runs first: takes the connection that `migrate` gives, inside its transaction."""

from __future__ import annotations

from alembic import context

from digest.store.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
