"""Webhooks of groups."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let a class post into a group of WeCom by the group's own webhook."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "webhooks",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("classroom_id", number, nullable=False),
        sa.Column("chat_id", number, nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("apart", sa.Boolean(), nullable=False),
        sa.Column("given_by", number, nullable=True),
        sa.Column("given_at", sa.BigInteger(), nullable=False),
        sa.Column("refused_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["chat_id"], ["chats.id"], name=op.f("fk_webhooks_chat_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["classroom_id"], ["classrooms.id"], name=op.f("fk_webhooks_classroom_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["given_by"], ["people.id"], name=op.f("fk_webhooks_given_by"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
    )
    with op.batch_alter_table("webhooks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_webhooks_chat_id"), ["chat_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_webhooks_classroom_id"), ["classroom_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_webhooks_given_by"), ["given_by"], unique=False)
