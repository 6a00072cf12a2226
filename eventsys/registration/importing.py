"""Registration from a spreadsheet: read, look at everything, then enter all of it or nothing."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete

from eventsys import clock
from eventsys.audit.actions import record
from eventsys.db import changed, new_id, session
from eventsys.errors import N_, RuleBroken
from eventsys.events.models import Track
from eventsys.groups.models import Unit
from eventsys.id_numbers import IdKind, normalise_id_number
from eventsys.identity.policy import Actor, authorize
from eventsys.imports import CellProblem
from eventsys.registration.actions import submit_new
from eventsys.registration.admissions import check_way_in
from eventsys.registration.eligibility import check_member, check_window, proposals
from eventsys.registration.models import Entry, ImportDraft
from eventsys.registration.policy import may_confirm_import, may_enter
from eventsys.registration.queries import quota_of
from eventsys.registration.rules import (
    DRAFT_LIFE,
    EntryFacts,
    Given,
    MemberRole,
    Problem,
    QuotaFull,
    TrackFull,
)
from eventsys.registration.tables import HEADINGS, Group, heading, place_of
from eventsys.vault import vault


class ImportUnfit(RuleBroken):
    """Something changed between preview and confirmation; ``problems`` say what, row by row."""

    message = N_("Nothing was entered, because something changed since the preview. See below.")

    def __init__(self, problems: Sequence[CellProblem]) -> None:
        super().__init__()
        self.problems = tuple(problems)


@dataclass(frozen=True)
class Survey:
    """What would be entered, what is registered already, and what stands in the way."""

    new: tuple[Group, ...]
    known: tuple[tuple[Group, Entry], ...]
    problems: tuple[CellProblem, ...]


# ---- looking everything up


def survey(track: Track, unit: Unit, groups: Sequence[Group], *, english: bool = False) -> Survey:
    """Everything that stands in the way of entering these groups for a unit; changes nothing."""
    each = proposals(track, unit, [group.facts for group in groups])
    new: list[Group] = []
    known: list[tuple[Group, Entry]] = []
    problems: list[CellProblem] = []
    for group, proposal in zip(groups, each, strict=True):
        if proposal.same_as is not None:
            known.append((group, proposal.same_as))
            continue
        new.append(group)
        problems += [_cell(group, problem, english) for problem in proposal.problems]
    problems += _no_place_for(track, unit, new)
    return Survey(tuple(new), tuple(known), tuple(sorted(problems, key=place_of)))


def _cell(group: Group, problem: Problem, english: bool) -> CellProblem:
    row = group.rows[problem.at] if problem.at is not None else group.rows[0]
    key = {"team_name": "team"}.get(problem.field or "", problem.field or "")
    column = heading(key, english=english)[0] if key in HEADINGS else ""
    return CellProblem(row, column, problem)


def _no_place_for(track: Track, unit: Unit, new: Sequence[Group]) -> Iterable[CellProblem]:
    """The first entry that does not fit any more, with how many there may be."""
    quota = quota_of(track.id, unit.id)
    used, capacity = (quota.used, quota.capacity) if quota else (0, track.rules.per_unit_quota)
    asked = len(new)
    if used + asked > capacity:
        full: RuleBroken = QuotaFull(
            track=track.name, quota=capacity, unit=unit.name, used=used, asked=asked
        )
        yield CellProblem(new[max(0, capacity - used)].rows[0], "", full)
    if track.used + asked > track.capacity:
        left = max(0, track.capacity - track.used)
        full = TrackFull(track=track.name, capacity=track.capacity, used=track.used, asked=asked)
        yield CellProblem(new[left].rows[0], "", full)


# ---- deeds


def keep_import(
    actor: Actor, track: Track, unit: Unit, file_name: str, groups: Sequence[Group]
) -> ImportDraft:
    """Keep a clean table, sealed, until its owner confirms it; an earlier one is forgotten."""
    authorize(actor, may_enter, unit)
    check_window(track.event)
    check_member(unit)
    check_way_in(track, unit)

    moment = clock.now()
    earlier = delete(ImportDraft).where(
        ImportDraft.owner_id == actor.user_id, ImportDraft.track_id == track.id
    )
    changed(earlier)
    draft = ImportDraft(
        id=new_id(),
        group_id=track.group_id,
        owner_id=actor.user_id or 0,
        track_id=track.id,
        unit_id=unit.id,
        file_name=file_name[:200],
        sealed=vault().seal(_written(groups)),
        created_at=moment,
        expires_at=moment + DRAFT_LIFE,
    )
    session().add(draft)
    session().flush()

    record(actor, "import.previewed", draft, track=track.code, entries=len(groups))
    return draft


def groups_of(draft: ImportDraft) -> list[Group]:
    """The groups of a kept table."""
    return [
        Group(
            EntryFacts(
                tuple(_given(*one) for one in group["people"]), team_name=group["team_name"]
            ),
            tuple(group["rows"]),
        )
        for group in json.loads(vault().open(draft.sealed))
    ]


def confirm_import(actor: Actor, draft: ImportDraft) -> int:
    """Enter and submit everything of a kept table that is not registered yet; says how many."""
    authorize(actor, may_confirm_import, draft)
    track, unit = draft.track, draft.unit
    check_window(track.event)
    found = survey(track, unit, groups_of(draft))
    if found.problems:
        raise ImportUnfit(found.problems)

    entries = submit_new(actor, track, unit, [group.facts for group in found.new])
    session().delete(draft)

    record(actor, "import.confirmed", track, entries=len(entries), known=len(found.known))
    return len(entries)


def discard_import(actor: Actor, draft: ImportDraft) -> None:
    """Throw a kept table away."""
    authorize(actor, may_confirm_import, draft)

    session().delete(draft)

    record(actor, "import.discarded", draft)


def forget_imports(moment: datetime) -> int:
    """Throw away every kept table whose hour is over; says how many."""
    return changed(delete(ImportDraft).where(ImportDraft.expires_at <= moment))


def _written(groups: Sequence[Group]) -> str:
    return json.dumps(
        [
            {
                "team_name": group.facts.team_name,
                "rows": group.rows,
                "people": [
                    (
                        one.role.value,
                        one.name,
                        one.id_number.kind.value,
                        one.id_number.value,
                        one.phone,
                    )
                    for one in group.facts.people
                    if one.id_number is not None
                ],
            }
            for group in groups
        ],
        ensure_ascii=False,
    )


def _given(role: str, name: str, kind: str, value: str, phone: str) -> Given:
    number = normalise_id_number(value, clock.today(), IdKind(kind))
    return Given(MemberRole(role), name, number, phone)
