"""A competition in the making, stage by stage, and a large one laid down in bulk."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from sqlalchemy import insert, select, text, update

from eventsys.attendance.models import Arrival
from eventsys.db import new_id, session, transaction
from eventsys.draws.actions import draw_codes
from eventsys.draws.models import BlindCode, CodeDraw
from eventsys.draws.queries import blind_list
from eventsys.events.models import Track
from eventsys.events.rules import to_plain
from eventsys.identity.models import Person, User
from eventsys.identity.queries import actor_of, user_named
from eventsys.panels.actions import seat_judges
from eventsys.panels.models import JudgeSeat
from eventsys.panels.queries import seats_of
from eventsys.rechecks.actions import hand_over
from eventsys.registration.models import Entry, Member
from eventsys.registration.rules import EntryState, MemberRole
from eventsys.results.actions import open_map
from eventsys.schemes.actions import replace_scheme
from eventsys.schemes.aspects import AspectKind
from eventsys.schemes.models import Aspect, Criterion, Scheme
from eventsys.schemes.queries import aspects_of, competition_rules
from eventsys.schemes.rules import AspectFacts, CriterionFacts
from eventsys.scoring.actions import Tap, save_mark, submit_sheet
from eventsys.scoring.chief_actions import sign_off
from eventsys.scoring.models import Mark, Marking, MarkSheet
from eventsys.scoring.panel_actions import open_marking
from eventsys.scoring.queries import sheet_of
from eventsys.scoring.states import SheetState
from tests.world import PASSWORD, World

NOW = datetime(2026, 6, 1, 2, tzinfo=UTC)
LEVELS = ("不符合", "符合", "部分超出", "优秀")
SCHEME = (
    CriterionFacts(
        "A",
        "A1",
        "工艺准备",
        aspects=(
            AspectFacts(
                "A1.1", AspectKind.DEDUCTION, "工艺文件每处错误", Decimal(70), step=Decimal("0.5")
            ),
            AspectFacts("A1.2", AspectKind.JUDGEMENT, "程序结构", Decimal(30), levels=LEVELS),
        ),
    ),
    CriterionFacts(
        "B",
        "B1",
        "零件加工",
        aspects=(
            AspectFacts("B1.1", AspectKind.DEDUCTION, "加工缺陷", Decimal(90), step=Decimal("0.5")),
            AspectFacts(
                "B1.2",
                AspectKind.MEASUREMENT,
                "外径",
                Decimal(6),
                low=Decimal("31.984"),
                high=Decimal(32),
                unit="mm",
            ),
            AspectFacts("B1.3", AspectKind.CHECK, "倒角完整", Decimal(4)),
        ),
    ),
)
"""Module A: 100 points, module B: 100 points."""

Given = tuple[str, str, str]
"""What a judge means: marks of module A and B, and the level of the judgement."""


def track_of(world: World) -> Track:
    """The track of group A."""
    return session().get_one(Track, world.track_a)


def user(name: str) -> User:
    """An account of the world."""
    found = user_named(name)
    assert found is not None, name
    return found


def actor(name: str):
    """An account of the world, acting."""
    return actor_of(user(name))


def write_scheme(world: World) -> None:
    """The organizer's scheme, complete."""
    with transaction():
        replace_scheme(actor("organizer_a"), track_of(world), SCHEME)


def draw(world: World) -> list[str]:
    """Everybody approved came and got a code; the codes in order."""
    with transaction():
        track = track_of(world)
        here = session().scalars(
            select(Entry.id).where(Entry.track_id == track.id, Entry.state == EntryState.APPROVED)
        )
        for entry_id in list(here):
            session().add(
                Arrival(group_id=track.group_id, entry_id=entry_id, at=NOW, by_name="甲检录员")
            )
        session().flush()
        draw_codes(actor("encryptor_a"), track, user("supervisor_a"))
    return [one.code for one in blind_list(world.track_a)]


