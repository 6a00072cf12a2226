"""The start page and the inbox."""

import pytest

from eventsys.db import session, transaction
from eventsys.errors import Forbidden
from eventsys.notifications.actions import mark_read, notify
from eventsys.notifications.models import Message
from eventsys.notifications.queries import unread
from eventsys.notifications.rules import MESSAGE_TEXTS, MessageKind
from tests.queries import count_queries

FACTS = {
    "entry": "3",
    "track": "数控",
    "reason": "照片不清楚。",
    "event": "甲技能大赛",
    "moment": "2027-03-01 12:00",
    "number": "A-1",
    "name": "成绩册",
    "title": "S-1",
    "n": "2",
}


@pytest.fixture
def write(app, world):
    """Write a message to an account of the world."""

    def send(account="leader1", mark="a", kind=MessageKind.ENTRY_RETURNED, **options):
        with app.app_context(), transaction():
            return notify(
                world.ids[f"group_{mark}"],
                [world.ids[f"{account}_{mark}"]],
                kind,
                **options,
                **FACTS,
            )

    return send


def key_of(app, user_id):
    with app.app_context():
        return session().query(Message.id).filter_by(user_id=user_id).one()[0]


@pytest.mark.parametrize("kind", MessageKind)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_kind_of_message_is_readable_in_both_languages(browse, write, kind, lang):
    write(kind=kind)
    client = browse("leader1_a")
    client.post("/account/language", data={"lang": lang})

    page = client.get("/messages").text

    assert "%(" not in page
    assert (MESSAGE_TEXTS[kind].split("%(")[0][:12] in page) is (lang == "en")


def test_a_message_is_counted_until_it_is_read_and_leads_where_it_points(app, browse, write, world):
    write(link="/account/me")
    client, key = browse("leader1_a"), key_of(app, world.leader1_a)

    before = client.get("/").text
    answer = client.post(f"/messages/{key}/read")

    assert ("消息（1）" in before, answer.location) == (True, "/account/me")
    assert "消息（0）" in client.get("/").text


def test_a_message_to_somebody_else_is_not_there(app, browse, write, world):
    write()
    key = key_of(app, world.leader1_a)

    for account in ("leader2_a", "admin_a", "leader1_b", "root"):
        client = browse(account)
        assert client.post(f"/messages/{key}/read").status_code == 404
        assert "照片不清楚" not in client.get("/messages").text
    with app.app_context():
        assert unread(world.leader1_a) == 1


def test_reading_for_somebody_else_is_refused(act, write, world):
    write()
    message = session().query(Message).one()

    with pytest.raises(Forbidden), transaction():
        mark_read(act("leader2_a"), message)

    assert message.read_at is None


def test_what_is_to_be_said_once_is_said_once_to_each(app, write, world):
    written = [write(once="closing:5"), write(once="closing:5"), write("leader2", once="closing:5")]

    assert written == [1, 0, 1]


def test_hostile_words_in_a_message_are_shown_as_text(app, browse, world):
    with app.app_context(), transaction():
        notify(
            world.group_a,
            [world.leader1_a],
            MessageKind.FILE_READY,
            name="<script>alert(1)</script>%(x)s",
        )

    page = browse("leader1_a").get("/messages").text

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;%(x)s" in page


def test_the_number_of_queries_does_not_grow_with_the_messages(browse, write):
    write()
    client = browse("leader1_a")
    with count_queries() as few:
        client.get("/messages")
    for _ in range(30):
        write()
    with count_queries() as many:
        client.get("/messages")

    assert len(many) == len(few)


def test_a_visitor_sees_the_way_in(app):
    page = app.test_client().get("/")

    assert (page.status_code, "/account/sign-in" in page.text) == (200, True)
