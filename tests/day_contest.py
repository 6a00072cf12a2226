"""The replayed day up to the hand-in: registration, two draws, incidents, works.

Each step says when and who, and asserts also what people cannot do or see at that moment.
"""

import io
import json
from typing import Any

from tests.day import CODE, STROKES, UNIT, Day, Team, at, ops
from tests.pages import first, rows

RULE = {"rule_text": "竞赛规程第八条", "seen_version": "0"}


# ---- the first day


def teams_register(day: Day) -> None:
    """D1 08:00-14:00, the steward at the desk scans the tickets of thirty teams."""
    with at(1, "07:30"):
        day.organizer.does(
            day.t("/works/tracks/<t>/slots/new"),
            code="A1",
            name="设计文档",
            extensions=["txt"],
            most_megabytes="1",
        )
        day.leader1.sees(f"/attendance/entries/{day.teams[0].entry_id}/ticket")
        day.leader1.sees(f"/attendance/entries/{day.teams[2].entry_id}/ticket", 404)
        day.judge1.sees(day.t("/attendance/tracks/<t>/check-in"), 403)
    for team in day.teams[:30]:
        with at(1, f"{8 + team.number // 6:02d}:{team.number % 6}5"):
            assert team.name in check_in(day, team, 302)
    with at(1, "14:00"):
        assert "30 / 31" in day.steward.sees(day.t("/attendance/tracks/<t>/check-in"))


def check_in(day: Day, team: Team, status: int) -> str:
    """The ticket is scanned, the card is looked at, Enter is pressed."""
    desk = day.t("/attendance/tracks/<t>/check-in")
    card = day.steward.does(desk, 200, code=team.ticket).text
    pending = team.ticket.rsplit("/", 1)[-1]
    assert f'name="pending" value="{pending}"' in card
    answer = day.steward.does(desk, status, pending=pending)
    return card if status == 302 else answer.text


def contest_numbers_are_drawn(day: Day) -> None:
    """D1 15:30, the first encryption judge before a supervisor; the seeds were fixed at 15:00."""
    path, witness = day.t("/draws/tracks/<t>"), str(day.users["supervisor1"])
    with at(1, "15:00"):
        day.steward.does(f"{path}/commit", 403)
        day.custodian1.does(f"{path}/commit")
        known = public_draw(day)
        assert [len(one["commitment"]) for one in known["levels"]] == [64] * 3
        assert not any("seed" in one for one in known["levels"])
        day.facts["commitments"] = [one["commitment"] for one in known["levels"]]
    with at(1, "15:30"):
        day.custodian1.does(path, 422, level="station", witness=witness)
        day.custodian1.does(path, 422, level="contest", witness=str(day.users["custodian2"]))
        day.supervisor2.does(path, 404, level="contest", witness=witness)
        day.chief.sees(path, 403)
        draw(day, "contest", 1, 1)
    with at(1, "16:00"):
        assert "迟到者" in check_in(day, day.teams[30], 409)
        day.custodian1.does(path, 409, level="contest", witness=witness)


def draw(day: Day, level: str, custodian: int, supervisor: int) -> None:
    """One level is drawn, its minute signed by both, and kept from everybody else."""
    keeper, path = day.people[f"custodian{custodian}"], day.t("/draws/tracks/<t>")
    keeper.does(path, level=level, witness=str(day.users[f"supervisor{supervisor}"]))
    for part in ("custodian", "witness"):
        keeper.does(f"{path}/minute/{level}/sign/{part}", signature=STROKES)
    for other in {1, 2, 3} - {custodian}:
        day.people[f"custodian{other}"].sees(f"{path}/minute/{level}", 404)
    for name in ("supervisor1", "organizer", "steward"):
        day.people[name].sees(f"{path}/minute/{level}", 403)
    day.facts[level] = {one[0]: one[1] for one in rows(keeper.sees(f"{path}/minute/{level}"))[1:]}
    assert len(day.facts[level]) == 30


def public_draw(day: Day) -> dict[str, Any]:
    """What anybody may download about the draw."""
    known: dict[str, Any] = json.loads(day.visitor.sees(day.t("/e/tracks/<t>/draw.json")))
    assert day.names_in(json.dumps(known, ensure_ascii=False)) in ([], [f"{CODE}-0"])
    return known


# ---- the second day: competition


