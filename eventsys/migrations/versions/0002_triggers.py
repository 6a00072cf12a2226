"""Append-only audit, frozen rulesets, and marks that nobody changes after the lock."""

from collections.abc import Iterator

from alembic import op
from sqlalchemy import inspect

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
    "lot",
    "station_move",
    "incident_decision",
    "appeal_clock",
    "appeal_closing",
    "appeal_reopening",
    "appeal_paper",
    "ruling",
    "appeal_deposit",
    "correction_request",
    "correction_decision",
    "recheck_error",
    "signature",
    "admission_exception",
    "direct_admission",
    "set_aside",
    "few_judges_exception",
    "paper_original",
    "paper_print",
    "paper_scan",
    "paper_verdict",
)


def _same(*columns: str) -> str:
    """Whether an update leaves these columns as they were; two NULLs are the same."""
    pairs = (
        f"(NEW.{name} = OLD.{name} OR (NEW.{name} IS NULL AND OLD.{name} IS NULL))"
        for name in columns
    )
    return " AND ".join(pairs)


def _unless(allowed: str) -> str:
    """True for every update but the allowed one; unknown counts as not allowed."""
    return f"(CASE WHEN {allowed} THEN 1 ELSE 0 END) = 0"


HANDED_OVER = (
    "EXISTS (SELECT 1 FROM marking WHERE track_id = {row}.track_id AND submitted_at IS NOT NULL)"
)
SHEET_HANDED_OVER = (
    "EXISTS (SELECT 1 FROM marking m JOIN mark_sheet s ON s.track_id = m.track_id"
    " WHERE s.id = {row}.sheet_id AND m.submitted_at IS NOT NULL)"
)
# after the handing over a sheet and its marking still change once more: they are locked
LOCKS_SHEET = "NEW.state = 'locked' AND NEW.locked_at IS NOT NULL AND " + _same(
    "id",
    "group_id",
    "track_id",
    "code",
    "seat_id",
    "version",
    "submitted_at",
    "keyed_by_id",
    "keyed_with_id",
    "confirmed_at",
    "confirmed_by",
    "confirmed_by_id",
    "returned_reason",
    "void_reason",
)
LOCKS_MARKING = "NEW.locked_at IS NOT NULL AND " + _same(
    "id", "group_id", "track_id", "opened_at", "submitted_at", "submitted_by", "digest"
)

