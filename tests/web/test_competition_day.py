"""The real timetable of a national event (rules of the field §1.6), replayed with all its people.

Thirty teams, three days, every deed an HTTP request of the person whose deed it is, signed in with
a password and sending the token of the page. Each step says when and who; each asserts also what
people must not be able to do or to see at that moment. The table the results must show is reckoned
in ``tests/reckoning.py`` from the typed marks alone.
"""

import io
import re
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from eventsys.draws.rules import draws_again
from scheduling.jobs import finalise_due_results, publish_due_results
from scheduling.work import do_waiting_tasks
from tests import day_contest, day_marking
from tests.day import CODE, D1, STROKES, UNIT, Day, Person, Team, at, prepare
from tests.day_contest import public_draw, team_at
from tests.day_marking import open_map
from tests.pages import chosen, first, rows
from tests.reckoning import LEAST, REGULAR, Decided, Line, half_points, shown, table
from tests.world import PASSWORD

AWARDS = {"first": "一等奖", "second": "二等奖", "third": "三等奖"}
PRIZES = {**AWARDS, "none": "–", "disqualified": "取消参赛资格"}
TEXT = "模块B第三题评分与公布的评分标准不一致，请仲裁组调阅原始记录复核。"
REASONS = "仲裁组调阅了原始评分记录与现场录像，经表决形成本裁决意见。"


@pytest.fixture
def day(app, world, monkeypatch) -> Day:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    return prepare(app, world)


def test_a_competition_runs_from_check_in_to_certificates_as_all_its_people(day):
    for step in STORY:
        step(day)


def test_a_name_in_front_of_a_blind_person_would_end_the_story(day):
    day.organizer.is_blind = True

    with at(1, "08:00"), pytest.raises(AssertionError, match="organizer_a GET"):
        day.organizer.sees(day.t("/registration/tracks/<t>/entries"))


def test_the_reckoning_knows_the_worked_vector_of_the_field():
    faults = (23, 20, 17, 26, 16)  # of 200 half points: 88.5, 90, 91.5, 87 and 92
    rest = {"A1.2": 3, "B1.2": LEAST, "B1.3": 1}
    marks = {"K-0001": [{"A1.1": one, "B1.1": one, **rest} for one in faults]}

    assert table(marks, {}) == {"K-0001": Line(1, False, 9000, 9000, 9000, "none")}
    assert table(marks, {"K-0001": Decided(points_off=5)})["K-0001"].total == 8500
    assert table(marks, {"K-0001": Decided(disqualified=True)})["K-0001"].place is None
    marks["K-0001"][1]["A1.1"] += 1
    marks["K-0001"][1]["B1.1"] += 1
    assert table(marks, {})["K-0001"].total == 8983  # half a point of one judge of three


# ---- the third day


def the_map_is_opened(day: Day) -> None:
    """D3 00:30, the third encryption judge and a supervisor open the levels in reverse."""
    with at(3, "00:30"):
        page = day.organizer.sees(day.t("/tracks/<t>/results"))
        assert day.names_in(page) == []
        draw_up(day, 422, when="now")
        open_map(day, 422, "cuole-de-mima")
        day.supervisor1.sees(day.t("/tracks/<t>/open-map"), 403)
        open_map(day, 302)
        day.is_open = True
        open_map(day, 409)
        behind = rows(day.custodian3.sees(day.t("/tracks/<t>/open-map")))[1:]
        assert {one[0]: one[1:] for one in behind} == {
            code: [team.name, team.unit_name] for code, team in teams_by_code(day).items()
        }
        known = public_draw(day)
        assert [one["commitment"] for one in known["levels"]] == day.facts["commitments"]
        assert [draws_again(one) for one in known["levels"]] == [True, True, True]


def teams_by_code(day: Day) -> dict[str, Team]:
    """Who stands behind each code, from the three sealed envelopes laid side by side."""
    return {code: team_at(day, station) for station, code in day.facts["work"].items()}


def draw_up(day: Day, status: int, **given: str) -> str:
    """The organizer draws the results up."""
    return day.organizer.does(day.t("/tracks/<t>/results"), status, **given).text


