"""The organizer at work: approve ticked entries, return one, show a number, take a list out."""

import re

import pytest
from sqlalchemy import select

from eventsys.db import leave_groups, new_id, session, transaction
from eventsys.identity.models import Person, Reveal
from eventsys.registration.models import Entry, Member
from eventsys.registration.rules import EntryState, MemberRole
from eventsys.tasks.models import Task
from tests.applicants import name, number
from tests.queries import count_queries


def enter(browse, world, *orders, key="exam_track_a", who="leader1_a", unit="unit1_a"):
    """Entries waiting for review, through the form."""
    made = []
    for order in orders:
        answer = browse(who).post(
            f"/tracks/{getattr(world, key)}/entries/new",
            data={
                "unit": str(getattr(world, unit)),
                "people-0-name": name(order),
                "people-0-id_number": number(order),
                "people-0-id_kind": "",
                "submit": "1",
            },
        )
        made.append(int(answer.location.rsplit("/", 1)[1]))
    return made


def stored(app, query):
    with app.app_context():
        leave_groups()
        found = session().execute(query).all()
        session().close()
    return found


def states(app, ids):
    found = stored(app, select(Entry.id, Entry.state).where(Entry.id.in_(ids)))
    return {key: state.value for key, state in found}


def test_ticked_entries_are_approved_together_and_the_filter_stays(browse, app, world):
    ids = enter(browse, world, 1, 2, 3)
    client, address = browse("organizer_a"), f"/events/{world.exam_a}/entries"

    answer = client.post(
        f"{address}/approve?state=submitted&q=洛", data={"ids": [str(one) for one in ids[:2]]}
    )

    assert (answer.status_code, answer.location) == (
        302,
        f"{address}?q=%E6%B4%9B&state=submitted",
    )
    assert states(app, ids) == dict(zip(ids, ["approved", "approved", "submitted"], strict=True))
    page = client.get(answer.location).text
    assert "已通过 2 份报名" in page
    assert page.count('name="ids"') == 1


def test_nothing_ticked_is_said_above_the_list(browse, app, world):
    answer = browse("organizer_a").post(f"/events/{world.exam_a}/entries/approve")

    assert (answer.status_code, "没有选中任何报名" in answer.text) == (422, True)


def test_a_number_no_entry_can_have_is_no_entry(browse, app, world):
    answer = browse("organizer_a").post(
        f"/events/{world.exam_a}/entries/approve", data={"ids": ["9" * 20, "-1", "x"]}
    )

    assert (answer.status_code, "没有选中任何报名" in answer.text) == (422, True)


def test_one_that_was_decided_meanwhile_keeps_all_from_being_approved(browse, app, world):
    ids = enter(browse, world, 1, 2)
    client = browse("organizer_a")
    client.post(f"/entries/{ids[0]}/approve")

    answer = client.post(
        f"/events/{world.exam_a}/entries/approve", data={"ids": [str(one) for one in ids]}
    )

    assert (answer.status_code, "当前状态为“审核通过”" in answer.text) == (409, True)
    assert states(app, ids) == {ids[0]: "approved", ids[1]: "submitted"}


def test_approving_one_twice_is_answered_409_on_its_page(browse, app, world):
    (key,) = enter(browse, world, 1)
    client = browse("organizer_a")

    assert client.post(f"/entries/{key}/approve").status_code == 302
    again = client.post(f"/entries/{key}/approve")

    assert (again.status_code, "当前状态为“审核通过”" in again.text) == (409, True)


def test_a_returned_entry_comes_back_with_reason_and_message(browse, app, world):
    (key,) = enter(browse, world, 1)
    organizer, leader = browse("organizer_a"), browse("leader1_a")

    short = organizer.post(f"/entries/{key}/return", data={"reason": "不行"})
    done = organizer.post(f"/entries/{key}/return", data={"reason": "姓名与证件不符"})

    assert (short.status_code, 'id="reason-error"' in short.text) == (422, True)
    assert done.status_code == 302
    assert "姓名与证件不符" in leader.get("/messages").text
    assert "被退回待修改的报名" in leader.get("/").text
    assert "姓名与证件不符" in leader.get(f"/entries/{key}").text
    link = stored(app, select(Entry.state).where(Entry.id == key))[0][0]
    assert link is EntryState.RETURNED
    assert leader.post(f"/entries/{key}/submit").status_code == 302


def test_the_message_leads_to_the_entry(browse, app, world):
    (key,) = enter(browse, world, 1)
    browse("organizer_a").post(f"/entries/{key}/approve")
    leader = browse("leader1_a")
    address = re.search(r'action="(/messages/\d+/read)"', leader.get("/messages").text)[1]

    answer = leader.post(address)

    assert answer.location == f"/entries/{key}"
    assert leader.get(answer.location).status_code == 200


