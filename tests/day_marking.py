"""The replayed day from the third draw to the lock: sheets, tablets, confirmation, re-check.

Everybody here is blind; ``Person`` finds any name, unit or key of an entry in what they are shown.
"""

import re
from math import ceil
from typing import Any

from tests.day import UNIT, Day, Person, at, ops
from tests.day_contest import RULE, draw
from tests.pages import chosen, first
from tests.reckoning import Decided, as_typed, marks_of_a_day, table
from tests.world import PASSWORD

SEATS = 6
WRONG = 9
"""Faults too many on the sheet that goes back."""


# ---- the second day: marking


def work_numbers_are_drawn(day: Day) -> None:
    """D2 14:10, the third judge; without codes no sheet can be dealt."""
    path = day.t("/tracks/<t>")
    with at(2, "14:00"):
        terms = chosen(day.organizer.sees(f"{path}/panel/terms"))
        day.organizer.does(f"{path}/panel/terms", **terms, reserves="1")
        day.organizer.does(f"{path}/panel", **seats(day))
        day.organizer.does(f"{path}/open-marking", 422)
    with at(2, "14:10"):
        again = {"level": "work", "witness": str(day.users["supervisor1"])}
        day.custodian2.does(day.t("/draws/tracks/<t>"), 422, **again)
        draw(day, "work", 3, 1)
    day.codes = sorted(day.facts["work"].values())
    codes = {key: day.facts["work"][day.facts[key]] for key in ("lost_time", "warned", "struck")}
    day.facts["decided"] = {
        codes["warned"]: Decided(points_off=5),
        codes["struck"]: Decided(disqualified=True),
    }
    day.facts["plain"] = [code for code in day.codes if code not in codes.values()]
    alike = (day.facts["plain"][0], day.facts["plain"][1])
    day.marks = marks_of_a_day(day.codes, SEATS, alike)


def seats(day: Day) -> dict[str, str]:
    """Five judges and the reserve judge on their seats."""
    return {f"seat{n}": str(day.users[f"judge{n}"]) for n in range(1, SEATS + 1)}


def sheets_are_dealt(day: Day) -> None:
    """D2 14:30, the organizer deals; the first mark freezes the scheme."""
    with at(2, "14:30"):
        day.organizer.does(day.t("/tracks/<t>/open-marking"))
        day.organizer.does(day.t("/tracks/<t>/open-marking"), 409)
        day.organizer.does(day.t("/tracks/<t>/panel"), 409, **seats(day))
        sheet = day.judge1.sees(day.t(f"/judging/<t>/{day.codes[0]}"))
        found = re.findall(r'data-aspect="(\d+)" data-code="([^"]+)"', sheet)
        day.aspects = {code: int(key) for key, code in found}
        assert sorted(day.aspects) == ["A1.1", "A1.2", "B1.1", "B1.2", "B1.3"]
        day.supervisor1.sees(day.t("/judging/<t>"), 403)
        day.judge1.sees(day.t(f"/judging/<t>/{'Z' if day.codes[0][0] != 'Z' else 'A'}-0000"), 404)


def tap(day: Day, code: str, aspect: str, raw: int, *seen: str) -> dict[str, Any]:
    """One operation as the tablet makes it."""
    given = {"code": code, "aspect": day.aspects[aspect], "raw": as_typed(aspect, raw)}
    return {"op": next(ops), **given, "seen": list(seen)}


def deliver(day: Day, judge: Person, taps: list[dict[str, Any]]) -> dict[str, Any]:
    """What a tablet sends, and is told."""
    known = {one["code"]: 0 for one in taps}
    return judge.delivers(day.t("/judging/<t>/marks"), {"ops": taps, "known": known})


def submit(day: Day, judge: Person, code: str, status: int = 302) -> str:
    """The judge looks at the sheet once more and hands it in."""
    page = judge.sees(day.t(f"/judging/<t>/{code}"))
    version = first(r'name="version" value="(\d+)"', page)
    return judge.does(day.t(f"/judging/<t>/{code}/submit"), status, version=version).text


