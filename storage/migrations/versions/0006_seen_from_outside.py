"""Seen from outside."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

PARTS = (
    ("ix_deliveries_odd", "state", "state IN ('parked', 'failed', 'dead')"),
    ("ix_deliveries_doubtful", "possible_duplicates", "possible_duplicates > 0"),
    ("ix_deliveries_texts", "finished_at", "payload IS NOT NULL AND finished_at IS NOT NULL"),
)


def upgrade() -> None:
    """Find by an index what is counted, and what is to be erased, among millions that were sent."""
    for name, column, part in PARTS:
        where = sa.text(part)
        op.create_index(name, "deliveries", [column], sqlite_where=where, postgresql_where=where)
