"""Sign-ups without names."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let a sign-up show no names in its group."""
    with op.batch_alter_table("signups", schema=None) as batch_op:
        batch_op.add_column(sa.Column("unlisted", sa.Boolean(), server_default="0", nullable=False))