def results_are_drawn_up_for_seven(day: Day) -> None:
    """D3 05:00, the organizer; a second calculation agrees or nothing would be drawn up."""
    moment = f"{D1.fromordinal(D1.toordinal() + 2)}T07:00"
    with at(3, "05:00"):
        day.chief.does(day.t("/tracks/<t>/results"), 403, when="now")
        draw_up(day, 302, when="moment", moment=moment)
        draw_up(day, 409, when="moment", moment=moment)
        page = day.organizer.sees(day.t("/tracks/<t>/results"))
        day.facts["first"] = first(r"/results/(\d+)/take-back", page)
    with at(3, "06:59"):
        assert day.worker(publish_due_results) == 0
        nobody_sees_results(day)


def nobody_sees_results(day: Day) -> None:
    """Before the stated moment: not the public, no leader, no office."""
    for path in ("/e/<e>", "/e/<e>/results", "/e/<e>/board", "/e/tracks/<t>/draw"):
        assert day.names_in(day.visitor.sees(day.t(path))) in ([], [f"{CODE}-0"])
    day.outsider.sees(day.t("/tracks/<t>/results"), 404)
    day.visitor.sees(f"/e/results/{day.facts['first']}", 404)
    assert UNIT not in day.leader1.sees("/results/mine")
    day.office.does(day.t("/certificates/tracks/<t>/issue"), 422)
    day.organizer.does(f"/results/{day.facts['first']}/final", 422)


def results_are_published(day: Day) -> None:
    """D3 07:00, the worker; everybody sees the same table to the last hundredth."""
    with at(3, "07:00"):
        assert day.worker(publish_due_results) == 1
        day.organizer.does(f"/results/{day.facts['first']}/take-back", 409, reason="还想再改一改")
        every_channel_agrees(day)


def every_channel_agrees(day: Day) -> None:
    """The public page, the leaders' pages and the workbook say what was reckoned apart."""
    expected = expected_rows(day)
    public = rows(day.visitor.sees(day.t("/e/<e>/results")))[1:]
    assert sorted(public) == sorted(expected)
    board = day.visitor.sees(day.t("/e/<e>/board"))
    assert [one for one in expected if f'"num">{one[3]}<' not in board or one[1] not in board] == []
    places = [int(one[0].removesuffix("并列")) for one in public if one[0] != "–"]
    assert (places, len(places)) == (sorted(places), 29)
    for unit in range(1, 17):
        own = rows(day.people[f"leader{unit}"].sees("/results/mine"))[1:]
        told = [[place, name, of, total, prize] for name, of, place, total, prize in own]
        assert sorted(told) == sorted(one for one in expected if f"{UNIT}{unit:02d}号" in one[2])
    assert the_workbook(day) == {
        code: (line.place, line.total, line.mark_a, line.mark_b)
        for code, line in lines_of(day).items()
    }


def lines_of(day: Day) -> dict[str, Line]:
    """The results by code, reckoned apart."""
    return table(day.marks, day.facts["decided"])


def expected_rows(day: Day) -> list[list[str]]:
    """The public table as it must read."""
    teams, absent = teams_by_code(day), day.teams[-1]
    found = [["–", absent.name, absent.unit_name, shown(None), "未到场"]]
    for code, line in lines_of(day).items():
        place = f"{line.place or '–'}{'并列' * line.is_shared}"
        team = teams[code]
        found.append([place, team.name, team.unit_name, shown(line.total), PRIZES[line.prize]])
    return found


def the_workbook(day: Day) -> dict[str, tuple]:
    """Place, total and the modules' marks by code, in hundredths, as the workbook has them."""
    path = day.t("/tracks/<t>/results/file/results_xlsx")
    task = day.organizer.does(path).location
    day.worker(do_waiting_tasks)
    book = load_workbook(io.BytesIO(day.organizer.fetches(f"{task}/file")))
    lines = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]
    total = next(line.index("总分") for line in lines if "总分" in line)
    return {
        line[1]: (line[0], *(_hundredths(line[column]) for column in (total, 4, 5)))
        for line in lines
        if re.fullmatch(r"[A-Z]-\d{4}", str(line[1]))
    }


def _hundredths(value: object) -> int | None:
    return (
        None if value in (None, "", "–") else int((Decimal(str(value)) * 100).to_integral_exact())
    )


