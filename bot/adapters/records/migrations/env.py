"""Alembic's way in. The caller's connection is inside a transaction of its own."""

from alembic import context

from bot.adapters.records.columns import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
context.run_migrations()
