"""Rows that only the matrix needs: one of every thing an address can name, in both groups."""

from datetime import timedelta
from decimal import Decimal

from flask import current_app
from sqlalchemy import select, update

from eventsys.appeals.models import Appeal, AppealMember, AppealPaper, Ruling
from eventsys.appeals.states import AppealState, Consequence, Ground
from eventsys.appeals.states import Outcome as RulingOutcome
from eventsys.attendance.models import Arrival
from eventsys.boards.models import Board
from eventsys.certificates.models import Certificate
from eventsys.db import enter_group, leave_groups, session, transaction
from eventsys.draws.models import BlindCode, CodeDraw, LevelDraw, Lot
from eventsys.draws.rules import Level
from eventsys.duties.models import Availability, Duty, Enlisted
from eventsys.duties.rules import Office
from eventsys.events.models import Event
from eventsys.fees.models import Negotiation
from eventsys.fees.states import ExamForm
from eventsys.identity.models import Invitation, LoginSession, RoleGrant
from eventsys.identity.rules import Role, ScopeKind
from eventsys.incidents.models import Incident
from eventsys.incidents.states import IncidentKind
from eventsys.notifications.models import Message
from eventsys.notifications.rules import MessageKind
from eventsys.panels.models import Declaration, JudgeSeat
from eventsys.panels.rules import Relation
from eventsys.paper.models import PaperScan
from eventsys.paper.rules import ScanKind
from eventsys.plans.models import PlanItem, PlanNeed, PlanRun
from eventsys.rechecks.models import Recheck, RecheckItem
from eventsys.rechecks.rules import Why
from eventsys.registration.models import ImportDraft
from eventsys.releases.models import PlanVersion
from eventsys.results.models import Publication, ResultRow
from eventsys.results.states import Outcome
from eventsys.schemes.aspects import AspectKind
from eventsys.schemes.models import Aspect, Criterion, Scheme
from eventsys.scoring.models import CorrectionRequest, Marking, MarkSheet
from eventsys.tasks.models import Task
from eventsys.tasks.rules import TaskKind, TaskState
from eventsys.timetable.models import Placement, RoomClosure, Session
from eventsys.timetable.states import Purpose
from eventsys.vault import vault
from eventsys.works.files import keep_file
from eventsys.works.models import HandIn, Work, WorkSlot
from tests.world import NOW, TODAY, GroupBuilder, World

CODE = "K-0001"
LATER = NOW + timedelta(days=1)
FACTS = ("unit", "event", "event_en", "track", "track_en", "award", "award_en", "issuer_en")
DOCUMENT = {
    "holder": "某人",
    "number": "P-1",
    "issued_on": TODAY.isoformat(),
    "facts": dict.fromkeys(FACTS, "某事") | {"issued_on": TODAY.isoformat()},
}


def add_everything(world: World) -> None:
    """Both groups, alike."""
    for mark in ("a", "b"):
        enter_group(world.ids[f"group_{mark}"])
        with transaction():
            builder = More(world, mark, "")
            builder.accounts_things()
            builder.places_things()
            builder.scoring_things()
            for track in ("track", "team_track"):
                builder.check_things(track)
            builder.work_things()
            builder.paper_things()
            builder.dispute_things()
            builder.boards()
            builder.plan_items()
            builder.plan_versions()
    leave_groups()


