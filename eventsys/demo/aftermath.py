"""After the lock: results in two versions, an appeal that was heard and one still open."""

from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select

from eventsys import clock
from eventsys.appeals.actions import Proof, lodge
from eventsys.appeals.models import Appeal
from eventsys.appeals.panel_actions import convene, rule
from eventsys.appeals.rules import AppealFacts, RulingFacts
from eventsys.appeals.states import Consequence, Ground, Outcome
from eventsys.boards.actions import move_ceremony, set_board, start_ceremony
from eventsys.boards.queries import reveal_groups
from eventsys.db import session
from eventsys.demo.accounts import PASSWORD
from eventsys.demo.contest import Contest
from eventsys.demo.floor import strokes
from eventsys.demo.founding import account, acting, units_of_demo
from eventsys.draws.queries import entries_by_code
from eventsys.events.models import Track
from eventsys.registration.models import Entry
from eventsys.results.actions import draw_up, open_map
from eventsys.results.models import Publication
from eventsys.scoring.correction_actions import approve_correction, ask_correction
from eventsys.scoring.models import MarkSheet
from eventsys.scoring.queries import panel_marks

LEADERS = ("lingdui1", "lingdui2")
DISPUTED = "B1-3"
A_WHILE = timedelta(minutes=40)


def publish(track: Track, keeper: str) -> Publication:
    """The map is opened before a supervisor, the results are drawn up and public at once."""
    open_map(acting(keeper), track, account("jiandu"))
    return draw_up(acting("zuzhi"), track, clock.now())


def appeal_upheld(contest: Contest, track: Track) -> None:
    """A leader finds a value carried over wrongly; three supervisors hear it and agree."""
    with clock.playing(contest.moment(0, 20)):
        text = (
            "我方代表队现场评分单上 B1-3 的等级与公布成绩不符，疑似登录有误。"
            "请调取纸质评分单核对，并更正该项得分。"
        )
        found = _lodge("lingdui1", track, AppealFacts(Ground.ADDING_UP, text, "B"))
        panel = [account(name).id for name in ("jiandu", "jiandu2", "jiandu3")]
        convene(acting("jiandu"), found, panel)
        session().flush()
        session().refresh(found)
    with clock.playing(contest.moment(0, 21)):
        facts = RulingFacts(
            Outcome.UPHELD,
            3,
            0,
            "经调取纸质评分单并与系统记录比对，B1-3 一项登录时低记一级，申诉理由成立。",
            Consequence.CORRECTION,
            "按纸质评分单更正该评分表 B1-3 一项，并重新计算名次。",
        )
        rule(acting("jiandu"), found, facts, PASSWORD)


def correct(contest: Contest, track: Track) -> Publication:
    """A supervisor asks for the correction, the chief judge approves; version 2 says why."""
    with clock.playing(contest.moment(0, 22)):
        sheet, key, higher = _low_mark(track, _entry_of("lingdui1", track))
        reason = "仲裁组裁决：按纸质评分单更正，原登录低记一级"
        asked = ask_correction(acting("jiandu"), sheet, key, higher, reason)
        session().flush()
        approve_correction(acting("caipanzhang"), asked, "已与纸质评分单核对一致")
        session().flush()
        session().expire_all()
        return draw_up(acting("zuzhi"), track, clock.now(), "仲裁组支持申诉，更正一处登录错误")


def appeal_open(track: Track) -> None:
    """Another leader appealed a while ago; the panel is not named, the answer not yet due."""
    with clock.playing(clock.now() - A_WHILE):
        text = (
            "我方选手所用测试平板在竞赛第二小时两次自动重启，累计影响约十分钟，"
            "现场已口头报告裁判，但未见补时。请核查设备日志。"
        )
        _lodge("lingdui2", track, AppealFacts(Ground.EQUIPMENT, text, "B"))


def show(contest: Contest, track: Track, publication: Publication) -> None:
    """The public board is on; the ceremony is over, so that everybody sees all results."""
    organizer = acting("zuzhi")
    with clock.playing(contest.moment(1, 8)):
        set_board(organizer, track.event, True, contest.moment(2, 18))
        ceremony = start_ceremony(organizer, publication)
        for seen in range(len(reveal_groups(publication.id))):
            move_ceremony(organizer, ceremony, seen, 1)


def _entry_of(leader: str, track: Track) -> Entry:
    """The entry that the school of a leader has in a track."""
    unit = units_of_demo()[LEADERS.index(leader)]
    found = select(Entry).where(Entry.track_id == track.id, Entry.unit_id == unit.id)
    return session().scalars(found).one()


def _lodge(leader: str, track: Track, facts: AppealFacts) -> Appeal:
    proof = Proof(strokes(LEADERS.index(leader)), PASSWORD)
    return lodge(acting(leader), _entry_of(leader, track), facts, proof)


def _low_mark(track: Track, entry: Entry) -> tuple[MarkSheet, int, Decimal]:
    """The first judge's sheet of an entry, the aspect that was entered a level too low, and more.

    No judge of this track gives the highest level, so there is always one to go up to.
    """
    panel = panel_marks(track)
    behind = {entry_id: code for code, entry_id in entries_by_code(track.id).items()}
    sheet = panel.counting(behind[entry.id])[0]
    key = next(one.mark_key for one in panel.tally.aspects if one.code == DISPUTED)
    return sheet, key, panel.raws_of(sheet)[key] + 1
