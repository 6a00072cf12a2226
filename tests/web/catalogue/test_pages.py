"""The organizer's pages of the certificate catalogue."""

import pytest

FACTS = {
    "name": "Python程序开发",
    "name_en": "Python programming",
    "code": "PY-01",
    "system": "one_plus_x",
}


def test_a_certificate_is_listed_and_shown_with_its_levels(browse, world):
    client = browse("organizer_a")

    answer = client.post("/skill-certificates/new", data=FACTS | {"issuer_id": world.unit4_a})
    shown = client.get(answer.location).text

    assert answer.status_code == 302
    assert [name for name in ("Python程序开发", "初级", "中级", "高级") if name not in shown] == []
    assert "Python程序开发" in client.get("/skill-certificates?q=Python").text
    assert "Python程序开发" not in client.get("/skill-certificates?q=车工").text


@pytest.mark.parametrize("wrong", [{"name": ""}, {"code": "a b"}, {"code": "MV"}, {"system": "x"}])
def test_a_form_out_of_shape_or_known_already_is_refused(browse, world, wrong):
    data = FACTS | {"issuer_id": world.unit4_a} | wrong

    assert browse("organizer_a").post("/skill-certificates/new", data=data).status_code == 422


def test_an_issuer_of_another_group_is_not_offered(browse, world):
    data = FACTS | {"issuer_id": world.unit4_b}

    assert browse("organizer_a").post("/skill-certificates/new", data=data).status_code == 422


def test_who_sees_the_catalogue(browse, world):
    path = f"/skill-certificates/{world.certificate_a}"

    status = {
        name: browse(name).get(path).status_code
        for name in ("organizer_a", "organizer2_a", "admin_a", "leader1_a", "organizer_b")
    }

    assert status == {
        "organizer_a": 200,
        "organizer2_a": 200,
        "admin_a": 200,
        "leader1_a": 403,
        "organizer_b": 404,
    }