class More(GroupBuilder):
    """The rest of a group."""

    def plan_items(self) -> None:
        item = PlanItem(
            event_id=self.id_of("competition"), track_id=self.id_of("track"), name="K1", minutes=60
        )
        self.keep("plan_item", item)
        self.keep(
            "plan_need",
            PlanNeed(
                event_id=item.event_id,
                track_id=item.track_id,
                minutes=60,
                at_once=10,
                purpose=Purpose.PRACTICE,
            ),
        )
        self.keep(
            "plan_run",
            PlanRun(
                event_id=item.event_id,
                owner_id=self.id_of("organizer"),
                language="zh",
                seconds=10,
                seed=1,
                created_at=NOW,
            ),
        )
        self.keep("duty", Duty(session_id=self.id_of("session"), office=Office.JUDGE, seat=1))
        judge = self.id_of("judge1")
        self.keep("enlisted", Enlisted(event_id=item.event_id, user_id=judge, office=Office.JUDGE))
        self.keep(
            "own_time",
            Availability(user_id=judge, can=False, weekday=1, by="裁判", by_id=judge, at=NOW),
        )

    def plan_versions(self) -> None:
        version = PlanVersion(
            event_id=self.id_of("competition"), number=1, name="初稿", made_at=NOW, made_by="组织者"
        )
        self.keep("plan_version", version)

    def boards(self) -> None:
        for event in session().scalars(select(Event).where(Event.group_id == self.group_id)):
            self.keep(f"board_of_{event.code}", Board(event_id=event.id, is_shown=True))

    def accounts_things(self) -> None:
        leader, organizer = self.id_of("leader1"), self.id_of("organizer")
        grant = session().scalars(select(RoleGrant.id).where(RoleGrant.user_id == leader)).one()
        self.world.ids[f"grant_{self.mark}"] = grant
        login = LoginSession(
            id=self.world.ids[f"leader1_{self.mark}"] + 1,
            token_hash=f"login-{self.mark}",
            user_id=leader,
            created_at=NOW,
            seen_at=NOW,
            device="",
            source="",
        )
        session().add(login)
        self.world.ids[f"login_{self.mark}"] = login.id
        self.keep(
            "message",
            Message(
                user_id=leader, kind=MessageKind.FILE_READY, facts={"name": "x"}, created_at=NOW
            ),
        )
        self.keep(
            "invitation",
            Invitation(
                token_hash=f"invitation-{self.mark}",
                name="某人",
                role=Role.TEAM_LEADER,
                scope_kind=ScopeKind.UNIT,
                scope_id=self.id_of("unit1"),
                created_at=NOW,
                expires_at=LATER,
            ),
        )
        self.keep(
            "task",
            Task(
                owner_id=organizer,
                kind=TaskKind.ENTRIES_XLSX,
                payload={},
                title="x",
                language="zh",
                state=TaskState.RUNNING,
                created_at=NOW,
                expires_at=LATER,
            ),
        )
        self.keep(
            "draft",
            ImportDraft(
                owner_id=leader,
                track_id=self.id_of("track"),
                unit_id=self.id_of("unit1"),
                file_name="x.xlsx",
                sealed=vault().seal("[]"),
                created_at=NOW,
                expires_at=LATER,
            ),
        )
        self.keep(
            "negotiation",
            Negotiation(
                code="N-1",
                certificate_id=self.id_of("certificate"),
                exam_form=ExamForm.COMPUTER,
                region="河南省",
                created_at=NOW,
            ),
        )

    def places_things(self) -> None:
        held = self.keep(
            "session",
            Session(
                track_id=self.id_of("track"),
                room_id=self.id_of("room"),
                name="第一场",
                starts_at=NOW,
                ends_at=NOW + timedelta(hours=4),
            ),
        )
        self.keep(
            "placement",
            Placement(
                session_id=held.id,
                station_id=self.id_of("station1"),
                entry_id=self.id_of("entry1"),
            ),
        )
        self.keep("arrival", Arrival(entry_id=self.id_of("entry1"), at=NOW, by_name="检录员"))
        self.keep("closure", RoomClosure(room_id=self.id_of("room"), starts_at=NOW, ends_at=LATER))

    def scoring_things(self) -> None:
        track_id = self.id_of("track")
        draw = self.keep(
            "draw",
            CodeDraw(
                track_id=track_id,
                committed_at=NOW,
                drawn_at=NOW,
            ),
        )
        level = self.keep(
            "level",
            LevelDraw(
                draw_id=draw.id,
                track_id=track_id,
                level=Level.WORK,
                position=1,
                commitment="0" * 64,
                seed_sealed=vault().seal("seed"),
                pool=[],
                drawn_at=NOW,
                drawn_by_id=self.id_of("encryptor"),
                drawn_by="加密裁判",
                witness="监督员",
            ),
        )
        self.keep(
            "lot",
            Lot(
                level_draw_id=level.id,
                track_id=track_id,
                source="001",
                number=CODE,
                entry_id=self.id_of("entry1"),
            ),
        )
        self.keep(
            "code",
            BlindCode(draw_id=draw.id, track_id=track_id, code=CODE),
        )
        scheme = self.keep("scheme", Scheme(track_id=track_id, criteria=[]))
        criterion = self.keep(
            "criterion",
            Criterion(scheme_id=scheme.id, module_code="A", code="A1", name="工艺", position=1),
        )
        self.keep(
            "aspect",
            Aspect(
                criterion_id=criterion.id,
                code="A1-1",
                kind=AspectKind.CHECK,
                text="标注",
                max_points=Decimal(40),
                spec={},
                position=1,
            ),
        )
        seat = self.keep("seat", JudgeSeat(track_id=track_id, user_id=self.id_of("judge1"), seat=1))
        sheet = self.keep("sheet", MarkSheet(track_id=track_id, code=CODE, seat_id=seat.id))
        self.keep(
            "scan",
            PaperScan(
                track_id=track_id,
                sheet_id=sheet.id,
                version=1,
                kind=ScanKind.PDF,
                file_path="paper/lost",
                file_hash="0" * 64,
                received_hash="0" * 64,
                size=1,
                uploaded_at=NOW,
                uploaded_by="记分员",
            ),
        )
        self.keep(
            "declaration",
            Declaration(
                track_id=track_id,
                user_id=self.id_of("judge1"),
                relation=Relation.KINSHIP,
                person_name="某人",
                by_name="裁判",
                at=NOW,
            ),
        )

    def check_things(self, track: str) -> None:
        """Handed over, one code to re-check, one correction asked for, on each of two tracks."""
        track_id = self.id_of(track)
        sheet_of = select(MarkSheet).where(MarkSheet.track_id == track_id)
        sheet = session().scalars(sheet_of).first()
        if sheet is None:
            judge = self.id_of("judge1")
            seat = self.keep(f"seat_{track}", JudgeSeat(track_id=track_id, user_id=judge, seat=1))
            sheet = self.keep(
                f"sheet_{track}", MarkSheet(track_id=track_id, code=CODE, seat_id=seat.id)
            )
        facts = {"track_id": track_id, "opened_at": NOW, "submitted_at": NOW}
        self.keep(f"marking_{track}", Marking(submitted_by="裁判长", **facts))
        drawn = Recheck(track_id=track_id, made_at=NOW, seed="0" * 64, codes=1)
        recheck = self.keep(f"recheck_{track}", drawn)
        item = RecheckItem(recheck_id=recheck.id, round=1, code=CODE, why=Why.TOP)
        self.keep(f"recheck_item_{track}", item)
        self.keep(
            f"correction_{track}",
            CorrectionRequest(
                track_id=track_id,
                number=1,
                sheet_id=sheet.id,
                aspect_id=1,
                old=Decimal(0),
                new=Decimal(1),
                reason="录入有误",
                requested_at=NOW,
                requested_by_id=self.id_of("clerk2"),
                requested_by="统分员",
                by_chief=False,
            ),
        )

    def work_things(self) -> None:
        track_id = self.id_of("track")
        slot = self.keep(
            "work_slot",
            WorkSlot(
                track_id=track_id,
                code="A1",
                name="图纸",
                extensions=["txt"],
                most_megabytes=1,
                is_remote=False,
            ),
        )
        path = keep_file(current_app.extensions["settings"].files_dir, b"G01 X0")
        self.keep(
            "work",
            Work(
                track_id=track_id,
                slot_id=slot.id,
                entry_id=self.id_of("entry1"),
                version=1,
                extension="txt",
                path=path,
                size=6,
                received="0" * 64,
                stored="0" * 64,
                at=NOW,
                by_name="现场裁判",
            ),
        )
        self.keep("hand_in", HandIn(track_id=track_id, closed_at=NOW, closed_by="现场裁判"))

    def dispute_things(self) -> None:
        track_id = self.id_of("track")
        self.keep(
            "incident",
            Incident(
                track_id=track_id,
                number=1,
                op=f"{self.mark}-1",
                station="01",
                entry_id=self.id_of("entry1"),
                kind=IncidentKind.LEFT_ROOM,
                starts_at=NOW,
                recorded_at=NOW,
                recorded_by="现场裁判",
            ),
        )
        for number in (1, 4):
            self.appeal(track_id, number)

    def appeal(self, track_id: int, number: int) -> None:
        appeal = self.keep(
            f"appeal{number}",
            Appeal(
                track_id=track_id,
                entry_id=self.id_of(f"entry{number}"),
                number=number,
                state=AppealState.LODGED,
                ground=Ground.STAFF,
                text="申诉内容",
                lodged_at=NOW,
                lodged_by="领队",
                respond_by=LATER,
            ),
        )
        self.keep(
            f"appeal_paper{number}",
            AppealPaper(
                appeal_id=appeal.id,
                name="a.pdf",
                media_type="application/pdf",
                size=5,
                digest="0" * 64,
                content=b"%PDF-",
                at=NOW,
            ),
        )
        self.keep(
            f"appeal_member{number}",
            AppealMember(
                appeal_id=appeal.id,
                level=1,
                position=1,
                user_id=self.id_of("supervisor"),
                name="监督员",
                named_at=NOW,
                named_by="组织者",
            ),
        )
        self.keep(
            f"ruling{number}",
            Ruling(
                appeal_id=appeal.id,
                level=1,
                outcome=RulingOutcome.DISMISSED,
                votes_for=0,
                votes_against=1,
                members="监督员",
                reasons="理由",
                consequence=Consequence.NOTHING,
                is_last=False,
                ruled_at=NOW,
                ruled_by="监督员",
                digest="0" * 64,
            ),
        )

    def paper_things(self) -> None:
        for track in ("track", "team_track"):
            publication = self.keep(
                "publication",
                Publication(
                    track_id=self.id_of(track),
                    drawn_up_at=NOW,
                    drawn_up_by="组织者",
                    due_at=NOW,
                    digest="0" * 64,
                ),
            )
        self.keep(
            "row",
            ResultRow(
                publication_id=publication.id,
                entry_id=self.id_of("entry1"),
                position=1,
                place=1,
                total=Decimal(90),
                parts={},
                outcome=Outcome.FIRST,
            ),
        )
        session().execute(update(Publication).values(public_at=NOW))
        for number in (1, 4):
            self.keep(
                f"paper{number}",
                Certificate(
                    token=f"paper-{self.mark}-{number}",
                    number=f"P-{number}",
                    track_id=self.id_of("track"),
                    entry_id=self.id_of(f"entry{number}"),
                    person_id=self.id_of(f"person_entry{number}"),
                    issued_on=TODAY,
                    issued_at=NOW,
                    document=DOCUMENT,
                    key_id="k",
                    signature="s",
                ),
            )
