from tests.world import PASSWORD


def test_healthz_answers_without_signing_in(app):
    answer = app.test_client().get("/healthz")

    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_every_account_kind_gets_a_start_page(browse):
    for name in ("root", "admin_a", "organizer_a", "leader1_a", "office_a", "participant_a"):
        assert browse(name).get("/").status_code == 200, name


def test_signing_in_with_the_right_password_opens_a_session(app, world):
    client = app.test_client()

    answer = client.post("/account/sign-in", data={"username": "Leader1_A", "password": PASSWORD})

    assert answer.status_code == 302
    assert "甲领队1" in client.get("/").text


def test_signing_in_with_a_wrong_password_is_refused_and_said(app, world):
    client = app.test_client()

    answer = client.post("/account/sign-in", data={"username": "leader1_a", "password": "no"})

    assert answer.status_code == 422
    assert client.get("/messages").status_code == 302


def test_a_visitor_is_sent_to_the_sign_in_page(app):
    answer = app.test_client().get("/account/people")

    assert answer.status_code == 302
    assert answer.location == "/account/sign-in?next=/account/people"


def test_pages_of_accounts_open_for_the_administrator(browse, world):
    client = browse("admin_a")
    for path in (
        "/account/people",
        f"/account/people/{world.leader1_a}",
        "/account/invite",
        "/account/me",
    ):
        assert client.get(path).status_code == 200, path
