"""Rows that only the matrix needs: one of every thing an address can name, in both groups."""

from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select, update

from eventsys.attendance.models import Arrival
from eventsys.certificates.models import Certificate
from eventsys.db import enter_group, leave_groups, session, transaction
from eventsys.draws.models import BlindCode, CodeDraw
from eventsys.fees.models import Negotiation
from eventsys.fees.states import ExamForm
from eventsys.identity.models import Invitation, LoginSession, RoleGrant
from eventsys.identity.rules import Role, ScopeKind
from eventsys.notifications.models import Message
from eventsys.notifications.rules import MessageKind
from eventsys.panels.models import JudgeSeat
from eventsys.registration.models import ImportDraft
from eventsys.results.models import Publication, ResultRow
from eventsys.results.states import Outcome
from eventsys.schemes.aspects import AspectKind
from eventsys.schemes.models import Aspect, Criterion, Scheme
from eventsys.scoring.models import MarkSheet
from eventsys.tasks.models import Task
from eventsys.tasks.rules import TaskKind, TaskState
from eventsys.timetable.models import Placement, Session
from eventsys.vault import vault
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
            builder.paper_things()
    leave_groups()


class More(GroupBuilder):
    """The rest of a group."""

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

    def scoring_things(self) -> None:
        track_id = self.id_of("track")
        draw = self.keep(
            "draw",
            CodeDraw(
                track_id=track_id,
                commitment="0" * 64,
                seed_sealed=vault().seal("seed"),
                committed_at=NOW,
                drawn_at=NOW,
                drawn_by="加密裁判",
                witness="监督员",
            ),
        )
        self.keep(
            "code",
            BlindCode(draw_id=draw.id, track_id=track_id, code=CODE, entry_id=self.id_of("entry1")),
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
        self.keep("sheet", MarkSheet(track_id=track_id, code=CODE, seat_id=seat.id))

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
