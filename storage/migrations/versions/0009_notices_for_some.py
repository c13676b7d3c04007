"""Notices for some."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let a notice have a kind, be for some families only, and have steps of its own."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(), server_default="free", nullable=False))
        batch_op.add_column(sa.Column("audience", sa.String(), server_default="class", nullable=False))
        batch_op.add_column(sa.Column("rest_of", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("ladder", sa.JSON(), server_default="{}", nullable=False))
    op.create_table(
        "notice_families",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("notice_id", number, nullable=False),
        sa.Column("student_id", number, nullable=False),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notices.id"], name=op.f("fk_notice_families_notice_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["student_id"], ["students.id"], name=op.f("fk_notice_families_student_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_families")),
        sa.UniqueConstraint("notice_id", "student_id", name=op.f("uq_notice_families_notice_id_student_id")),
    )
    with op.batch_alter_table("notice_families", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notice_families_notice_id"), ["notice_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_notice_families_student_id"), ["student_id"], unique=False)