def judges_mark_every_sheet(day: Day) -> None:
    """D2 15:00-20:00, six judges; one with two tablets, one with a slip that the chief returns."""
    returned = day.facts["plain"][4]
    with at(2, "15:00"):
        for number in range(1, SEATS + 1):
            taps = [
                tap(
                    day,
                    code,
                    aspect,
                    raw + WRONG * ((code, number, aspect) == (returned, 4, "A1.1")),
                )
                for code, given in day.marks.items()
                for aspect, raw in given[number - 1].items()
            ]
            told = deliver(day, day.people[f"judge{number}"], taps)
            assert {one["result"] for one in told["answers"]} == {"applied"}
            day.facts[f"taps{number}"] = taps
        again = deliver(day, day.judge1, day.facts["taps1"])
        assert {one["result"] for one in again["answers"]} == {"duplicate"}
    with at(2, "16:00"):
        two_tablets_differ(day)
        progress = day.t("/events/<e>/progress")
        assert day.codes[0] not in day.organizer.sees(progress)
        day.visitor.sees(day.t("/e/<e>/board"), 404)
        day.organizer.does(progress, is_shown="y")
        day.chief.sees(progress, 403)
        assert day.names_in(day.visitor.sees(day.t("/e/<e>/board"))) == []
    with at(2, "19:00"):
        for number in range(1, SEATS + 1):
            for code in day.codes:
                submit(day, day.people[f"judge{number}"], code)
        a_late_tap_is_kept(day)
        a_sheet_goes_back(day, returned)
        blind_people_look_around(day)


def two_tablets_differ(day: Day) -> None:
    """The second tablet had not seen the first value: both stand until the chief judge settles."""
    code = day.facts["plain"][2]
    right = next(
        one["op"]
        for one in day.facts["taps2"]
        if (one["code"], one["aspect"]) == (code, day.aspects["B1.1"])
    )
    other = tap(day, code, "B1.1", day.marks[code][1]["B1.1"] + 7)
    told = deliver(day, day.judge2_again, [other])
    assert [one["result"] for one in told["answers"]] == ["contested"]
    assert "B1.1" in submit(day, day.judge2, code, 422)
    page = day.chief.sees(day.t("/chief/<t>/contested"))
    seat = first(r'name="seat_id" value="(\d+)"', page)
    choice = {"seat_id": seat, "code": code, "aspect": str(day.aspects["B1.1"]), "op": right}
    path = day.t("/chief/<t>/contested")
    day.chief.does(path, 409, **choice, seen=right)
    day.chief.does(path, **choice, seen=f"{right} {other['op']}")


def a_late_tap_is_kept(day: Day) -> None:
    """A tablet that was offline delivers after the sheet was submitted: evidence, nothing else."""
    code = day.facts["plain"][3]
    late = tap(day, code, "A1.2", 3)
    told = deliver(day, day.judge3_again, [late])
    assert [one["result"] for one in told["answers"]] == ["late"]
    sheet = day.judge3.sees(day.t(f"/judging/<t>/{code}"))
    kept = first(r'data-code="A1.2".*?data-raw="(\d+)"', sheet)
    assert int(kept) == day.marks[code][2]["A1.2"]
    assert "迟到的打分" in day.chief.sees(day.t("/chief/<t>"))


def a_sheet_goes_back(day: Day, code: str) -> None:
    """The chief judge returns a sheet with a reason; its judge marks and submits again."""
    seen = next(
        one["op"]
        for one in day.facts["taps4"]
        if (one["code"], one["aspect"]) == (code, day.aspects["A1.1"])
    )
    path = day.t(f"/chief/<t>/{code}/4/return")
    day.chief.does(path, 422, reason="错")
    day.chief.does(path, reason="A1.1 与现场记录不符，请重新核对")
    assert "请重新核对" in day.judge4.sees(day.t(f"/judging/<t>/{code}"))
    right = day.marks[code][3]["A1.1"]
    told = deliver(day, day.judge4, [tap(day, code, "A1.1", right, seen)])
    assert [one["result"] for one in told["answers"]] == ["applied"]
    submit(day, day.judge4, code)


def blind_people_look_around(day: Day) -> None:
    """Every page of judges, chief judge and clerk: ``Person`` finds any name on the way."""
    code = day.codes[0]
    for person in (day.judge1, day.chief, day.clerk):
        for path in ("/", "/messages", "/judging", "/account/me", "/e/<e>", "/e/tracks/<t>/draw"):
            person.sees(day.t(path))
        for path in ("/tracks/<t>/results", "/events/<e>", "/registration/tracks/<t>/entries"):
            assert person.client.get(day.t(path)).status_code in (403, 404)
        person.sees(day.t("/draws/tracks/<t>"), 403)
        person.sees(day.t("/attendance/events/<e>/check-in"), 403)
    for path in ("<t>", f"<t>/{code}", f"<t>/{code}/history", "<t>/contested"):
        day.chief.sees(day.t(f"/chief/{path}"))
    for path in ("/incidents", "/incidents/tracks/<t>", "/incidents/tracks/<t>/board"):
        day.chief.sees(day.t(path))
    day.judge1.sees(day.t("/works/judging/<t>"))
    for code in day.codes[:5]:
        assert "设计说明" in day.judge1.fetches(day.t(f"/works/judging/<t>/{code}/A1")).decode()
    day.judge1.sees(day.t("/chief/<t>"), 403)
    assert UNIT not in day.visitor.sees(day.t("/e/<e>/results"))


