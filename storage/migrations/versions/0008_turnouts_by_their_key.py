"""Turnouts by their key."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Put the key of this table without rowids first: SQLite before 3.41 else calls its rows damaged."""
    if op.get_bind().dialect.name != "sqlite":
        return
    op.rename_table("turnouts", "turnouts_before")
    op.create_table(
        "turnouts",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("poll_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("household", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["poll_id"], ["polls.id"], name=op.f("fk_turnouts_poll_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_turnouts")),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO turnouts (id, poll_id, household) SELECT id, poll_id, household FROM turnouts_before"
    )
    op.drop_table("turnouts_before")
