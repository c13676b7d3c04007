"""The school's address book."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep which class and which child of the school's address book are ours."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "school_classes",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("classroom_id", number, nullable=False),
        sa.Column("department", sa.String(), nullable=False),
        sa.Column("title", sa.LargeBinary(), nullable=False),
        sa.Column("shown", sa.JSON(), nullable=False),
        sa.Column("looked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["classroom_id"],
            ["classrooms.id"],
            name=op.f("fk_school_classes_classroom_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school_classes")),
        sa.UniqueConstraint("classroom_id", name=op.f("uq_school_classes_classroom_id")),
    )
    op.create_table(
        "school_students",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("student_id", number, nullable=False),
        sa.Column("userid", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["student_id"], ["students.id"], name=op.f("fk_school_students_student_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school_students")),
        sa.UniqueConstraint("student_id", name=op.f("uq_school_students_student_id")),
    )