def marks_are_handed_over(day: Day) -> None:
    """D2 20:30, the clerk confirms code by code; the chief judge decides, then hands over."""
    sign_off = day.t("/chief/<t>/sign-off")
    with at(2, "20:30"):
        day.chief.does(sign_off, 422, password=PASSWORD)
        for code in day.codes:
            page = day.clerk.sees(day.t(f"/confirm/<t>/{code}"))
            seen = first(r'name="seen" value="([^"]+)"', page)
            day.clerk.does(day.t(f"/confirm/<t>/{code}"), seen=seen)
        day.judge1.sees(day.t(f"/confirm/<t>/{day.codes[0]}"), 403)
    with at(2, "21:00"):
        assert "1" in day.chief.does(sign_off, 422, password=PASSWORD).text
        undecided = day.facts["undecided"]
        day.chief.does(f"{undecided}/decision", effect="disqualified", **RULE)
        day.clerk.does(sign_off, 403, password=PASSWORD)
        day.chief.does(sign_off, 422, password="geren-mima-cuole")
        open_map(day, 422)
        day.chief.does(sign_off, password=PASSWORD)
        assert open_map(day, 422)
        day.chief.does(day.t(f"/chief/<t>/{day.codes[0]}/1/return"), 409, reason="还想改一改")


def open_map(day: Day, status: int, password: str = PASSWORD) -> str:
    """The third encryption judge with a supervisor beside."""
    given = {"witness": str(day.users["supervisor1"]), "password": password}
    return day.custodian3.does(day.t("/tracks/<t>/open-map"), status, **given).text


def the_supervisors_check_again(day: Day) -> None:
    """D2 22:00-24:00, the best 30 % and a sample; one error in so few re-opens everything."""
    path = day.t("/rechecks/<t>")
    with at(2, "22:00"):
        listed = re.findall(rf'href="{path}/([A-Z]-\d{{4}})"', day.supervisor1.sees(path))
        listed = list(dict.fromkeys(listed))
        top = _best(day, ceil(len(day.codes) * 0.30))
        assert top <= set(listed)
        assert len(listed) == len(top) + ceil((len(day.codes) - len(top)) * 0.15)
        day.chief.sees(path, 403)
        day.supervisor1.does(f"{path}/{listed[-1]}")
        an_error_is_found(day, next(code for code in listed if code in day.facts["plain"][5:]))
        lock = {"chief": str(day.users["chief"]), "password": PASSWORD}
        assert "30" in day.supervisor1.does(f"{path}/lock", 422, **lock).text
    with at(2, "23:00"):
        for place, code in enumerate(day.codes):
            day.people[f"supervisor{1 + place % 2}"].does(f"{path}/{code}")
        day.supervisor2.does(f"{path}/{day.codes[0]}", 409)
    with at(2, "23:40"):
        day.supervisor1.does(f"{path}/lock", 422, chief=lock["chief"], password="cuole-de-mima")
        assert open_map(day, 422)
        day.supervisor1.does(f"{path}/lock", **lock)
        day.supervisor1.does(f"{path}/lock", 409, **lock)
        told = deliver(day, day.judge1, [tap(day, day.codes[0], "B1.3", 1)])
        assert [one["result"] for one in told["answers"]] == ["late"]


def _best(day: Day, number: int) -> set[str]:
    """The codes with the best totals, and whoever equals the last of them; nothing is off yet."""
    totals = {code: line.total or 0 for code, line in table(day.marks, {}).items()}
    least = sorted(totals.values(), reverse=True)[number - 1]
    return {code for code, total in totals.items() if total >= least}


def an_error_is_found(day: Day, code: str) -> None:
    """A supervisor finds six faults that judge 5 did not count; the chief judge must approve."""
    raws, path = day.marks[code][4], day.t(f"/rechecks/<t>/{code}")
    right = {"seat": "5", "aspect": str(day.aspects["A1.1"]), "value": str(raws["A1.1"] + 6)}
    day.supervisor1.sees(f"{path}/error")
    day.supervisor1.does(f"{path}/error", 422, **right, reason="")
    day.supervisor1.does(f"{path}/error", **right, reason="现场记录另有六处错误未计")
    approval = day.t("/corrections/<t>/1")
    day.supervisor1.does(approval, 422)
    day.supervisor2.does(approval, 422)
    day.clerk.does(approval, 403)
    day.chief.does(approval)
    day.chief.does(approval, 409)
    raws["A1.1"] += 6
