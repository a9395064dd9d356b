"""What other families need: options, macros as buttons, more heads; where one stands."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_NOZZLES = [
    f"nozzle_{head}_{what}" for head in range(2, 8) for what in ("c", "target_c")
]


def upgrade() -> None:
    for name, empty in (("options", "'{}'"), ("macro_buttons", "'[]'")):
        op.add_column(
            "printers",
            sa.Column(name, sa.JSON(), server_default=sa.text(empty), nullable=False),
        )
    op.add_column(
        "printers",
        sa.Column("location", sa.Text(), server_default="", nullable=False),
    )
    for name in _NOZZLES:
        op.add_column("printer_samples", sa.Column(name, sa.Float(), nullable=True))


def downgrade() -> None:
    for name in reversed(_NOZZLES):
        op.drop_column("printer_samples", name)
    for name in ("location", "macro_buttons", "options"):
        op.drop_column("printers", name)
