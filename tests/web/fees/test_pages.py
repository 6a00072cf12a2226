"""The organizer's pages of fee negotiations, from opening a file to the price in force."""

import re
from datetime import date

import pytest

from eventsys.fees import queries
from tests.queries import count_queries

ROUND = {
    "proposed_by": "issuer",
    "held_on": "2026-03-02",
    "mode": "meeting",
    "price_1": "420",
    "marking_1": "300.00",
    "bearer_marking": "issuer",
    "system_1": "120",
    "bearer_system": "issuer",
    "venue_1": "50.5",
    "bearer_venue": "school",
}
KINDS = (
    "question_bank",
    "paper_assembly",
    "printing",
    "marking",
    "certificate",
    "assessors",
    "system",
    "venue",
    "service",
)
BEARERS = {f"bearer_{kind}": "issuer" for kind in KINDS}


def opened(client, world, code="XS-1"):
    answer = client.post(
        "/fees/new",
        data={
            "certificate_id": world.certificate_a,
            "code": code,
            "exam_form": "computer",
            "region": "河南省",
            "basis": "教职成厅函〔2020〕11号",
        },
    )
    assert answer.status_code == 302
    return answer.location


def add_round(client, path, **other):
    return client.post(f"{path}/rounds/new", data=BEARERS | ROUND | other)


def test_a_negotiation_runs_from_the_first_round_to_the_price_in_force(app, browse, world):
    client = browse("organizer_a")
    path = opened(client, world)

    first = add_round(client, path)
    second = add_round(client, path, held_on="2026-03-09", price_1="400", system_1="100")
    agreed = client.post(f"{path}/agreement", data={"number": 2, "agreement_no": "XY-3"})
    force = client.post(f"{path}/in-force", data={"starts_on": "2026-04-01"})

    assert [one.status_code for one in (first, second, agreed, force)] == [302] * 4
    shown = client.get(path).text
    assert [
        words for words in ("¥450.50", "−¥20.00", "XY-3", "2026-04-01") if words not in shown
    ] == []
    with app.app_context():
        assert queries.price_on(world.certificate_a, "1", date(2026, 4, 1)).fen == 40000


def test_a_round_that_does_not_add_up_is_refused_and_what_was_typed_is_kept(browse, world):
    client = browse("organizer_a")
    path = opened(client, world)

    answer = add_round(client, path, price_1="420.01")

    assert answer.status_code == 422
    assert "初级：考核费为 ¥420.01，而评价组织承担的项目合计 ¥420.00，相差 ¥0.01" in answer.text
    assert 'value="420.01"' in answer.text


@pytest.mark.parametrize("text", ["4,2O", "1.005", "-3", "1e3"])
def test_an_amount_that_is_none_is_refused_at_its_box(browse, world, text):
    client = browse("organizer_a")

    answer = add_round(client, opened(client, world), marking_1=text)

    assert answer.status_code == 422
    assert re.search(r'href="#marking_1">阅卷', answer.text)


def test_the_next_round_starts_from_the_last_with_the_other_side_proposing(browse, world):
    client = browse("organizer_a")
    path = opened(client, world)
    add_round(client, path)

    shown = client.get(f"{path}/rounds/new").text

    assert re.search(r'<option selected value="group">', shown)
    amounts = [
        re.search(rf'name="{name}_1"[^>]*value="([^"]*)"', shown) for name in ("price", "venue")
    ]
    assert [found and found[1] for found in amounts] == ["420.00", "50.50"]


def test_a_limit_is_entered_with_its_document_and_held_against_the_next_round(browse, world):
    client = browse("organizer_a")
    path = opened(client, world)
    cap = {
        "level": "one_plus_x:1",
        "exam_form": "computer",
        "amount": "470.49",
        "starts_on": "2020-01-01",
        "document_no": "教职成厅函〔2020〕11号",
    }

    entered = client.post("/fees/limits", data=cap)
    refused = add_round(client, path)

    assert (entered.status_code, refused.status_code) == (302, 422)
    assert "超过 教职成厅函〔2020〕11号 规定的上限 ¥470.49" in refused.text


def test_breaking_off_needs_a_reason(browse, world):
    client = browse("organizer_a")
    path = opened(client, world)

    short = client.post(f"{path}/end", data={"reason": "否"})
    done = client.post(f"{path}/end", data={"reason": "双方意见不一致"})

    assert (short.status_code, done.status_code) == (422, 302)
    assert add_round(client, path).status_code == 409


def test_another_group_and_organizers_of_one_event_change_nothing(browse, world):
    path = opened(browse("organizer_a"), world)

    assert browse("organizer_b").get(path).status_code == 404
    assert browse("organizer2_a").get(path).status_code == 200
    for part in ("/rounds/new", "/agreement", "/in-force", "/end"):
        assert browse("organizer2_a").get(path + part).status_code == 404
    assert browse("leader1_a").get(path).status_code == 403


def test_start_page_names_what_waits(browse, world):
    client = browse("organizer_a")
    assert "暂无费用标准的证书" in client.get("/").text

    opened(client, world)

    assert "未完成的费用协商" in client.get("/").text


def test_the_list_asks_the_same_number_of_questions_for_one_file_and_for_thirty(browse, world):
    client = browse("organizer_a")
    opened(client, world, "N-0")
    with count_queries() as one:
        client.get("/fees")
    for number in range(1, 30):
        opened(client, world, f"N-{number}")

    with count_queries() as thirty:
        client.get("/fees")

    assert len(thirty) == len(one)
