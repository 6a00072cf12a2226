"""The people who serve at the planned events: who they are, when they can come, whom they know."""

from collections.abc import Sequence
from dataclasses import dataclass

from eventsys.demo.accounts import PASSWORD
from eventsys.demo.founding import account, acting, units_of_demo
from eventsys.duties.actions import enlist, say_when
from eventsys.duties.rules import Office, Stretch
from eventsys.events.models import Event, Track
from eventsys.groups.models import Group
from eventsys.identity.actions import ALWAYS, add_grant, add_user, hash_password
from eventsys.identity.models import User
from eventsys.identity.rules import Role, Scope, ScopeKind
from eventsys.panels.actions import keep_card
from eventsys.panels.recusal_actions import DeclaredFacts, declare_for
from eventsys.panels.rules import Card, Relation, Title

NOON = 12 * 60


@dataclass(frozen=True)
class Expert:
    """A judge: sign-in name, name, the school they work for by its place in the list, or where."""

    username: str
    name: str
    school: int | None
    employer: str = ""
    title: Title = Title.INTERMEDIATE
    is_chief: bool = False


EXPERTS = (
    Expert("zhuanjia01", "阎伟民", 16, title=Title.SENIOR, is_chief=True),
    Expert("zhuanjia02", "褚红梅", 17, title=Title.ASSOCIATE_SENIOR),
    Expert("zhuanjia03", "卫东升", 18),
    Expert("zhuanjia04", "蒋文静", None, "郑州大学", Title.ASSOCIATE_SENIOR),
    Expert("zhuanjia05", "韩国强", 19, title=Title.SENIOR, is_chief=True),
    Expert("zhuanjia06", "尤晓东", 20, title=Title.SENIOR_TECHNICIAN),
    Expert("zhuanjia07", "施玉兰", 21),
    Expert("zhuanjia08", "孔令辉", None, "中原数控装备有限公司", Title.TECHNICIAN),
    Expert("zhuanjia09", "戚建新", 22, title=Title.ASSOCIATE_SENIOR, is_chief=True),
    Expert("zhuanjia10", "邹丽萍", 23),
    Expert("zhuanjia11", "柏志远", None, "河南工业大学", Title.ASSOCIATE_SENIOR),
    Expert("zhuanjia12", "窦春燕", 16),
    Expert("zhuanjia13", "章宏伟", 3, title=Title.ASSOCIATE_SENIOR),
)
"""The last works for a school that takes part, and so judges nowhere in the contest."""
RELATED, AWAY = "zhuanjia11", "zhuanjia07"
INVIGILATORS = (("jiankao1", "苗玉华"), ("jiankao2", "凌志明"), ("jiankao3", "霍建军"))
LECTURERS = (("jiangshi1", "陈立平"), ("jiangshi2", "云雪莲"), ("jiangshi3", "方振华"))
TUESDAY, FRIDAY = 1, 4


def appoint(group: Group, tracks: Sequence[Track], related: int) -> None:
    """Judges at every track with their cards, one who coached the school ``related`` before."""
    hashed, organizer = hash_password(PASSWORD), acting("zuzhi")
    schools = units_of_demo()
    for one in EXPERTS:
        user = add_user(one.username, one.name, hashed, group_id=group.id)
        role = Role.CHIEF_JUDGE if one.is_chief else Role.JUDGE
        for track in tracks:
            add_grant(user, group.id, role, Scope(ScopeKind.TRACK, track.id), ALWAYS, None)
        employer = schools[one.school].id if one.school is not None else None
        keep_card(organizer, tracks[0], user, Card(one.employer, employer, one.title))
    unit = schools[related].id
    facts = DeclaredFacts(Relation.FORMER_COACH, unit, "", "2023 年前曾任该校代表队教练")
    declare_for(organizer, tracks[0], account(RELATED), facts)


def list_invigilators(group: Group, event: Event) -> list[User]:
    """Invigilators on the list of the whole event."""
    return _listed(group, event, INVIGILATORS, Office.INVIGILATOR)


def list_lecturers(group: Group, event: Event) -> list[User]:
    """Lecturers of a class: one comes on Tuesdays only, one never on Friday afternoons."""
    found = _listed(group, event, LECTURERS, Office.LECTURER)
    organizer = acting("zuzhi")
    say_when(organizer, found[0], Stretch(can=True, weekday=TUESDAY), "企业专家，仅周二可授课")
    friday = Stretch(can=False, weekday=FRIDAY, from_minute=NOON)
    say_when(organizer, found[1], friday, "周五下午校内例会")
    return found


def _listed(
    group: Group, event: Event, people: Sequence[tuple[str, str]], office: Office
) -> list[User]:
    hashed = hash_password(PASSWORD)
    users = [add_user(username, name, hashed, group_id=group.id) for username, name in people]
    for user in users:
        enlist(acting("zuzhi"), event, user, office)
    return users