def seat(world: World, judges: int = 5) -> None:
    """Judges 1 to 5 on the seats 1 to 5."""
    seats = {number: user(f"judge{number}_a").id for number in range(1, judges + 1)}
    with transaction():
        seat_judges(actor("organizer_a"), track_of(world), seats)


def ready_to_mark(world: World) -> list[str]:
    """Everything up to the dealing of the sheets; the codes in order."""
    write_scheme(world)
    codes = draw(world)
    seat(world)
    with transaction():
        open_marking(actor("organizer_a"), track_of(world))
    return codes


def sheet(world: World, judge: int, code: str) -> MarkSheet:
    """The sheet of a judge for a code."""
    seats = {one.seat: one.id for one in seats_of(world.track_a)}
    found = sheet_of(seats[judge], code)
    assert found is not None, (judge, code)
    return found


def tap(aspect_id: int, raw: str | None, *seen: str, op: str = "") -> Tap:
    """A tap with a key of its own; ``seen`` are the keys of the taps it supersedes."""
    key = op or str(uuid.uuid4())
    return Tap(key, aspect_id, None if raw is None else Decimal(raw), frozenset(seen))


def aspect_ids(world: World) -> dict[str, int]:
    """The aspects of the track by code."""
    return {one.code: one.mark_key for one in aspects_of(track_of(world))}


def raws_for(given: Given) -> dict[str, str]:
    """The raw values that make the wanted marks: ``A`` with a level, ``B`` with all else met."""
    mark_a, mark_b, level = Decimal(given[0]), Decimal(given[1]), int(given[2])
    lost_a = Decimal(70) - (mark_a - 10 * level)
    return {
        "A1.1": f"{lost_a * 2:f}",
        "A1.2": str(level),
        "B1.1": f"{(Decimal(100) - mark_b) * 2:f}",
        "B1.2": "31.99",
        "B1.3": "1",
    }


def mark(world: World, judge: int, code: str, given: Given, *, submit: bool = True) -> None:
    """A judge marks one sheet completely and submits it."""
    ids = aspect_ids(world)
    who = actor(f"judge{judge}_a")
    with transaction():
        own = sheet(world, judge, code)
        for aspect, raw in raws_for(given).items():
            save_mark(who, own, tap(ids[aspect], raw))
        if submit:
            submit_sheet(who, own, own.version)


def mark_everything(world: World, given: Mapping[str, Sequence[Given]]) -> None:
    """All judges have marked and submitted: one value per judge for each code.

    The rows are laid down as ``mark`` would leave them; one by one takes a second.
    """
    ids, marks = aspect_ids(world), []
    with transaction():
        track = track_of(world)
        found = session().execute(
            select(MarkSheet, JudgeSeat.seat)
            .join(MarkSheet.seat)
            .where(MarkSheet.track_id == track.id, MarkSheet.code.in_(given))
        )
        for sheet, number in found.all():
            if number > len(given[sheet.code]):
                continue
            raws = raws_for(given[sheet.code][number - 1])
            marks += [
                {
                    "id": new_id(),
                    "group_id": track.group_id,
                    "sheet_id": sheet.id,
                    "aspect_id": ids[aspect],
                    "raw": Decimal(raw),
                    "version": 1,
                    "at": NOW,
                }
                for aspect, raw in raws.items()
            ]
            sheet.state, sheet.submitted_at = SheetState.SUBMITTED, NOW
            sheet.version += len(raws) + 1
        session().execute(insert(Mark), marks)
        session().scalars(select(Scheme).where(Scheme.track_id == track.id)).one().frozen_at = NOW


def same_for_all(codes: Sequence[str]) -> dict[str, list[Given]]:
    """Every judge gives every code the same, each code less than the one before."""
    return {code: [(str(95 - n), str(90 - n), "3")] * 5 for n, code in enumerate(codes)}


