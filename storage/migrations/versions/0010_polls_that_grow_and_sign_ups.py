"""Polls that grow, and sign-ups."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Say of a poll who votes, how many must and what is hidden; make the tables of sign-ups."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    with op.batch_alter_table("polls", schema=None) as batch_op:
        batch_op.add_column(sa.Column("voters", sa.String(), server_default="families", nullable=False))
        batch_op.add_column(sa.Column("quorum", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("hidden", sa.Boolean(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("grows", sa.Boolean(), server_default="0", nullable=False))
    op.create_table(
        "signups",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("classroom_id", number, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("by_person", number, nullable=True),
        sa.Column("title", sa.LargeBinary(), nullable=False),
        sa.Column("lines", sa.LargeBinary(), nullable=True),
        sa.Column("places", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("handle", sa.String(), nullable=True),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("closes_at", sa.BigInteger(), nullable=False),
        sa.Column("held_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_person"], ["people.id"], name=op.f("fk_signups_by_person"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["classroom_id"], ["classrooms.id"], name=op.f("fk_signups_classroom_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signups")),
        sa.UniqueConstraint("classroom_id", "number", name=op.f("uq_signups_classroom_id_number")),
    )
    with op.batch_alter_table("signups", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_signups_by_person"), ["by_person"], unique=False)
        batch_op.create_index(batch_op.f("ix_signups_classroom_id"), ["classroom_id"], unique=False)
    op.create_table(
        "signup_entries",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("signup_id", number, nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("student_id", number, nullable=False),
        sa.Column("person_id", number, nullable=True),
        sa.Column("waiting", sa.Boolean(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_signup_entries_person_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["signup_id"], ["signups.id"], name=op.f("fk_signup_entries_signup_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["student_id"], ["students.id"], name=op.f("fk_signup_entries_student_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signup_entries")),
        sa.UniqueConstraint(
            "signup_id", "line", "student_id", name=op.f("uq_signup_entries_signup_id_line_student_id")
        ),
    )
    with op.batch_alter_table("signup_entries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_signup_entries_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_signup_entries_signup_id"), ["signup_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_signup_entries_student_id"), ["student_id"], unique=False)
