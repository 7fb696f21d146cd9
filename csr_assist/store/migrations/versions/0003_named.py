"""Every id that a conversation's customer was given, to erase it by, and the words that a mark was made on."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_CONVERSATIONS = sa.table("conversations", sa.column("id"), sa.column("customer_id"))
_CUSTOMERS = sa.table("customers", sa.column("conversation_id"), sa.column("customer_id"))
_MARKS = sa.table("marks", *map(sa.column, ("conversation_id", "turn_id", "start", "end", "words")))
_TURNS = sa.table("turns", *map(sa.column, ("conversation_id", "turn_id", "text", "update")))


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "customers",
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("conversation_id", "customer_id"),
    )
    op.create_index("ix_customers_customer_id", "customers", ["customer_id"], unique=False)
    if named := _named():
        op.bulk_insert(_CUSTOMERS, [{"conversation_id": one, "customer_id": other} for one, other in sorted(named)])
    op.add_column("marks", sa.Column("words", sa.String(), nullable=False, server_default=""))
    turn = (_TURNS.c.conversation_id == _MARKS.c.conversation_id) & (_TURNS.c.turn_id == _MARKS.c.turn_id)
    within = _MARKS.c.end <= sa.func.length(_TURNS.c.text)
    words = sa.func.substr(_TURNS.c.text, _MARKS.c.start + 1, _MARKS.c.end - _MARKS.c.start)
    found = sa.select(words).where(turn, within).scalar_subquery()
    op.execute(_MARKS.update().values(words=sa.func.coalesce(found, "")))


def downgrade() -> None:
    """Back."""
    op.drop_column("marks", "words")
    op.drop_index("ix_customers_customer_id", table_name="customers")
    op.drop_table("customers")


def _named() -> set[tuple[str, str]]:
    """Conversations with the ids that they and their turns give their customers."""
    connection = op.get_bind()
    of_conversations = sa.select(_CONVERSATIONS).where(_CONVERSATIONS.c.customer_id.is_not(None))
    named = {(str(row[0]), str(row[1])) for row in connection.execute(of_conversations)}
    of_turns = sa.select(_TURNS.c.conversation_id, _TURNS.c.update).where(_TURNS.c.update.contains('"customer":{'))
    for conversation_id, update in connection.execute(of_turns.execution_options(yield_per=500)):
        customer = json.loads(update)["turn"]["customer"]
        if customer and customer["id"]:
            named.add((conversation_id, customer["id"]))
    return named