# ---- appeals


def leaders_appeal(day: Day) -> None:
    """D3 07:30-08:00, two team leaders; nothing becomes final or new while they wait."""
    teams = teams_by_code(day)
    dismissed, upheld = (teams[code] for code in day.facts["plain"][6:8])
    day.facts |= {"dismissed": dismissed, "upheld": upheld}
    with at(3, "07:30"):
        path = f"/appeals/entries/{upheld.entry_id}/new"
        stranger = day.people[f"leader{upheld.unit % 15 + 1}"]
        stranger.does(path, 404, **appeal_form())
        day.judge1.does(path, 403, **appeal_form())
        leader = day.people[f"leader{upheld.unit}"]
        leader.does(path, 422, **{**appeal_form(), "ground": "technical_clause"})
        leader.does(path, 422, **{**appeal_form(), "password": "cuole-de-mima"})
        leader.does(path, **appeal_form())
        leader.does(path, 409, **appeal_form())
        day.people[f"leader{dismissed.unit}"].does(
            f"/appeals/entries/{dismissed.entry_id}/new", **appeal_form()
        )
        draw_up(day, 422, when="now", reason="更正一处评分")
        day.organizer.does(f"/results/{day.facts['first']}/final", 422)


def appeal_form() -> dict[str, str]:
    """An appeal in writing, signed."""
    return {"ground": "adding_up", "text": TEXT, "signature": STROKES, "password": PASSWORD}


def the_panel_rules(day: Day) -> None:
    """D3 08:00, three arbiters; one appeal is dismissed, its leader accepts; one is upheld."""
    with at(3, "08:00"):
        votes = {"votes_for": "1", "votes_against": "2"}
        leader, path = rule(day, day.facts["dismissed"], outcome="dismissed", **votes)
        leader.does(f"{path}/acceptance")
        draw_up(day, 422, when="now", reason="更正一处评分")
        votes = {"votes_for": "3", "votes_against": "0"}
        remedy = {"consequence": "correction", "remedy": "B1.1 按原始记录更正"}
        leader, path = rule(day, day.facts["upheld"], outcome="upheld", **votes, **remedy)
        assert "B1.1 按原始记录更正" in leader.sees(path)


def rule(day: Day, team: Team, **ruling: str) -> tuple[Person, str]:
    """The panel is named by the organizer and rules; its leader, and where the ruling is read."""
    leader = day.people[f"leader{team.unit}"]
    path = first(r'"(/appeals/\d+)"', leader.sees(f"/appeals/entries/{team.entry_id}"))
    arbiters = [str(day.users[f"arbiter{n}"]) for n in (1, 2, 3)]
    day.organizer.does(f"{path}/panel", 422, members=arbiters[:2])
    day.organizer.does(f"{path}/panel", members=arbiters)
    lists = chosen(day.arbiter1.sees(f"{path}/ruling"))
    given = {**lists, **ruling, "reasons": REASONS, "password": PASSWORD}
    day.supervisor1.does(f"{path}/ruling", 404, **given)
    day.arbiter1.does(f"{path}/ruling", 422, **{**given, "votes_for": "0", "votes_against": "0"})
    day.arbiter1.does(f"{path}/ruling", **given)
    return leader, path


