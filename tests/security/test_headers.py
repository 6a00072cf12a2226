"""What every answer carries, and what an error tells."""

import logging
import re

import pytest
from flask import Flask

from eventsys.config import Settings, read_settings
from eventsys.db import db
from tests.security.dump import dump
from wsgi import ROOT, create_app

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:;"
    " font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
STYLE = "/static/css/base.css"
PATHS = {
    "a page": ("/account/sign-in", 200),
    "json": ("/healthz", 200),
    "a redirect": ("/account/people", 302),
    "a missing page": ("/nothing", 404),
    "a static file": (STYLE, 200),
    "a missing static file": ("/static/nothing.css", 404),
}


def built(settings: Settings, **env: str) -> Flask:
    """An application of its own on the database of the tests, as it runs in real life."""
    own = {
        "EVENTSYS_INSTANCE": str(settings.instance),
        "EVENTSYS_DATABASE": settings.database_url,
    }
    return create_app(read_settings(own | env, ROOT))


@pytest.mark.parametrize("name", PATHS)
def test_every_answer_is_strict_about_what_a_browser_may_do(app, name):
    path, status = PATHS[name]

    answer = app.test_client().get(path, buffered=True)

    assert answer.status_code == status
    assert answer.headers["Content-Security-Policy"] == CSP
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.parametrize("name", sorted(set(PATHS) - {"a static file", "a missing static file"}))
def test_no_cache_keeps_what_is_meant_for_one_person(app, name):
    answer = app.test_client().get(PATHS[name][0])

    assert answer.headers["Cache-Control"] == "no-store"
    assert "Cookie" in answer.headers.getlist("Vary")


def test_no_cache_keeps_a_page_of_a_signed_in_person(browse):
    answer = browse("admin_a").get("/account/people")

    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")


def test_static_files_are_kept_for_a_year_under_the_address_of_their_content(app):
    page = app.test_client().get("/account/sign-in").text
    addresses = re.findall(r'/static/[^"#]+\?v=([0-9a-f]{8})', page)

    answer = app.test_client().get(STYLE, buffered=True)

    assert len(addresses) > 5
    assert "max-age=31536000" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers


def test_no_page_carries_a_script_or_style_of_its_own(app, browse):
    for path in ("/account/sign-in", "/account/people", "/account/me", "/members/units", "/"):
        page = browse("admin_a").get(path).text
        scripts = re.findall(r"<script(?![^>]*\bsrc=)", page)
        styles = re.findall(r"<style|\sstyle=|\son[a-z]+=", page)
        foreign = re.findall(r'(?:src|href)="(?:https?:)?//', page)
        assert (path, scripts, styles, foreign) == (path, [], [], [])


# ---- https


def test_over_https_cookies_are_secure_and_http_is_left(settings, app):
    secure = built(settings, EVENTSYS_URL="https://saixunzheng.example.cn")
    client = secure.test_client()

    over_http = client.get("/account/sign-in", base_url="http://saixunzheng.example.cn")
    over_https = client.get("/account/sign-in", base_url="https://saixunzheng.example.cn")

    assert over_http.location == "https://saixunzheng.example.cn/account/sign-in"
    assert over_https.status_code == 200
    assert "; Secure; HttpOnly" in over_https.headers["Set-Cookie"]
    assert over_https.headers["Strict-Transport-Security"].startswith("max-age=31556926")


def test_on_one_machine_no_browser_is_bound_to_https(app):
    assert "Strict-Transport-Security" not in app.test_client().get("/").headers


# ---- hosts


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "evil.example:8000"],
)
@pytest.mark.parametrize("path", ["/", "/account/sign-in", "/healthz", "/nothing"])
def test_a_foreign_host_is_refused(app, host, path):
    answer = app.test_client().get(path, headers={"Host": host})

    assert answer.status_code == 400
    assert host not in answer.text


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.0.0.1:8000"])
def test_the_own_hosts_are_answered(app, host):
    assert app.test_client().get("/account/sign-in", headers={"Host": host}).status_code == 200


