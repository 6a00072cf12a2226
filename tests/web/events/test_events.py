"""The organizer's way from an empty list to a published event, and what visitors then see."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from eventsys import clock
from eventsys.db import leave_groups, new_id, session, transaction
from eventsys.events.models import Event, Ruleset, Track
from eventsys.events.rules import (
    ConsequenceRule,
    EventKind,
    EventState,
    FixedPrizes,
    ScaleRule,
    from_plain,
)
from tests.queries import count_queries

SELECT = r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>'
TEXTAREA = r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>'


def typed(page):
    """The values a form would send as it stands, select boxes by their selected option."""
    values = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name = re.search(r'name="([^"]+)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        if name and name[1] not in {"csrf_token", "lang", "next"}:
            values[name[1]] = value[1] if value else ""
    for name, options in re.findall(SELECT, page, re.DOTALL):
        chosen = re.search(r'<option selected value="([^"]*)"', options)
        first = re.search(r'<option value="([^"]*)"', options)
        values[name] = chosen[1] if chosen else first[1] if first else ""
    for name, text in re.findall(TEXTAREA, page, re.DOTALL):
        values[name] = text.strip()
    return values


def stored(app, query):
    with app.app_context():
        leave_groups()
        found = session().scalars(query).all()
        session().close()
    return found


def draft(browse, app):
    """A draft event made with nothing typed but its name."""
    client = browse("organizer_a")
    values = typed(client.get("/events/new/competition").text)
    answer = client.post("/events/new/competition", data={**values, "name": "甲大赛2027"})
    return client, answer.location


@pytest.mark.parametrize(
    ("kind", "change"),
    [("competition", {}), ("training", {}), ("exam", {})],
)
def test_a_newcomer_publishes_with_two_names_typed(browse, app, world, kind, change):
    client = browse("organizer_a")
    values = typed(client.get(f"/events/new/{kind}").text)
    made = client.post(f"/events/new/{kind}", data={**values, "name": "甲新活动"})
    home = made.location

    values = typed(client.get(f"{home}/tracks/new").text)
    added = client.post(f"{home}/tracks/new", data={**values, "name": "甲新项目"})
    confirm = client.get(f"{home}/publish")
    published = client.post(f"{home}/publish")

    assert [made.status_code, added.status_code, published.status_code] == [302, 302, 302]
    assert "甲新项目" in confirm.text
    (event,) = stored(app, select(Event).where(Event.name == "甲新活动"))
    assert (event.kind, event.state) == (EventKind(kind), EventState.PUBLISHED)
    assert "规则已冻结" in client.get(home).text


def test_what_does_not_fit_is_said_at_its_field_and_nothing_is_lost(browse, app):
    client = browse("organizer_a")
    values = typed(client.get("/events/new/competition").text)
    wrong = {**values, "name": "甲大赛2027", "ends_on": "2026-01-01", "summary": "竞赛说明"}

    answer = client.post("/events/new/competition", data=wrong)

    assert answer.status_code == 422
    assert "举办末日早于首日" in answer.text
    assert typed(answer.text)["summary"] == "竞赛说明"
    assert stored(app, select(Event).where(Event.name == "甲大赛2027")) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("registration_opens_at", "0001-01-01T00:00"),
        ("starts_on", "9999-12-31"),
        ("code", "代码"),
        ("host", "1"),
        ("name", " \u3000 "),
        ("name", "甲" * 101),
        ("registration_closes_at", "morgen"),
    ],
)
def test_values_that_mean_nothing_are_refused_at_their_field(browse, app, field, value):
    client = browse("organizer_a")
    values = {**typed(client.get("/events/new/competition").text), "name": "甲大赛2027"}

    answer = client.post("/events/new/competition", data={**values, field: value})

    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text


def test_a_code_that_is_taken_is_said_at_the_code(browse):
    client = browse("organizer_a")
    values = typed(client.get("/events/new/competition").text)

    answer = client.post(
        "/events/new/competition", data={**values, "name": "甲大赛", "code": "COMPETITION-2026"}
    )

    assert (answer.status_code, 'id="code-error"' in answer.text) == (422, True)


def test_weights_that_do_not_add_up_are_said_at_the_modules_and_kept_as_typed(browse, app):
    client, home = draft(browse, app)
    values = typed(client.get(f"{home}/tracks/new").text)

    answer = client.post(
        f"{home}/tracks/new", data={**values, "name": "甲新赛项", "modules-0-weight": "50"}
    )

    assert answer.status_code == 422
    assert "各模块权重之和须为 100" in answer.text
    assert typed(answer.text)["modules-0-weight"] == "50"
    assert stored(app, select(Track).where(Track.name == "甲新赛项")) == []


def test_a_row_is_added_without_checking_or_saving_anything(browse, app):
    client, home = draft(browse, app)
    values = typed(client.get(f"{home}/tracks/new").text)

    answer = client.post(f"{home}/tracks/new", data={**values, "capacity": "", "add": "row"})

    assert answer.status_code == 200
    assert typed(answer.text)["modules-2-code"] == ""
    assert 'role="alert"' not in answer.text


@pytest.mark.parametrize("value", ["NaN", "sNaN", "Infinity", "1e400", "-1", "zehn"])
def test_numbers_that_are_none_are_refused(browse, app, value):
    client, home = draft(browse, app)
    values = {**typed(client.get(f"{home}/tracks/new").text), "name": "甲新赛项"}

    for field in ("modules-0-weight", "first", "capacity"):
        answer = client.post(f"{home}/tracks/new", data={**values, field: value})
        assert answer.status_code == 422, field


def test_a_track_is_edited_as_it_was_saved(browse, app):
    client, home = draft(browse, app)
    values = typed(client.get(f"{home}/tracks/new").text)
    client.post(f"{home}/tracks/new", data={**values, "name": "甲新赛项", "tie_break": "A，B"})
    (track,) = stored(app, select(Track).where(Track.name == "甲新赛项"))

    shown = typed(client.get(f"/tracks/{track.id}/edit").text)
    answer = client.post(f"/tracks/{track.id}/edit", data={**shown, "max_age": "30"})

    assert (shown["tie_break"], shown["first"], shown["modules-1-weight"]) == ("A, B", "10", "60")
    assert answer.status_code == 422
    assert 'id="age_on-error"' in answer.text


def test_an_event_without_tracks_says_so_before_and_after_the_button(browse, app):
    client, home = draft(browse, app)

    before, after = client.get(f"{home}/publish"), client.post(f"{home}/publish")

    assert (before.status_code, after.status_code) == (200, 422)
    for page in (before, after):
        assert "还没有可报名的项目，请先添加" in page.text
        assert "发布并冻结规则" not in page.text


def test_what_is_published_is_edited_no_more(browse, world):
    client = browse("organizer_a")
    shown = typed(client.get(f"/tracks/{world.track_a}/edit").text)

    track = client.post(f"/tracks/{world.track_a}/edit", data=shown)
    event = client.post(
        f"/events/{world.competition_a}/edit",
        data=typed(client.get(f"/events/{world.competition_a}/edit").text),
    )
    removed = client.post(f"/tracks/{world.track_a}/remove")

    for answer in (track, event, removed):
        assert answer.status_code == 422
        assert "规则已在活动发布时冻结" in answer.text


def test_closing_reopening_and_cancelling_each_ask_first(browse, app, world):
    client, home = browse("organizer_a"), f"/events/{world.competition_a}"
    later = clock.in_shanghai(clock.now() + timedelta(days=5)).strftime("%Y-%m-%dT%H:%M")

    assert client.post(f"{home}/close").status_code == 302
    assert client.post(f"{home}/close").status_code == 409
    short = client.post(f"{home}/reopen", data={"registration_closes_at": later, "reason": "短"})
    assert (short.status_code, 'id="reason-error"' in short.text) == (422, True)
    reopened = client.post(
        f"{home}/reopen", data={"registration_closes_at": later, "reason": "应学校要求延期"}
    )
    assert reopened.status_code == 302
    assert client.post(f"{home}/cancel", data={"reason": ""}).status_code == 422
    assert client.post(f"{home}/cancel", data={"reason": "报名单位不足"}).status_code == 302

    public = browse(None).get(f"/e/{world.competition_a}")
    assert (public.status_code, "报名单位不足" in public.text) == (200, True)


def test_visitors_read_dates_rules_and_checksum(browse, world):
    page = browse(None).get(f"/e/{world.competition_a}").text

    for text in (
        "甲技能大赛",
        "甲数控多轴加工技术",
        "不超过 25 周岁",
        "5 名裁判",
    ):
        assert text in page, text
    assert re.search("校验码 [0-9a-f]{12}", page)
    assert f"/account/sign-in?next=/events/{world.competition_a}" in page


def test_visitors_find_no_draft_under_any_address(browse, app):
    client, home = draft(browse, app)
    key = home.rsplit("/", 1)[1]

    visitor = browse(None)
    assert visitor.get(f"/e/{key}").status_code == 404
    assert "甲大赛2027" not in visitor.get("/e").text
    assert client.get(home).status_code == 200
    assert browse("leader1_a").get(home).status_code == 404


def test_people_of_one_group_read_public_events_of_the_other(browse, world):
    client = browse("leader1_a")

    assert client.get(f"/e/{world.exam_b}").status_code == 200
    assert "乙机器视觉" in client.get(f"/e/{world.exam_b}").text
    assert client.get(f"/events/{world.exam_b}").status_code == 404


def test_the_public_list_is_narrowed_by_kind_and_wording(browse):
    visitor = browse(None)

    page = visitor.get("/e?kind=exam&q=乙").text

    assert ("乙1+X考核" in page, "甲1+X考核" in page, "乙技能大赛" in page) == (True, False, False)
    assert visitor.get("/e?page=99999999999999999999").status_code == 200
    assert visitor.get("/e?kind=' OR 1=1&q=%").status_code == 200


def test_a_draft_waits_on_the_start_page_of_its_organizer(browse, app):
    client, _home = draft(browse, app)

    assert "“甲大赛2027”仍是草稿" in client.get("/").text
    assert "仍是草稿" not in browse("leader1_a").get("/").text


def more_events(app, world, many):
    with app.app_context(), transaction() as current:
        leave_groups()
        model = session().get_one(Event, world.competition_a)
        for number in range(many):
            event = Event(
                id=new_id(),
                group_id=model.group_id,
                kind=model.kind,
                state=model.state,
                code=f"MORE-{number}",
                name=f"甲更多{number}",
                name_en="",
                host_id=model.host_id,
                registration_opens_at=model.registration_opens_at,
                registration_closes_at=model.registration_closes_at,
                starts_on=model.starts_on,
                ends_on=model.ends_on,
                published_at=model.published_at,
            )
            track = Track(
                id=new_id(),
                group_id=model.group_id,
                event_id=model.id if number % 2 else event.id,
                code=f"more{number}",
                name=f"甲更多项{number}",
                name_en="",
                capacity=10,
            )
            current.add(event)
            current.flush()
            current.add(track)
            current.flush()
            data = session().get_one(Ruleset, world.ruleset_track_a).data
            current.add(
                Ruleset(
                    group_id=model.group_id,
                    track_id=track.id,
                    data=data,
                    digest="0" * 64,
                    frozen_at=model.published_at,
                )
            )


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("organizer_a", "/events"),
        ("organizer_a", "/events/{competition_a}"),
        ("leader1_a", "/registration"),
        ("leader1_a", "/"),
        (None, "/e"),
        (None, "/e/{competition_a}"),
    ],
)
def test_pages_ask_the_database_as_often_for_thirty_as_for_one(browse, app, world, who, path):
    client, address = browse(who), path.format(**world.ids)
    client.get(address)
    with count_queries() as few:
        client.get(address)
    more_events(app, world, 30)
    with count_queries() as many:
        assert client.get(address).status_code == 200

    assert len(many) == len(few)


EVERYTHING = {
    "strategy_level": "aspect",
    "few_judges": "refuse",
    "last_tie": "lot",
    "anonymity_levels": "3",
    "drawn_signatures": "y",
    "prize_base": "registered",
    "boundary_tie": "tie_break",
    "prize_min_score": "60.5",
    "prize_min_counts": "1 1",
    "prize_fixed": "4: 1 1 1\n7：2，1",
    "instructor_honours": "2",
    "organisation_honours": "5",
    "consequences": "1-5: 省技术能手 | Provincial expert\n6: 高级工",
    "team_best": "3",
    "team_method": "mean",
    "scale_on": "y",
    "scale_center": "500",
    "scale_tie_gap": "1.5",
    "scale_compare": "first",
    "recheck_top": "10",
    "recheck_top_mode": "count",
    "recheck_sample": "20",
    "notice_minutes": "0",
    "notice_workdays": "5",
    "appeal_clock": "result_published",
    "appeal_levels": "1",
    "appeal_deposit": "500.5",
}


def test_every_parameter_of_a_contest_is_typed_kept_and_shown_in_words(browse, app):
    client, home = draft(browse, app)
    values = typed(client.get(f"{home}/tracks/new").text)
    added = client.post(f"{home}/tracks/new", data={**values, "name": "甲赛项", **EVERYTHING})

    assert added.status_code == 302
    (data,) = stored(app, select(Ruleset.data).join(Track).where(Track.name == "甲赛项"))
    rules = from_plain(EventKind.COMPETITION, data)
    assert rules.prize_fixed == (FixedPrizes(4, (1, 1, 1)), FixedPrizes(7, (2, 1)))
    assert rules.prize_min_counts == (1, 1)
    assert rules.consequences == (
        ConsequenceRule(1, 5, "省技术能手", "Provincial expert"),
        ConsequenceRule(6, 6, "高级工"),
    )
    assert rules.scale == ScaleRule(500, 30, Decimal("1.5"), "first")
    assert (rules.appeal_deposit, rules.prize_min_score) == (50050, Decimal("60.5"))
    assert {key: getattr(rules, key) for key in ("last_tie", "boundary_tie", "few_judges")} == {
        "last_tie": "lot",
        "boundary_tie": "tie_break",
        "few_judges": "refuse",
    }
    assert rules.drawn_signatures is True
    (track,) = stored(app, select(Track).where(Track.name == "甲赛项"))
    page = client.get(f"/tracks/{track.id}").text
    for words in (
        "在设备上手写签名",
        "省技术能手",
        "估算量尺",
        "公示 5 个工作日",
        "保证金 500.5 元",
        "抽签",
    ):
        assert words in page, words


def test_a_form_saved_again_changes_no_parameter(browse, app):
    client, home = draft(browse, app)
    values = typed(client.get(f"{home}/tracks/new").text)
    client.post(f"{home}/tracks/new", data={**values, "name": "甲赛项", **EVERYTHING})
    (before,) = stored(app, select(Ruleset.data).join(Track).where(Track.name == "甲赛项"))
    (track,) = stored(app, select(Track).where(Track.name == "甲赛项"))

    shown = typed(client.get(f"/tracks/{track.id}/edit").text)
    assert client.post(f"/tracks/{track.id}/edit", data=shown).status_code == 302

    (after,) = stored(app, select(Ruleset.data).join(Track).where(Track.name == "甲赛项"))
    assert after == before


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("prize_fixed", "four: 1 1 1"),
        ("prize_min_counts", "1 x"),
        ("consequences", "技师"),
        ("consequences", "5-1: 技师"),
        ("advance_count", "3"),
        ("anonymity_levels", "4"),
        ("prize_min_score", "101"),
        ("scale_spread", "0"),
        ("notice_minutes", "-1"),
        ("last_tie", "dice"),
    ],
)
def test_a_parameter_that_does_not_fit_is_said_at_its_field_in_an_open_section(
    browse, app, key, value
):
    client, home = draft(browse, app)
    values = typed(client.get(f"{home}/tracks/new").text)

    answer = client.post(
        f"{home}/tracks/new", data={**values, "name": "甲赛项", "scale_on": "y", key: value}
    )

    assert answer.status_code == 422
    field = "selection_code" if key == "advance_count" else key
    assert f'id="{field}-error"' in answer.text
    assert "<details open>" in answer.text