def confirm_everything(world: World) -> None:
    """The score clerk has confirmed every submitted sheet; laid down as the action leaves them."""
    with transaction():
        clerk = user("clerk_a")
        session().execute(
            update(MarkSheet)
            .where(MarkSheet.track_id == world.track_a, MarkSheet.state == SheetState.SUBMITTED)
            .values(
                state=SheetState.CONFIRMED,
                confirmed_at=NOW,
                confirmed_by=clerk.name,
                confirmed_by_id=clerk.id,
                version=MarkSheet.version + 1,
            )
        )


def sign(world: World) -> None:
    """The chief judge hands the marks over; with the world's ruleset that locks them too."""
    with transaction():
        sign_off(actor("chief_a"), track_of(world), PASSWORD)


def without_trigger(name: str, table: str) -> None:
    """Take a protection away: the wrong build, in which a test shows that the fault is seen."""
    on = "" if session().get_bind().dialect.name == "sqlite" else f" ON {table}"
    with transaction():
        session().execute(text(f"DROP TRIGGER {name}{on}"))


def thaw(table: str) -> None:
    """Let rows of an append-only table be changed: the wrong build."""
    sqlite = session().get_bind().dialect.name == "sqlite"
    without_trigger(f"{table}_no_update" if sqlite else f"{table}_append_only", table)


def change_rules(world: World, **changes: object) -> None:
    """Other parameters for the track, although its ruleset is frozen since the publication."""
    sqlite = session().get_bind().dialect.name == "sqlite"
    without_trigger("ruleset_frozen_update" if sqlite else "ruleset_frozen", "ruleset")
    change_rules_again(world, **changes)


def change_rules_again(world: World, **changes: object) -> None:
    """Yet other parameters, once ``change_rules`` was used."""
    with transaction():
        track = track_of(world)
        track.ruleset.data = to_plain(replace(competition_rules(track), **changes))


def re_checked(world: World, **changes: object) -> list[str]:
    """Everything up to the handing over of a track whose marks are re-checked; the codes."""
    rules = {"recheck_top": Decimal(30), "recheck_sample": Decimal(15), **changes}
    change_rules(world, **rules)
    codes = ready_to_mark(world)
    mark_everything(world, same_for_all(codes))
    confirm_everything(world)
    with transaction():
        hand_over(actor("chief_a"), track_of(world), PASSWORD)
    return codes


def signed_off(world: World, given: Mapping[str, Sequence[Given]] | None = None) -> list[str]:
    """Everything up to the chief judge's signature; the codes in order."""
    codes = ready_to_mark(world)
    mark_everything(world, given or same_for_all(codes))
    confirm_everything(world)
    sign(world)
    return codes


def opened(world: World) -> list[str]:
    """Everything up to the opening of the map; the codes in order."""
    codes = signed_off(world)
    with transaction():
        open_map(actor("encryptor_a"), track_of(world), user("supervisor_a"))
    return codes


# ---- many entries at once


def lay_down(world: World, entries: int, aspects: int = 4, *, is_open: bool = True) -> None:
    """A track with so many more entries, five judges and all marks, signed off, by bulk inserts."""
    with transaction():
        track = track_of(world)
        ids = [new_id() for _ in range(entries)]
        _entries(track, world, ids)
        codes = [f"Z-{number:04d}" for number in range(entries)]
        _codes(track, dict(zip(codes, ids, strict=True)), is_open=is_open)
        kept = lay_scheme(track, aspects)
        _marks(track, codes, kept)
        dealt = MarkSheet.track_id == track.id
        session().execute(update(MarkSheet).where(dealt).values(state=SheetState.LOCKED))
        marking = session().scalars(select(Marking).where(Marking.track_id == track.id)).one()
        marking.submitted_at = marking.locked_at = NOW


