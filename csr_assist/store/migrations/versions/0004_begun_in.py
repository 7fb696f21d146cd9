"""The language that a conversation was said to be in; ``language`` is the one that is spoken."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.add_column("conversations", sa.Column("begun_in", sa.String(), nullable=True))


def downgrade() -> None:
    """Back."""
    op.drop_column("conversations", "begun_in")
