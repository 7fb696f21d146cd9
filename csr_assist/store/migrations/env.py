"""Alembic's entry: run the migrations on the connection that the store has opened, or on an address given by hand."""

from __future__ import annotations

from alembic import context

from csr_assist.store.tables import Base

context.configure(
    connection=context.config.attributes["connection"], target_metadata=Base.metadata, render_as_batch=True
)
with context.begin_transaction():
    context.run_migrations()