def test_a_foreign_host_is_refused_before_a_wrong_password_is_counted(app, world):
    before = dump(app)

    answer = app.test_client().post(
        "/account/sign-in",
        data={"username": "leader1_a", "password": "no"},
        headers={"Host": "evil.example"},
    )

    assert (answer.status_code, dump(app) == before) == (400, True)


# ---- errors


ERRORS = {
    404: ("GET", "/nothing", "页面不存在", "There is nothing here."),
    405: (
        "GET",
        "/account/sign-out",
        "不能这样打开此地址",
        "This address is not opened like that.",
    ),
}


@pytest.mark.parametrize("code", ERRORS)
def test_an_error_is_told_in_both_languages_and_as_json(app, code):
    method, path, chinese, english = ERRORS[code]
    client = app.test_client()

    in_chinese = client.open(path, method=method)
    as_json = client.open(path, method=method, headers={"Accept": "application/json"})
    client.post("/account/language", data={"lang": "en"})
    in_english = client.open(path, method=method)

    assert [one.status_code for one in (in_chinese, in_english, as_json)] == [code] * 3
    assert (chinese in in_chinese.text, 'lang="zh-CN"' in in_chinese.text) == (True, True)
    assert (english in in_english.text, '<html lang="en"' in in_english.text) == (True, True)
    assert f">{code}<" in in_chinese.text
    assert as_json.is_json
    assert list(as_json.json) == ["message"]


def test_an_address_that_takes_a_button_names_the_method(app):
    assert set(app.test_client().get("/account/sign-out").headers["Allow"].split(", ")) == {
        "POST",
        "OPTIONS",
    }


@pytest.mark.parametrize("sort", ["form", "file", "json"])
def test_too_much_is_refused_with_the_limit(app, sort):
    much = b"x" * (11 * 1024 * 1024)
    kinds = {
        "form": "application/x-www-form-urlencoded",
        "file": "multipart/form-data; boundary=b",
        "json": "application/json",
    }

    answer = app.test_client().post("/account/sign-in", data=much, content_type=kinds[sort])

    assert answer.status_code == 413
    assert "10 MB" in (answer.json["message"] if sort == "json" else answer.text)


def test_thousands_of_form_fields_are_refused(app):
    body = b"".join(
        b'--b\r\nContent-Disposition: form-data; name="f"\r\n\r\nx\r\n' for _ in range(3100)
    )

    answer = app.test_client().post(
        "/account/sign-in", data=body + b"--b--", content_type="multipart/form-data; boundary=b"
    )

    assert answer.status_code == 413


@pytest.mark.parametrize("path", ["/%00", "/\udcff", "/..%2f..%2fetc/passwd", "/static/../wsgi.py"])
def test_odd_addresses_are_missing_pages(app, path):
    answer = app.test_client().get(path.encode("utf-8", "surrogateescape").decode("latin-1"))

    assert answer.status_code == 404


@pytest.mark.parametrize("account", [None, "admin_a"])
def test_a_failure_gives_a_number_and_no_detail(settings, app, browse, caplog, account):
    client = browse(account)
    alive = built(settings)
    alive.add_url_rule("/broken", "broken", lambda: 1 // int("0" * 3 or "秘密"))
    own = alive.test_client()
    if account:
        own.set_cookie("session", client.get_cookie("session").value)
    before = dump(app)

    with caplog.at_level(logging.ERROR):
        page = own.get("/broken")
        script = own.get("/broken", headers={"Accept": "application/json"})

    numbers = [
        re.search(r"：\s?([0-9a-f]{8})", text)[1] for text in (page.text, script.json["message"])
    ]
    assert (page.status_code, script.status_code) == (500, 500)
    assert "系统出错，未作任何更改" in page.text
    assert ("甲管理员" in page.text) is (account is not None)
    assert [number in caplog.text for number in numbers] == [True, True]
    assert numbers[0] != numbers[1]
    for word in ("ZeroDivisionError", "Traceback", "division", "wsgi.py", "sqlalchemy"):
        assert word not in page.text
        assert word not in script.text
    assert dump(app) == before
    assert page.headers["Content-Security-Policy"] == CSP
    with alive.app_context():
        db.engine.dispose()
