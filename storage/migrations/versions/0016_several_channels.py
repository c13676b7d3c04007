"""Several channels."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let a person have a preferred channel, and a message remember by which ways it could not go."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "tried_ways",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("delivery_id", number, nullable=False),
        sa.Column("chat_id", number, nullable=False),
        sa.Column("failure", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["chat_id"], ["chats.id"], name=op.f("fk_tried_ways_chat_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.id"], name=op.f("fk_tried_ways_delivery_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tried_ways")),
        sa.UniqueConstraint("delivery_id", "chat_id", name=op.f("uq_tried_ways_delivery_id_chat_id")),
    )
    with op.batch_alter_table("tried_ways", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tried_ways_chat_id"), ["chat_id"], unique=False)
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.add_column(sa.Column("channel", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("last_channel", sa.Integer(), nullable=True))