def _entries(track: Track, world: World, ids: Sequence[int]) -> None:
    shared = {
        "group_id": track.group_id,
        "event_id": track.event_id,
        "track_id": track.id,
        "unit_id": world.unit1_a,
        "state": EntryState.APPROVED,
        "team_name": "",
        "reason": "",
        "created_at": NOW,
        "version": 1,
    }
    session().execute(
        insert(Entry), [{"id": key, "number": 100 + n, **shared} for n, key in enumerate(ids)]
    )
    pattern = session().get_one(Person, world.person_entry1_a)
    people = [new_id() for _ in ids]
    session().execute(
        insert(Person),
        [
            {
                "id": key,
                "group_id": track.group_id,
                "name": f"甲选手{n}",
                "unit_id": world.unit1_a,
                "id_kind": pattern.id_kind,
                "id_sealed": pattern.id_sealed,
                "id_index": key.to_bytes(8, "big"),
                "id_masked": "410***",
            }
            for n, key in enumerate(people)
        ],
    )
    session().execute(
        insert(Member),
        [
            {
                "id": new_id(),
                "group_id": track.group_id,
                "entry_id": entry,
                "event_id": track.event_id,
                "person_id": person,
                "role": MemberRole.CONTESTANT,
                "takes_part": True,
                "is_active": True,
                "position": 0,
            }
            for entry, person in zip(ids, people, strict=True)
        ],
    )


def _codes(track: Track, codes: Mapping[str, int], *, is_open: bool) -> None:
    key = new_id()
    session().add(
        CodeDraw(
            id=key,
            group_id=track.group_id,
            track_id=track.id,
            committed_at=NOW,
            drawn_at=NOW,
            opened_at=NOW if is_open else None,
        )
    )
    session().flush()
    session().execute(
        insert(BlindCode),
        [
            {
                "id": new_id(),
                "group_id": track.group_id,
                "draw_id": key,
                "track_id": track.id,
                "code": code,
                "entry_id": entry,
            }
            for code, entry in codes.items()
        ],
    )


def lay_scheme(track: Track, aspects: int) -> list[Aspect]:
    scheme = Scheme(id=new_id(), group_id=track.group_id, track_id=track.id, criteria=[])
    session().add(scheme)
    session().add(Marking(group_id=track.group_id, track_id=track.id, opened_at=NOW))
    each = (Decimal(200) / aspects).quantize(Decimal("0.01"))
    last = Decimal(100) - each * (aspects // 2 - 1)
    for module in ("A", "B"):
        criterion = Criterion(
            id=new_id(),
            group_id=track.group_id,
            module_code=module,
            code=f"{module}1",
            name=module,
            position=1,
            aspects=[],
        )
        scheme.criteria.append(criterion)
        for number in range(aspects // 2):
            criterion.aspects.append(
                Aspect(
                    id=new_id(),
                    group_id=track.group_id,
                    code=f"{module}1.{number}",
                    kind=AspectKind.JUDGEMENT,
                    text="评分点",
                    max_points=last if number == aspects // 2 - 1 else each,
                    spec={"levels": list(LEVELS)},
                    position=number,
                )
            )
    session().flush()
    return [aspect for criterion in scheme.criteria for aspect in criterion.aspects]


def _marks(track: Track, codes: Sequence[str], aspects: Sequence[Aspect]) -> None:
    seats = [
        JudgeSeat(
            id=new_id(),
            group_id=track.group_id,
            track_id=track.id,
            user_id=user(f"judge{number}_a").id,
            seat=number,
        )
        for number in range(1, 6)
    ]
    session().add_all(seats)
    session().flush()
    keys = {(code, one.id): new_id() for code in codes for one in seats}
    shared = {"group_id": track.group_id, "version": 1}
    session().execute(
        insert(MarkSheet),
        [
            {
                "id": key,
                "track_id": track.id,
                "code": code,
                "seat_id": seat_id,
                "state": SheetState.SUBMITTED,
                "returned_reason": "",
                "void_reason": "",
                **shared,
            }
            for (code, seat_id), key in keys.items()
        ],
    )
    session().execute(
        insert(Mark),
        [
            {
                "id": new_id(),
                "sheet_id": key,
                "aspect_id": aspect.id,
                "raw": Decimal((n + m) % 4),
                "at": NOW,
                **shared,
            }
            for n, key in enumerate(keys.values())
            for m, aspect in enumerate(aspects)
        ],
    )
