"""The public check: what the paper must say, and the same answer to every guess."""

import re

import pytest
from sqlalchemy import select, update

from eventsys.certificates import actions
from eventsys.certificates.keys import ready_signer
from eventsys.certificates.models import Certificate
from eventsys.db import session, transaction
from eventsys.events.models import Track
from eventsys.identity.models import Person
from eventsys.identity.queries import actor_of, user_named
from eventsys.results.states import Outcome
from tests.published import publish

TOKENS = re.compile(r'(name="csrf(-|_)token"[^>]*(content|value)=")[^"]*')


@pytest.fixture
def one(app, world, settings):
    """A certificate of group A."""
    with app.app_context():
        publish(world.track_a, {world.entry1_a: Outcome.FIRST})
        with transaction():
            actor = actor_of(user_named("office_a"))
            track = session().get_one(Track, world.track_a)
            actions.issue_due(actor, track, ready_signer(settings.keys_dir), 10)
        return session().scalars(select(Certificate)).one()


def body(answer):
    """A page without its form tokens, which differ from second to second."""
    return TOKENS.sub(r"\1", answer.text)


@pytest.mark.parametrize("name", [None, "leader2_a", "office_b", "root", "judge1_a"])
def test_anybody_sees_what_the_paper_states_and_that_it_is_valid(browse, one, name):
    answer = browse(name).get(f"/v/{one.token}")

    assert answer.status_code == 200
    wanted = (
        "该证书真实有效",
        one.number,
        one.holder,
        "一等奖",
        "甲技能大赛",
        "甲职业技术学院",
        "甲职业教育集团",
        one.document["facts"]["issued_on"],
    )
    assert [words for words in wanted if words not in answer.text] == []


def test_no_identity_number_and_no_other_link_is_shown(app, browse, one):
    text = browse(None).get(f"/v/{one.token}").text

    with app.app_context():
        person = session().get_one(Person, one.person_id)
        masked = person.id_masked
    assert masked not in text
    assert re.findall(r"\d{15,18}", text) == []


def test_a_page_in_english_states_the_english_facts(browse, one):
    client = browse(None)
    client.post("/account/language", data={"lang": "en"})

    text = client.get(f"/v/{one.token}").text

    assert [
        words for words in ("First Prize", "Certificate of Award", "Group A") if words not in text
    ] == []


def test_unknown_addresses_answer_byte_for_byte_like_any_missing_page(browse, one):
    client = browse(None)
    client.get("/")  # the first answer sets a cookie
    unknown = [
        "A" * 22,
        one.token[:-1] + ("A" if one.token[-1] != "A" else "B"),
        one.token.swapcase(),
        one.token + "A",
        one.token[:-1],
        "x",
        "%00",
        "é" * 22,
        "A" * 3000,
    ]

    answers = [client.get(f"/v/{token}") for token in unknown]
    anything = client.get("/nothing-here")

    assert {answer.status_code for answer in answers} == {404}
    assert {body(answer) for answer in answers} == {body(anything)}
    headers = [sorted(answer.headers.keys()) for answer in answers]
    assert headers == [headers[0]] * len(headers)


@pytest.mark.parametrize(
    "change",
    [
        {"signature": "A" * 86},
        {"key_id": "0" * 16},
        {"number": "J-2026-000002-2"},
        {"document": {}},
    ],
)
def test_a_record_altered_in_the_database_is_not_confirmed_and_states_nothing(
    app, browse, one, change
):
    with app.app_context(), transaction():
        if "document" in change:
            change = {"document": {**one.document, "holder": "冒名者"}}
        session().execute(update(Certificate).values(**change))

    answer = browse(None).get(f"/v/{one.token}")

    assert answer.status_code == 200
    assert "该证书无法确认" in answer.text
    assert [words for words in ("冒名者", "一等奖", "真实有效") if words in answer.text] == []


def test_number_and_name_together_find_the_certificate(browse, one):
    client = browse(None)
    typed = one.number.lower().replace("-", " － ")

    answer = client.post("/v", data={"number": typed, "holder": f" {one.holder} "})

    assert (answer.status_code, answer.location) == (302, f"/v/{one.token}")


def test_a_wrong_number_and_a_wrong_name_answer_alike(browse, one):
    client = browse(None)
    guesses = [
        (one.number, "张三"),
        ("J-2026-000009-9", one.holder),
        ("J-2026-000002-0", "张三"),
        ("x", one.holder),
    ]

    def answer(number, holder):
        got = client.post("/v", data={"number": number, "holder": holder})
        text = body(got).replace(f'value="{number}"', "").replace(f'value="{holder}"', "")
        return got.status_code, text

    answers = {answer(*guess) for guess in guesses}

    assert len(answers) == 1
    assert next(iter(answers))[0] == 422


def test_one_fact_alone_finds_nothing(browse, one):
    client = browse(None)

    for data in (
        {"number": one.number},
        {"holder": one.holder},
        {"number": one.number, "holder": ""},
    ):
        assert client.post("/v", data=data).status_code == 422
