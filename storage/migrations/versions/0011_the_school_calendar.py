"""The school calendar."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of the class's own days, its holidays, its points and its feed."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "calendar_days",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("classroom_id", number, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("returns_on", sa.Date(), nullable=True),
        sa.Column("returns_at", sa.String(), nullable=True),
        sa.Column("weekday", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["classroom_id"],
            ["classrooms.id"],
            name=op.f("fk_calendar_days_classroom_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_days")),
    )
    with op.batch_alter_table("calendar_days", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_calendar_days_classroom_id"), ["classroom_id"], unique=False)

    op.create_table(
        "calendar_feeds",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("classroom_id", number, nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("kept", sa.LargeBinary(), nullable=True),
        sa.Column("etag", sa.String(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["classroom_id"],
            ["classrooms.id"],
            name=op.f("fk_calendar_feeds_classroom_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feeds")),
        sa.UniqueConstraint("classroom_id", name=op.f("uq_calendar_feeds_classroom_id")),
        sa.UniqueConstraint("digest", name=op.f("uq_calendar_feeds_digest")),
    )
    with op.batch_alter_table("calendar_feeds", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_calendar_feeds_classroom_id"), ["classroom_id"], unique=False)

    op.create_table(
        "holiday_points",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("classroom_id", number, nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["classroom_id"],
            ["classrooms.id"],
            name=op.f("fk_holiday_points_classroom_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holiday_points")),
    )
    with op.batch_alter_table("holiday_points", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_holiday_points_classroom_id"), ["classroom_id"], unique=False)

    op.create_table(
        "holidays",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("classroom_id", number, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("returns_on", sa.Date(), nullable=False),
        sa.Column("returns_at", sa.String(), nullable=True),
        sa.Column("draft_id", number, nullable=True),
        sa.Column("notice_id", number, nullable=True),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["classroom_id"], ["classrooms.id"], name=op.f("fk_holidays_classroom_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["drafts.id"], name=op.f("fk_holidays_draft_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notices.id"], name=op.f("fk_holidays_notice_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holidays")),
        sa.UniqueConstraint("classroom_id", "key", name=op.f("uq_holidays_classroom_id_key")),
    )
    with op.batch_alter_table("holidays", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_holidays_classroom_id"), ["classroom_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_holidays_draft_id"), ["draft_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_holidays_notice_id"), ["notice_id"], unique=False)