# from a moment on nothing of these rows may change: name, table, deeds, condition, why
CLOSED = (
    ("level_draw_drawn", "level_draw", "UD", "{row}.drawn_at IS NOT NULL", "the level is drawn"),
    ("code_draw_opened", "code_draw", "UD", "{row}.opened_at IS NOT NULL", "the map is open"),
    ("blind_code_opened", "blind_code", "UD", "{row}.entry_id IS NOT NULL", "the map is open"),
    ("marking_locked", "marking", "UD", "{row}.locked_at IS NOT NULL", "the marks are locked"),
    (
        "marking_handed_over",
        "marking",
        "U",
        "OLD.submitted_at IS NOT NULL AND " + _unless(LOCKS_MARKING),
        "the marks are handed over",
    ),
    ("marking_kept", "marking", "D", "OLD.submitted_at IS NOT NULL", "the marks are handed over"),
    (
        "marking_in_order",
        "marking",
        "U",
        "NEW.locked_at IS NOT NULL AND NEW.submitted_at IS NULL",
        "the marks are not handed over",
    ),
    ("mark_handed_over", "mark", "IUD", SHEET_HANDED_OVER, "the marks are handed over"),
    ("mark_moved_in", "mark", "M", SHEET_HANDED_OVER, "the marks are handed over"),
    ("sheet_handed_over", "mark_sheet", "ID", HANDED_OVER, "the marks are handed over"),
    (
        "sheet_changed_late",
        "mark_sheet",
        "U",
        HANDED_OVER.format(row="OLD") + " AND " + _unless(LOCKS_SHEET),
        "the marks are handed over",
    ),
    (
        "sheet_moved_in",
        "mark_sheet",
        "M",
        HANDED_OVER + " AND " + _unless("NEW.track_id = OLD.track_id"),
        "the marks are handed over",
    ),
    (
        "sheet_confirmed_by_another",
        "mark_sheet",
        "IM",
        (
            "{row}.confirmed_by_id IN ({row}.keyed_by_id, {row}.keyed_with_id,"
            " (SELECT user_id FROM judge_seat WHERE id = {row}.seat_id))"
        ),
        "nobody confirms their own sheet",
    ),
    (
        "marking_after_recheck",
        "marking",
        "M",
        (
            "{row}.locked_at IS NOT NULL AND EXISTS (SELECT 1 FROM recheck_item i"
            " JOIN recheck r ON r.id = i.recheck_id AND r.round = i.round"
            " WHERE r.track_id = {row}.track_id AND i.checked_at IS NULL)"
        ),
        "codes are still to be re-checked",
    ),
    ("recheck_kept", "recheck", "D", "1 = 1", "the re-check stays on record"),
    (
        "recheck_drawn",
        "recheck",
        "U",
        _unless(
            "OLD.full_at IS NULL AND NEW.full_at IS NOT NULL AND "
            + _same("id", "group_id", "track_id", "made_at", "seed", "codes")
        ),
        "the re-check stays on record",
    ),
    ("recheck_item_kept", "recheck_item", "D", "1 = 1", "the re-check stays on record"),
    (
        "recheck_item_checked",
        "recheck_item",
        "U",
        _unless(
            "(OLD.checked_at IS NULL OR OLD.finding = 'agrees' AND NEW.finding = 'error') AND "
            + _same("id", "group_id", "recheck_id", "round", "code", "why")
        ),
        "the re-check stays on record",
    ),
    (
        "correction_after_handing_over",
        "correction_request",
        "I",
        "NOT " + HANDED_OVER,
        "the marks are not handed over",
    ),
    (
        "correction_decided_by_another",
        "correction_decision",
        "I",
        (
            "NOT EXISTS (SELECT 1 FROM correction_request WHERE id = {row}.request_id"
            " AND track_id = {row}.track_id AND requested_by_id <> {row}.decided_by_id)"
        ),
        "nobody decides their own request",
    ),
    (
        "scheme_frozen",
        "scheme",
        "U",
        (
            "OLD.frozen_at IS NOT NULL AND (OLD.superseded_at IS NOT NULL"
            " OR NEW.frozen_at IS NULL OR NEW.frozen_at <> OLD.frozen_at"
            " OR NEW.track_id <> OLD.track_id OR NEW.version <> OLD.version"
            " OR NEW.state = 'draft' OR NEW.reason <> OLD.reason"
            " OR NEW.drafted_by <> OLD.drafted_by OR NEW.approved_by <> OLD.approved_by"
            " OR NEW.deviation <> OLD.deviation"
            " OR CAST(NEW.sections AS TEXT) <> CAST(OLD.sections AS TEXT))"
        ),
        "the scheme is frozen",
    ),
    ("scheme_kept", "scheme", "D", "{row}.frozen_at IS NOT NULL", "the scheme is frozen"),
    (
        "scheme_handed_over",
        "scheme",
        "U",
        HANDED_OVER + " AND " + _unless(_same("state", "superseded_at", "frozen_at")),
        "the marks are handed over",
    ),
    (
        "criterion_frozen",
        "criterion",
        "IUD",
        "(SELECT frozen_at FROM scheme WHERE id = {row}.scheme_id) IS NOT NULL",
        "the scheme is frozen",
    ),
    (
        "criterion_joins",
        "criterion",
        "U",
        "(SELECT frozen_at FROM scheme WHERE id = NEW.scheme_id) IS NOT NULL",
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
        "aspect_joins",
        "aspect",
        "U",
        (
            "(SELECT s.frozen_at FROM scheme s JOIN criterion c ON c.scheme_id = s.id"
            " WHERE c.id = NEW.criterion_id) IS NOT NULL"
        ),
        "the scheme is frozen",
    ),
    (
        "judge_seat_locked",
        "judge_seat",
        "UD",
        HANDED_OVER,
        "the marks are handed over",
    ),
    (
        "incident_noted",
        "incident",
        "UD",
        "{row}.noted_at IS NOT NULL",
        "the contestant took note of it",
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
        (
            "EXISTS (SELECT 1 FROM publication"
            " WHERE track_id = {row}.track_id AND public_at IS NOT NULL)"
        ),
        "results are public",
    ),
    ("notice_final", "notice", "UD", "{row}.final_at IS NOT NULL", "the results are final"),
    ("advancement_kept", "advancement", "UD", "1 = 1", "who advanced stays on record"),
)
# M is an update too, seen from what the row would become
DEEDS = {
    "I": ("INSERT", "NEW"),
    "U": ("UPDATE", "OLD"),
    "D": ("DELETE", "OLD"),
    "M": ("UPDATE", "NEW"),
}


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


def _keep_from_replacing() -> None:
    """SQLite's REPLACE takes a row away that is in the way, and no DELETE trigger hears of it.

    So whatever would be in the way of a protected row is refused first.
    """
    kept = {table for _name, table, letters, *_rest in CLOSED if set(letters) & {"U", "D"}}
    for table in sorted({*FROZEN, *kept, "ruleset"}):
        collides = " OR ".join(
            f"EXISTS (SELECT 1 FROM {table} WHERE {{but}}"
            + " AND ".join(f"{name} = NEW.{name}" for name in names)
            + ")"
            for names in _unique_columns(table)
        )
        for deed, but in (("INSERT", ""), ("UPDATE", "id <> OLD.id AND ")):
            op.execute(
                f"CREATE TRIGGER {table}_not_replaced_{deed.lower()} BEFORE {deed} ON {table}"
                f" WHEN {collides.format(but=but)}"
                " BEGIN SELECT RAISE(ABORT, 'such a row is there already'); END"
            )


def _unique_columns(table: str) -> Iterator[list[str]]:
    """The columns no two rows of a table share; indexes over some of its rows are left out."""
    seen = inspect(op.get_bind())
    yield ["id"]
    for one in seen.get_unique_constraints(table):
        yield [str(name) for name in one["column_names"]]
    for index in seen.get_indexes(table):
        if index["unique"] and "sqlite_where" not in index.get("dialect_options", {}):
            yield [str(name) for name in index["column_names"]]


def _sqlite() -> None:
    _keep_from_replacing()
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
