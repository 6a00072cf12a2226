"""The printed accounts of the demo: sign-in name, invented person, what they are."""

from dataclasses import dataclass

from eventsys.errors import N_
from eventsys.identity.rules import Role

PASSWORD = "saixunzheng-yanshi"  # noqa: S105  printed on purpose


@dataclass(frozen=True)
class DemoAccount:
    """An account, its role, and where it holds (``unit:0``, ``track:each``)."""

    username: str
    name: str
    role: Role
    place: str
    says: str


ACCOUNTS: tuple[DemoAccount, ...] = (
    DemoAccount("zuzhi", "郑海燕", Role.ORGANIZER, "group", N_("organizer")),
    DemoAccount("lingdui1", "李国强", Role.TEAM_LEADER, "unit:0", N_("team leader of a college")),
    DemoAccount("lingdui2", "王素梅", Role.TEAM_LEADER, "unit:1", N_("team leader of a college")),
    DemoAccount("xuanshou", "", Role.PARTICIPANT, "group", N_("participant: sees own things")),
    DemoAccount("xuanshou2", "", Role.PARTICIPANT, "group", N_("participant: contestant")),
    DemoAccount("jianlu", "何建军", Role.STEWARD, "event:now", N_("steward: checks in by QR")),
    DemoAccount("jiami", "邓志远", Role.ENCRYPTION_JUDGE, "event:now", N_("encryption judge")),
    DemoAccount("jiandu", "罗玉珍", Role.SUPERVISOR, "event:now", N_("supervisor: witnesses")),
    DemoAccount("jiami2", "彭立群", Role.ENCRYPTION_JUDGE, "event:now", N_("encryption judge")),
    DemoAccount("jiami3", "曾庆红", Role.ENCRYPTION_JUDGE, "event:now", N_("encryption judge")),
    DemoAccount("jiandu2", "谭明辉", Role.SUPERVISOR, "event:now", N_("supervisor: witnesses")),
    DemoAccount("jiandu3", "姚文斌", Role.SUPERVISOR, "event:now", N_("supervisor: witnesses")),
    DemoAccount("xianchang", "蒋少华", Role.FLOOR_JUDGE, "event:now", N_("floor judge")),
    DemoAccount("tongfen", "沈雪梅", Role.SCORE_CLERK, "track:each", N_("score clerk: confirms")),
    DemoAccount("tongfen2", "潘丽萍", Role.SCORE_CLERK, "track:each", N_("score clerk: confirms")),
    DemoAccount("caipanzhang", "宋文博", Role.CHIEF_JUDGE, "track:each", N_("chief judge")),
    DemoAccount("caipan1", "周敏", Role.JUDGE, "track:now", N_("scoring judge")),
    DemoAccount("caipan2", "吴卫东", Role.JUDGE, "track:now", N_("scoring judge")),
    DemoAccount("caipan3", "徐丽华", Role.JUDGE, "track:now", N_("scoring judge")),
    DemoAccount("caipan4", "孙立新", Role.JUDGE, "track:now", N_("scoring judge")),
    DemoAccount("caipan5", "马晓峰", Role.JUDGE, "track:now", N_("scoring judge")),
    DemoAccount("caipan6", "任志刚", Role.JUDGE, "track:done", N_("judge: published track")),
    DemoAccount("caipan7", "石秀英", Role.JUDGE, "track:done", N_("judge: published track")),
    DemoAccount("caipan8", "贾永强", Role.JUDGE, "track:done", N_("judge: published track")),
    DemoAccount("kaoping", "胡春生", Role.ASSESSOR, "event:exam", N_("assessor of the exam")),
    DemoAccount(
        "zhengshu", "林静", Role.CERTIFICATE_OFFICE, "group", N_("certificate office: issues")
    ),
    DemoAccount("guanli", "高建平", Role.GROUP_ADMIN, "group", N_("administrator of the group")),
)
PLATFORM_ADMIN = ("pingtai", "平台管理员", N_("administrator of the platform"))


def shown_accounts() -> list[tuple[str, str]]:
    """Sign-in names and what they are, for the sign-in page and the terminal."""
    username, _name, says = PLATFORM_ADMIN
    return [(one.username, one.says) for one in ACCOUNTS] + [(username, says)]
