"""The hot road."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Count changes of the rosters; let every query of the road find its rows by an index."""
    with op.batch_alter_table("instance", schema=None) as batch_op:
        batch_op.add_column(sa.Column("rosters", sa.Integer(), server_default="0", nullable=False))
    with op.batch_alter_table("heard", schema=None) as batch_op:
        batch_op.create_index("ix_heard_sender", ["chat_id", "account_id", "at"], unique=False)
    waiting = sa.text("state = 'pending'")
    tried = sa.text("state = 'pending' AND attempts > 0")
    begun = sa.text("state = 'sending'")
    op.create_index(
        "ix_events_ready",
        "events",
        ["ready_at"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
    op.create_index("ix_events_handled", "events", ["handled_at"])
    op.create_index(
        "ix_deliveries_due", "deliveries", ["due_at"], sqlite_where=waiting, postgresql_where=waiting
    )
    op.create_index(
        "ix_deliveries_waiting",
        "deliveries",
        ["lane", "due_at", "id", "lane_key"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
    op.create_index(
        "ix_deliveries_tried", "deliveries", ["due_at"], sqlite_where=tried, postgresql_where=tried
    )
    op.create_index("ix_deliveries_begun", "deliveries", ["id"], sqlite_where=begun, postgresql_where=begun)
    op.create_index("ix_buttons_handle", "buttons", ["handle"])
    op.create_index("ix_posted_ref", "posted", ["chat_id", "ref"])
