"""What the file of a print told, and a small picture of it."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("print_runs", sa.Column("weight_g", sa.Float(), nullable=True))
    op.add_column("print_runs", sa.Column("estimated_s", sa.Integer(), nullable=True))
    op.add_column("print_runs", sa.Column("object_count", sa.Integer(), nullable=True))
    op.add_column(
        "print_runs",
        sa.Column(
            "has_picture", sa.Boolean(), server_default=sa.false(), nullable=False
        ),
    )
    op.create_table(
        "print_pictures",
        sa.Column("run_id", sa.String(length=32), nullable=False),
        sa.Column("png", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["print_runs.id"],
            name=op.f("fk_print_pictures_run_id_print_runs"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_print_pictures")),
    )


def downgrade() -> None:
    op.drop_table("print_pictures")
    for name in ("has_picture", "object_count", "estimated_s", "weight_g"):
        op.drop_column("print_runs", name)
