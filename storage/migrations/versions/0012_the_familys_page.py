"""The family's page."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let a printed code open a page for one family, and a praise carry a title of the class's own."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "family_links",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("classroom_id", number, nullable=False),
        sa.Column("student_id", number, nullable=False),
        sa.Column("about", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["classroom_id"], ["classrooms.id"], name=op.f("fk_family_links_classroom_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["student_id"], ["students.id"], name=op.f("fk_family_links_student_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_family_links")),
        sa.UniqueConstraint("digest", name=op.f("uq_family_links_digest")),
    )
    with op.batch_alter_table("family_links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_family_links_classroom_id"), ["classroom_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_family_links_student_id"), ["student_id"], unique=False)
    with op.batch_alter_table("praises", schema=None) as batch_op:
        batch_op.add_column(sa.Column("title", sa.LargeBinary(), nullable=True))
