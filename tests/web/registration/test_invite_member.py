"""A team leader lets the people of an entry see their own things."""

import re

from sqlalchemy import select

from eventsys.db import db, session
from eventsys.identity.models import User

WORDS = "shui-ye-bu-zhidao-zhege"


def path(world, entry: str) -> str:
    keys = world.ids[f"{entry}_a"], world.ids[f"member_{entry}_a"]
    return "/entries/{}/members/{}/invitation".format(*keys)


def accept(app, page: str, username: str):
    link = re.search(r"http://[^<]*(/account/invitation/[\w-]+)", page)
    assert link is not None
    guest = app.test_client()
    answer = guest.post(link[1], data={"username": username, "password": WORDS, "again": WORDS})
    assert answer.status_code == 302
    return guest


def test_an_invited_contestant_sees_the_own_entry_and_no_other(app, browse, world):
    accept(app, browse("leader1_a").post(path(world, "entry2")).text, "xuanshou2")
    with app.app_context():
        user = session().scalar(select(User).where(User.username == "xuanshou2"))
        assert user is not None
        assert user.person_id == world.person_entry2_a
        db.session.remove()

    own, other = (
        browse("xuanshou2").get(f"/entries/{world.ids[f'{name}_a']}")
        for name in ("entry2", "entry4")
    )

    assert (own.status_code, other.status_code) == (200, 404)


def test_a_person_with_an_account_is_not_invited_again(browse, world):
    answer = browse("leader1_a").post(path(world, "entry1"))

    assert answer.status_code == 422
    assert "已有账号" in answer.text


def test_a_leader_invites_nobody_of_another_unit(browse, world):
    assert browse("leader2_a").post(path(world, "entry1")).status_code == 404