def a_corrected_version_is_published(day: Day) -> None:
    """D3 08:20, a supervisor asks for the correction, the chief judge approves, version two."""
    code = day.facts["plain"][7]
    given = day.marks[code][:REGULAR]
    seat = sorted(range(REGULAR), key=lambda n: half_points(given[n])[1])[REGULAR // 2]
    before = expected_rows(day)
    with at(3, "08:20"):
        draw_up(day, 409, when="now", reason="按仲裁裁决更正")
        value = str(given[seat]["B1.1"] - 4)
        right = {"seat": str(seat + 1), "aspect": str(day.aspects["B1.1"]), "value": value}
        path = day.t("/corrections/<t>")
        day.supervisor1.sees(f"{path}/code/{code}")
        day.supervisor1.does(f"{path}/code/{code}", **right, reason="仲裁裁决：多计四处错误")
        draw_up(day, 409, when="now", reason="按仲裁裁决更正")
        day.chief.does(f"{path}/2")
        given[seat]["B1.1"] -= 4
        after = expected_rows(day)
        assert after != before
        alike = {row[1] for row in before if row in after} - {day.facts["dismissed"].name}
        day.facts["unmoved"] = next(one for one in day.teams[:-1] if one.name in alike)
        draw_up(day, 422, when="now", reason="")
        draw_up(day, 302, when="now", reason="按仲裁裁决更正")
        every_channel_agrees(day)
        old = rows(day.visitor.sees(f"/e/results/{day.facts['first']}"))
        assert [one for one in before if one not in old] == []
        page = day.visitor.sees(day.t("/e/<e>/results"))
        versions = set(re.findall(r"/e/results/(\d+)", page))
        day.facts["second"] = (versions - {day.facts["first"]}).pop()


def results_become_final(day: Day) -> None:
    """D3 09:00, only whom version two changed can appeal; two hours after it all is final."""
    unmoved, second = day.facts["unmoved"], day.facts["second"]
    with at(3, "09:00"):
        day.organizer.does(f"/results/{day.facts['first']}/final", 409)
        day.organizer.does(f"/results/{second}/final", 422)
        day.office.does(day.t("/certificates/tracks/<t>/issue"), 422)
    with at(3, "09:00:01"):
        path = f"/appeals/entries/{unmoved.entry_id}/new"
        day.people[f"leader{unmoved.unit}"].does(path, 409, **appeal_form())
        changed = day.facts["upheld"]
        day.people[f"leader{changed.unit}"].sees(f"/appeals/entries/{changed.entry_id}/new")
    with at(3, "10:20"):
        assert day.worker(finalise_due_results) == 0
    with at(3, "10:20:01"):
        assert day.worker(finalise_due_results) == 1
        day.organizer.does(f"/results/{second}/final", 409)
        every_channel_agrees(day)


def certificates_are_issued(day: Day) -> None:
    """D3 11:00, the certificate office; every prize of the table, two people each, no other."""
    prizes = {row[1]: row[4] for row in expected_rows(day) if row[4] in AWARDS.values()}
    teams = {name: team for team in day.teams for name in team.members}
    with at(3, "11:00"):
        day.organizer.does(day.t("/certificates/tracks/<t>/issue"), 403)
        day.office.does(day.t("/certificates/tracks/<t>/issue"))
        day.worker(do_waiting_tasks)
        day.office.does(day.t("/certificates/tracks/<t>/issue"), 422)
        for unit in range(1, 17):
            leader = day.people[f"leader{unit}"]
            page = leader.sees("/certificates/mine")
            for holder, _number, award, *_rest in rows(page)[1:]:
                assert award == prizes[teams[holder].name]
                assert teams.pop(holder).unit == unit
            anybody_verifies(day, leader, page)
        assert [one.name for one in teams.values() if one.name in prizes] == []
        assert min(day.steward.sign_ins, day.judge1.sign_ins, day.organizer.sign_ins) > 1


def anybody_verifies(day: Day, leader: Person, page: str) -> None:
    """The first certificate of a unit, by the address its QR code leads to."""
    if not rows(page):
        return
    holder, number, award, *_rest = rows(page)[1]
    own = leader.sees(first(r'href="(/certificates/\d+)"', page))
    token = first(r"/v/([\w-]{22})", own)
    shown_to_all = day.visitor.sees(f"/v/{token}")
    assert [one for one in (holder, number, award, "有效") if one not in shown_to_all] == []


STORY = (
    day_contest.teams_register,
    day_contest.contest_numbers_are_drawn,
    day_contest.stations_are_drawn,
    day_contest.incidents_are_recorded_and_decided,
    day_contest.works_are_handed_in,
    day_marking.work_numbers_are_drawn,
    day_marking.sheets_are_dealt,
    day_marking.judges_mark_every_sheet,
    day_marking.marks_are_handed_over,
    day_marking.the_supervisors_check_again,
    the_map_is_opened,
    results_are_drawn_up_for_seven,
    results_are_published,
    leaders_appeal,
    the_panel_rules,
    a_corrected_version_is_published,
    results_become_final,
    certificates_are_issued,
)