def stations_are_drawn(day: Day) -> None:
    """D2 07:00-07:30, tickets are looked at again; the second judge draws the stations."""
    path = day.t("/draws/tracks/<t>")
    with at(2, "07:00"):
        card = day.steward.does(
            day.t("/attendance/tracks/<t>/check-in"), 200, code=day.teams[4].ticket
        ).text
        assert "无需重复" in card
    with at(2, "07:15"):
        again = {"level": "station", "witness": str(day.users["supervisor2"])}
        assert "加密裁判2号" in day.custodian1.does(path, 422, **again).text
        draw(day, "station", 2, 2)
        assert set(day.facts["station"]) == set(day.facts["contest"].values())


def incidents_are_recorded_and_decided(day: Day) -> None:
    """D2 08:00-12:00, the floor judge by station; the chief judge decides without a name."""
    stations = sorted(day.facts["station"].values())
    day.facts |= {"lost_time": stations[3], "warned": stations[11], "struck": stations[20]}
    with at(2, "08:40"):
        failure = record(day, stations[3], "equipment", own_fault="no", description="电源两次跳闸")
        assert "409" not in day.floor.sees(failure)
        day.chief.does(f"{failure}/decision", 422, effect="added_time", minutes="12", **RULE)
    with at(2, "08:52"):
        day.floor.does(f"{failure}/stop")
        day.floor.does(f"{failure}/note", receipt="signed", signature=STROKES)
        day.chief.sees(f"{failure}/decision")
        day.chief.does(f"{failure}/decision", effect="added_time", minutes="12", **RULE)
    with at(2, "09:30"):
        warned = record(
            day, stations[11], "warning", violation="discipline", description="大声喧哗，劝阻无效"
        )
        day.floor.does(f"{warned}/note", receipt="signed", signature=STROKES)
        day.chief.does(f"{warned}/decision", 422, effect="points_off", points="0", **RULE)
        day.floor.does(f"{warned}/decision", 403, effect="none", **RULE)
        day.chief.does(f"{warned}/decision", effect="points_off", points="5", **RULE)
    with at(2, "10:10"):
        struck = record(
            day,
            stations[20],
            "disqualification",
            violation="own_device",
            description="携带手机入场",
        )
        day.floor.does(f"{struck}/note", 422, receipt="refused", second_judge="")
        day.floor.does(f"{struck}/note", receipt="refused", second_judge="助理裁判王某")
        day.facts["undecided"] = struck
        day.chief.sees(day.t("/incidents/tracks/<t>"))


def record(day: Day, station: str, kind: str, **more: str) -> str:
    """The floor judge writes down what happened at a station; the address of the record."""
    path = day.t("/incidents/tracks/<t>/new")
    day.floor.sees(path)
    given = {"op": next(ops), "session_id": str(day.session_id), "station": station, "kind": kind}
    return day.floor.does(path, **given, **more).location


def works_are_handed_in(day: Day) -> None:
    """D2 12:00-13:00, the floor judge fetches one file from every station."""
    path = day.t("/works/tracks/<t>")
    with at(2, "12:00"):
        slot = first(r'name="slot".*?value="(\d+)"', day.floor.sees(path))
        told = work(day, slot, "01", f"作者 {team_at(day, '01').name}", 422)
        assert "不得透露身份" in told
        for station in sorted(day.facts["station"].values()):
            work(day, slot, station, f"设计说明 {station}号机", 302)
        shelf = day.judge1.sees(day.t("/works/judging/<t>"))
        assert "设计说明" not in shelf
    with at(2, "13:00"):
        day.floor.does(f"{path}/close")
        work(day, slot, "01", "晚到的文件", 409)


def work(day: Day, slot: str, station: str, text: str, status: int) -> str:
    """One file is brought in."""
    file = (io.BytesIO(text.encode()), f"{UNIT}.txt")
    path = day.t("/works/tracks/<t>")
    return day.floor.does(path, status, slot=slot, station=station, file=file).text


def team_at(day: Day, station: str) -> Team:
    """Whose station it is: known to whoever reads the envelopes of two custodians."""
    contest = next(no for no, at in day.facts["station"].items() if at == station)
    ticket = next(no for no, drawn in day.facts["contest"].items() if drawn == contest)
    return day.teams[int(ticket.rsplit("-", 1)[-1]) - 1]
