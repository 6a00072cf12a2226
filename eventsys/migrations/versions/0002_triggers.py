"""Append-only audit, frozen rulesets, and marks that nobody changes after the lock."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# tables whose rows are only ever added
FROZEN = (
    "audit_entry",
    "negotiation_round",
    "round_price",
    "cost_item",
    "reveal",
    "mark_operation",
)

# from a moment on nothing of these rows may change: name, table, deeds, condition, why
CLOSED = (
    ("marking_locked", "marking", "UD", "{row}.locked_at IS NOT NULL", "the marks are locked"),
    (
        "criterion_frozen",
        "criterion",
        "IUD",
        "(SELECT frozen_at FROM scheme WHERE id = {row}.scheme_id) IS NOT NULL",
        "the scheme is frozen",
    ),
    (
        "aspect_frozen",
        "aspect",
        "IUD",
        (
            "(SELECT s.frozen_at FROM scheme s JOIN criterion c ON c.scheme_id = s.id"
            " WHERE c.id = {row}.criterion_id) IS NOT NULL"
        ),
        "the scheme is frozen",
    ),
    (
        "judge_seat_locked",
        "judge_seat",
        "UD",
        "EXISTS (SELECT 1 FROM mark_sheet WHERE seat_id = {row}.id AND state = 'locked')",
        "the marks are signed off",
    ),
    ("publication_public", "publication", "UD", "{row}.public_at IS NOT NULL", "it is public"),
    (
        "result_row_public",
        "result_row",
        "IUD",
        "(SELECT public_at FROM publication WHERE id = {row}.publication_id) IS NOT NULL",
        "results are public",
    ),
    (
        "exam_mark_public",
        "exam_mark",
        "IUD",
        "(SELECT public_at FROM publication WHERE track_id = {row}.track_id) IS NOT NULL",
        "results are public",
    ),
)
DEEDS = {"I": ("INSERT", "NEW"), "U": ("UPDATE", "OLD"), "D": ("DELETE", "OLD")}


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _sqlite()
    else:
        _postgresql()
    close_rows(op.get_bind().dialect.name)


def close_rows(dialect: str) -> None:
    """Refuse what ``CLOSED`` lists, whoever asks and by whatever way."""
    for name, table, letters, condition, why in CLOSED:
        for deed, row in (DEEDS[letter] for letter in letters):
            trigger, met = f"{name}_{deed.lower()}", condition.format(row=row)
            if dialect == "sqlite":
                op.execute(
                    f"CREATE TRIGGER {trigger} BEFORE {deed} ON {table} WHEN {met}"
                    f" BEGIN SELECT RAISE(ABORT, '{why}'); END"
                )
                continue
            op.execute(
                f"CREATE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                f" IF {met} THEN RAISE EXCEPTION '{why}'; END IF;"
                f" RETURN {'OLD' if deed == 'DELETE' else 'NEW'}; END $$"
            )
            op.execute(
                f"CREATE TRIGGER {trigger} BEFORE {deed} ON {table}"
                f" FOR EACH ROW EXECUTE FUNCTION {trigger}()"
            )


def _sqlite() -> None:
    for table in FROZEN:
        for deed in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{deed.lower()} BEFORE {deed} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
    for deed in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER ruleset_frozen_{deed.lower()} BEFORE {deed} ON ruleset"
            " WHEN OLD.frozen_at IS NOT NULL"
            " BEGIN SELECT RAISE(ABORT, 'the ruleset is frozen'); END"
        )
    locked = "(SELECT state FROM mark_sheet WHERE id = {row}.sheet_id) = 'locked'"
    for deed, row in (("INSERT", "NEW"), ("UPDATE", "OLD"), ("DELETE", "OLD")):
        op.execute(
            f"CREATE TRIGGER mark_locked_{deed.lower()} BEFORE {deed} ON mark"
            f" WHEN {locked.format(row=row)}"
            " BEGIN SELECT RAISE(ABORT, 'the sheet is locked'); END"
        )
    for deed in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER mark_sheet_locked_{deed.lower()} BEFORE {deed} ON mark_sheet"
            " WHEN OLD.state = 'locked'"
            " BEGIN SELECT RAISE(ABORT, 'the sheet is locked'); END"
        )


def _postgresql() -> None:
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    for table in FROZEN:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    op.execute(
        "CREATE TRIGGER ruleset_frozen BEFORE UPDATE OR DELETE ON ruleset"
        " FOR EACH ROW WHEN (OLD.frozen_at IS NOT NULL) EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE FUNCTION refuse_locked_mark() RETURNS trigger LANGUAGE plpgsql AS $$"
        " DECLARE the_sheet bigint;"
        " BEGIN"
        "  IF TG_OP = 'INSERT' THEN the_sheet := NEW.sheet_id;"
        "  ELSE the_sheet := OLD.sheet_id; END IF;"
        "  IF (SELECT state FROM mark_sheet WHERE id = the_sheet) = 'locked' THEN"
        "   RAISE EXCEPTION 'the sheet is locked'; END IF;"
        "  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW;"
        " END $$"
    )
    op.execute(
        "CREATE TRIGGER mark_locked BEFORE INSERT OR UPDATE OR DELETE ON mark"
        " FOR EACH ROW EXECUTE FUNCTION refuse_locked_mark()"
    )
    op.execute(
        "CREATE TRIGGER mark_sheet_locked BEFORE UPDATE OR DELETE ON mark_sheet"
        " FOR EACH ROW WHEN (OLD.state = 'locked') EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    raise NotImplementedError("protections are not taken away")