def test_a_full_number_is_shown_once_for_a_reason(browse, app, world):
    (key,) = enter(browse, world, 1)
    ((member,),) = stored(app, select(Member.id).where(Member.entry_id == key))
    client, address = browse("office_a"), f"/entries/{key}/members/{member}/reveal"

    before = client.get(address)
    short = client.post(address, data={"reason": "看"})
    shown = client.post(address, data={"reason": "制作证书核对"})

    assert number(1) not in before.text + short.text
    assert (short.status_code, shown.status_code) == (422, 200)
    assert number(1) in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    assert number(1) not in client.get(f"/entries/{key}").text
    assert stored(app, select(Reveal.reason)) == [("制作证书核对",)]


@pytest.mark.parametrize("who", ["leader1_a", "organizer2_a", "organizer_b", "judge1_a"])
def test_who_may_not_see_a_full_number_finds_no_such_page(browse, app, world, who):
    address = f"/entries/{world.entry1_a}/members/{world.member_entry1_a}/reveal"

    answer = browse(who).post(address, data={"reason": "制作证书核对"})

    assert answer.status_code in {403, 404}
    assert stored(app, select(Reveal.id)) == []


def test_a_member_of_another_entry_is_not_revealed_under_this_one(browse, app, world):
    address = f"/entries/{world.entry1_a}/members/{world.member_entry2_a}/reveal"

    assert browse("organizer_a").post(address, data={"reason": "制作证书核对"}).status_code == 404


def test_a_list_is_asked_for_and_waits_among_the_files(browse, app, world):
    client = browse("organizer_a")

    answer = client.post(f"/events/{world.competition_a}/entries/export?unit={world.unit2_a}")

    assert answer.status_code == 302
    ((payload,),) = stored(app, select(Task.payload))
    assert (payload["unit_id"], "entry_ids" in payload) == (world.unit2_a, False)
    assert client.get(answer.location).status_code == 200


def test_full_numbers_leave_only_with_a_reason(browse, app, world):
    client, address = browse("organizer_a"), f"/events/{world.competition_a}/entries/export"

    silent = client.post(address, data={"full": "y"})
    said = client.post(address, data={"full": "y", "reason": "购买参赛保险"})

    assert (silent.status_code, 'id="reason-error"' in silent.text) == (422, True)
    assert said.status_code == 302
    assert len(stored(app, select(Reveal.id))) == 6


def test_an_organizer_of_one_event_is_never_offered_full_numbers(browse, app, world):
    client, address = browse("organizer2_a"), f"/events/{world.training_a}/entries/export"

    assert 'name="full"' not in client.get(address).text
    client.post(address, data={"full": "y", "reason": "购买参赛保险"})
    ((payload,),) = stored(app, select(Task.payload))
    assert "entry_ids" not in payload
    assert stored(app, select(Reveal.id)) == []


def test_the_list_is_narrowed_by_everything_it_offers(browse, app, world):
    client, address = browse("organizer_a"), f"/events/{world.competition_a}/entries"

    def shown(query):
        return client.get(f"{address}?{query}").text.count('scope="row"')

    assert shown("") == 6
    assert shown(f"unit={world.unit2_a}") == 3
    assert shown(f"track={world.team_track_a}") == 0
    assert shown("state=submitted") == 0
    assert shown("q=4") == 1
    assert shown("state=nonsense&track=x&unit=-1&q=%25") == 0


def test_organizers_see_what_waits_on_their_start_page(browse, world):
    enter(browse, world, 1, 2)

    assert "“甲1+X考核”待审核的报名" in browse("organizer_a").get("/").text
    assert "待审核的报名" not in browse("organizer2_a").get("/").text


def more_entries(app, world, orders):
    with app.app_context(), transaction() as current:
        leave_groups()
        model = session().get_one(Entry, world.entry1_a)
        person = session().get_one(Person, world.person_entry1_a)
        for order in orders:
            somebody = Person(
                id=new_id(),
                group_id=model.group_id,
                name=f"甲更多{order}",
                unit_id=model.unit_id,
                id_kind=person.id_kind,
                id_sealed=person.id_sealed,
                id_index=order.to_bytes(33, "big"),
                id_masked=person.id_masked,
            )
            entry = Entry(
                id=new_id(),
                group_id=model.group_id,
                event_id=model.event_id,
                track_id=model.track_id,
                unit_id=model.unit_id,
                number=100 + order,
                state=EntryState.SUBMITTED,
                created_at=model.created_at,
                submitted_at=model.submitted_at,
            )
            current.add_all([somebody, entry])
            current.flush()
            current.add(
                Member(
                    group_id=model.group_id,
                    entry_id=entry.id,
                    event_id=entry.event_id,
                    person_id=somebody.id,
                    role=MemberRole.CONTESTANT,
                    takes_part=True,
                    is_active=True,
                )
            )


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("organizer_a", "/events/{competition_a}/entries"),
        ("organizer_a", "/"),
        ("leader1_a", "/entries"),
        ("leader1_a", "/"),
        ("organizer_a", "/entries/{entry1_a}"),
    ],
)
def test_lists_ask_the_database_as_often_for_thirty_as_for_one(browse, app, world, who, path):
    client, address = browse(who), path.format(**world.ids)
    more_entries(app, world, range(1))
    client.get(address)
    with count_queries() as few:
        client.get(address)
    more_entries(app, world, range(1, 30))
    with count_queries() as many:
        assert client.get(address).status_code == 200

    assert len(many) == len(few)
