"""The small world of the tests: two groups alike, with the same kinds of people and things.

Everything in group A has a twin in group B whose texts carry another marker (甲 and 乙), so that
anything of B that shows up for people of A is seen at once. Rows are laid down as the actions leave
them; what the actions themselves do is tested elsewhere.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from eventsys.catalogue.models import CertificateLevel, SkillCertificate
from eventsys.catalogue.rules import LEVELS, CertificateSystem
from eventsys.db import enter_group, leave_groups, new_id, session, transaction
from eventsys.events.models import Event, Ruleset, Track
from eventsys.events.rules import (
    CompetitionRules,
    EventKind,
    EventState,
    ExamRules,
    HalfDay,
    ModuleRule,
    PartRule,
    Rules,
    TrainingRules,
    digest_of,
    to_plain,
)
from eventsys.groups.actions import (
    FirstAdmin,
    GroupFacts,
    UnitFacts,
    add_platform_admin,
    admit_unit,
    found_group,
)
from eventsys.groups.rules import MemberRole as UnitRole
from eventsys.groups.rules import UnitKind
from eventsys.id_numbers import normalise_id_number
from eventsys.identity import actions as identity
from eventsys.identity.models import User
from eventsys.identity.policy import System
from eventsys.identity.rules import Role, Scope, ScopeKind
from eventsys.registration.models import Entry, Member, UnitQuota
from eventsys.registration.rules import EntryState, MemberRole
from eventsys.timetable.models import Room, Station, Venue

PASSWORD = "zheli-shi-mima-2026"
NOW = datetime.now(UTC)
TODAY = NOW.date()
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
DIGITS = "一二三四五六七八九十"


@dataclass
class World:
    """Ids by name; names end in ``_a`` or ``_b`` for the two groups."""

    ids: dict[str, int] = field(default_factory=dict)

    def __getattr__(self, name: str) -> int:
        try:
            return self.ids[name]
        except KeyError:
            raise AttributeError(name) from None


def build_world() -> World:
    """Both groups with everything in them."""
    world = World()
    hashed = identity.hash_password(PASSWORD)
    with transaction():
        add_platform_admin(System(), FirstAdmin("root", "平台管理员", PASSWORD))
    for mark in ("a", "b"):
        _build_group(world, mark)
        builder = GroupBuilder(world, mark, hashed)
        with transaction():
            builder.build()
    leave_groups()
    return world


def _build_group(world: World, mark: str) -> None:
    name = {"a": "甲", "b": "乙"}[mark]
    with transaction():
        group, _admin = found_group(
            System(),
            GroupFacts(f"{name}职业教育集团", f"Group {mark.upper()}", "河南省"),
            FirstAdmin(f"admin_{mark}", f"{name}管理员", PASSWORD),
        )
        world.ids[f"group_{mark}"] = group.id
    enter_group(world.ids[f"group_{mark}"])


def id_number(area: int, born: date, order: int) -> str:
    """A synthetic identity number with the right check digit."""
    body = f"{area:06d}{born:%Y%m%d}{order:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


@dataclass
class GroupBuilder:
    """Lays down one group's rows."""

    world: World
    mark: str
    hashed: str
    people: int = 0

    @property
    def group_id(self) -> int:
        return self.world.ids[f"group_{self.mark}"]

    @property
    def name(self) -> str:
        return {"a": "甲", "b": "乙"}[self.mark]

    def id_of(self, name: str) -> int:
        return self.world.ids[f"{name}_{self.mark}"]

    def keep(self, name: str, row: Any) -> Any:
        """Store a row under a name."""
        row.id = new_id()
        row.group_id = self.group_id
        session().add(row)
        session().flush()
        self.world.ids[f"{name}_{self.mark}"] = row.id
        return row

    def build(self) -> None:
        self.units()
        self.events()
        self.entries()
        self.places()
        self.accounts()

    def units(self) -> None:
        actor = identity.as_group(System(), self.group_id)
        kinds = [
            (UnitKind.HIGHER_VOCATIONAL, "职业技术学院"),
            (UnitKind.HIGHER_VOCATIONAL, "工业学院"),
            (UnitKind.SECONDARY_VOCATIONAL, "中等专业学校"),
            (UnitKind.ISSUER, "评价组织"),
        ]
        for number, (kind, title) in enumerate(kinds, start=1):
            facts = UnitFacts(
                f"{self.mark.upper()}{number:03d}", f"{self.name}{title}", kind, "郑州市"
            )
            unit = admit_unit(actor, self.group_id, facts, UnitRole.MEMBER, date(2024, 1, 1))
            self.world.ids[f"unit{number}_{self.mark}"] = unit.id
        system = CertificateSystem.ONE_PLUS_X
        certificate = self.keep(
            "certificate",
            SkillCertificate(
                code="MV",
                name=f"{self.name}机器视觉系统应用",
                name_en="Machine vision",
                system=system,
                issuer_id=self.id_of("unit4"),
            ),
        )
        for level in LEVELS[system]:
            session().add(
                CertificateLevel(
                    group_id=self.group_id,
                    certificate_id=certificate.id,
                    code=level.code,
                    rank=level.rank,
                    name=level.name,
                    name_en=level.name_en,
                )
            )

    def events(self) -> None:
        modules = (
            ModuleRule("A", "工艺准备与编程", "Planning", Decimal(40), Decimal(100)),
            ModuleRule("B", "零件加工与检测", "Machining and measuring", Decimal(60), Decimal(100)),
        )
        # nothing is re-checked, so that a signature locks at once; tests of the re-check ask for it
        contest = CompetitionRules(
            *(25, TODAY, 4, 1, 1, 2, modules, 5),
            tie_break=("B", "A"),
            recheck_top=Decimal(0),
            recheck_sample=Decimal(0),
            notice_minutes=0,
        )
        team = replace(contest, per_unit_quota=2, team_min=2, team_max=2)
        days = [TODAY, TODAY + timedelta(days=1)]
        half_days = tuple(
            HalfDay(day, part, Decimal(4), "教学设计") for day in days for part in ("am", "pm")
        )
        parts = (
            PartRule("T", "理论", "Theory", Decimal(100), Decimal("0.4"), Decimal(60)),
            PartRule("P", "实操", "Practice", Decimal(100), Decimal("0.6"), Decimal(60)),
        )
        exam = ExamRules(
            self.id_of("certificate"), "2", TODAY, 20, 100, "composite", Decimal(60), parts
        )
        self.event("competition", EventKind.COMPETITION, f"{self.name}技能大赛")
        self.track("track", "competition", f"{self.name}数控多轴加工技术", contest, 30)
        self.track("team_track", "competition", f"{self.name}移动应用开发", team, 20)
        self.event("training", EventKind.TRAINING, f"{self.name}双师型培训")
        self.track(
            "class", "training", f"{self.name}双师型一班", TrainingRules(5, 40, half_days), 40
        )
        self.event("exam", EventKind.EXAM, f"{self.name}1+X考核")
        self.track("exam_track", "exam", f"{self.name}机器视觉（中级）", exam, 100)

    def event(self, key: str, kind: EventKind, name: str) -> None:
        self.keep(
            key,
            Event(
                kind=kind,
                state=EventState.PUBLISHED,
                code=f"{key.upper()}-2026",
                name=name,
                name_en=f"{key} {self.mark}",
                host_id=self.id_of("unit1"),
                registration_opens_at=NOW - timedelta(days=30),
                registration_closes_at=NOW + timedelta(days=10),
                starts_on=TODAY,
                ends_on=TODAY + timedelta(days=1),
                published_at=NOW - timedelta(days=30),
            ),
        )

    def track(self, key: str, event: str, name: str, rules: Rules, capacity: int) -> None:
        track = self.keep(
            key,
            Track(
                event_id=self.id_of(event),
                code=key,
                name=name,
                name_en=f"{key} {self.mark}",
                division="高职组",
                capacity=capacity,
                used=0,
                last_number=0,
            ),
        )
        self.keep(
            f"ruleset_{key}",
            Ruleset(
                track_id=track.id,
                data=to_plain(rules),
                frozen_at=NOW,
                digest=digest_of(to_plain(rules)),
            ),
        )

    def entries(self) -> None:
        contestant, trainee, candidate = (
            MemberRole.CONTESTANT,
            MemberRole.TRAINEE,
            MemberRole.CANDIDATE,
        )
        for number in range(1, 7):
            unit = "unit1" if number <= 3 else "unit2"
            self.entry(f"entry{number}", "competition", "track", unit, contestant)
        self.entry("draft_entry", "competition", "track", "unit1", contestant, EntryState.DRAFT)
        for number in range(1, 4):
            unit = "unit1" if number <= 2 else "unit2"
            self.entry(f"trainee{number}", "training", "class", unit, trainee)
        for number in range(1, 5):
            unit = "unit1" if number <= 2 else "unit2"
            self.entry(f"candidate{number}", "exam", "exam_track", unit, candidate)

    def entry(
        self,
        key: str,
        event: str,
        track: str,
        unit: str,
        role: MemberRole,
        state: EntryState = EntryState.APPROVED,
    ) -> None:
        kept = session().get_one(Track, self.id_of(track))
        kept.last_number += 1
        counts = state is not EntryState.DRAFT
        kept.used += counts
        entry = self.keep(
            key,
            Entry(
                event_id=self.id_of(event),
                track_id=kept.id,
                unit_id=self.id_of(unit),
                number=kept.last_number,
                state=state,
                created_at=NOW,
                submitted_at=NOW if counts else None,
                decided_at=NOW if counts else None,
            ),
        )
        person = self.person(key, unit)
        self.keep(
            f"member_{key}",
            Member(
                entry_id=entry.id,
                event_id=entry.event_id,
                person_id=person,
                role=role,
                takes_part=True,
                is_active=counts,
            ),
        )
        if counts:
            self.take_quota(kept, entry.unit_id)

    def take_quota(self, track: Track, unit_id: int) -> None:
        found = session().query(UnitQuota).filter_by(track_id=track.id, unit_id=unit_id).first()
        if found is None:
            capacity = track.ruleset.data["per_unit_quota"]
            found = UnitQuota(
                id=new_id(),
                group_id=self.group_id,
                track_id=track.id,
                unit_id=unit_id,
                capacity=capacity,
                used=0,
            )
            session().add(found)
        found.used += 1
        session().flush()

    def person(self, key: str, unit: str) -> int:
        self.people += 1
        number = id_number(410105, date(2005, 1, self.people), self.people)
        facts = identity.PersonFacts(
            f"{self.name}{SURNAMES[self.people % 16]}{DIGITS[self.people % 10]}",
            normalise_id_number(number, TODAY),
            self.id_of(unit),
        )
        actor = identity.as_group(System(), self.group_id)
        person = identity.register_person(actor, self.group_id, facts)
        self.world.ids[f"person_{key}_{self.mark}"] = person.id
        return person.id

    def places(self) -> None:
        venue = self.keep("venue", Venue(name=f"{self.name}实训中心", address="郑州市"))
        room = self.keep("room", Room(venue_id=venue.id, name=f"{self.name}一号车间"))
        for number in range(1, 11):
            self.keep(
                f"station{number}",
                Station(room_id=room.id, label=f"{number:02d}", is_spare=number == 10),
            )

    def accounts(self) -> None:
        whole = Scope(ScopeKind.GROUP, self.group_id)
        track = Scope(ScopeKind.TRACK, self.id_of("track"))
        contest = Scope(ScopeKind.EVENT, self.id_of("competition"))
        self.account("organizer", "组织者", Role.ORGANIZER, whole)
        training = Scope(ScopeKind.EVENT, self.id_of("training"))
        self.account("organizer2", "培训组织者", Role.ORGANIZER, training)
        for number in (1, 2):
            unit = Scope(ScopeKind.UNIT, self.id_of(f"unit{number}"))
            self.account(f"leader{number}", f"领队{number}", Role.TEAM_LEADER, unit)
        self.account("office", "证书办", Role.CERTIFICATE_OFFICE, whole)
        for number in range(1, 6):
            self.account(f"judge{number}", f"裁判{number}", Role.JUDGE, track)
        self.account("chief", "裁判长", Role.CHIEF_JUDGE, track)
        self.account("encryptor", "加密裁判", Role.ENCRYPTION_JUDGE, contest)
        self.account("supervisor", "监督员", Role.SUPERVISOR, contest)
        self.account("steward", "检录员", Role.STEWARD, contest)
        for number in (2, 3):
            self.account(f"encryptor{number}", f"加密裁判{number}", Role.ENCRYPTION_JUDGE, contest)
        self.account("supervisor2", "监督员二", Role.SUPERVISOR, contest)
        self.account("floor", "现场裁判", Role.FLOOR_JUDGE, contest)
        self.account("clerk", "统分员", Role.SCORE_CLERK, track)
        self.account("clerk2", "统分员二", Role.SCORE_CLERK, track)
        exam = Scope(ScopeKind.EVENT, self.id_of("exam"))
        self.account("assessor", "考评员", Role.ASSESSOR, exam)
        user = self.account("participant", "选手", Role.PARTICIPANT, whole)
        user.person_id = self.id_of("person_entry1")

    def account(self, key: str, title: str, role: Role, scope: Scope) -> User:
        user = identity.add_user(
            f"{key}_{self.mark}", f"{self.name}{title}", self.hashed, group_id=self.group_id
        )
        identity.add_grant(user, self.group_id, role, scope, identity.ALWAYS, None)
        self.world.ids[f"{key}_{self.mark}"] = user.id
        return user
