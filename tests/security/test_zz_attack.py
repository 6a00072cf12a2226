"""Scratch."""
import json, time
from decimal import Decimal
import pytest
from sqlalchemy import text
from eventsys.db import session, transaction
from eventsys.scoring.models import *
from eventsys.scoring import confirm_actions, chief_actions, correction_actions, machine_actions
from eventsys.paper import keying_actions
from eventsys.errors import DomainError
from tests import judging
from tests.world import PASSWORD

OP = "0d1c0b5e-0000-4000-8000-000000000000"

@pytest.fixture
def codes(app, world):
    with app.app_context():
        return judging.ready_to_mark(world)

@pytest.fixture
def ids(app, codes, world):
    with app.app_context():
        return judging.aspect_ids(world)

def body(code, aspect, raw, seen=()):
    return {"op": OP, "code": code, "aspect": str(aspect), "raw": raw, "seen": list(seen)}

@pytest.mark.parametrize("kind", ["code_sur", "known_sur", "code_nul", "seen_sur", "seen_nul", "deep", "exp", "exp0", "neg0", "bigver", "floatver", "nullraw", "nan", "listraw", "badct", "badutf"])
def test_delivery(browse, world, codes, ids, kind):
    j = browse("judge1_a")
    b = body(codes[0], ids["B1.2"], "31.99")
    known = {}
    kw = {}
    if kind == "code_sur": b["code"] = "\ud800"
    if kind == "known_sur": known = {"\ud800": 1}; 
    if kind == "code_nul": b["code"] = "a\0b"
    if kind == "seen_sur": b["seen"] = ["\ud800"]
    if kind == "seen_nul": b["seen"] = ["\0"]
    if kind == "exp": b["raw"] = "1e-300000"
    if kind == "exp0": b["raw"] = "0e-300000"
    if kind == "neg0": b["raw"] = "-0"
    if kind == "bigver": known = {codes[0]: 10**300}
    if kind == "floatver": known = {codes[0]: 1.5}
    if kind == "nullraw": b["raw"] = None
    if kind == "nan": b["raw"] = float("nan")
    if kind == "listraw": b["raw"] = ["x"]
    data = json.dumps({"ops": [b], "known": known})
    ct = "application/json"
    if kind == "deep": data = '{"ops":' + "[" * 200000
    if kind == "badct": ct = "text/plain"
    if kind == "badutf": data = b'{"ops":[\xff\xfe]}'
    t = time.time()
    a = j.post(f"/judging/{world.track_a}/marks", data=data, content_type=ct)
    print(kind, a.status_code, a.text[:300], len(a.text), round(time.time() - t, 2))

@pytest.mark.parametrize("path", ["/judging/{t}/%00", "/judging/{t}/%ED%A0%80", "/judging/{t}/{c}/submit%00", "/chief/{t}/%00", "/chief/{t}/%00/history"])
def test_paths(browse, world, codes, path):
    for who in ("judge1_a", "chief_a"):
        a = browse(who).get(path.format(t=world.track_a, c=codes[0]))
        print(path, who, a.status_code)

CLERK = ["/confirm/{t}/%00", "/corrections/{t}/code/%00", "/paper/{t}/%00/1", "/paper/{t}/%00/1/key", "/paper/{t}/{c}/9007199254740991/key", "/paper/{t}/{c}/9007199254740991", "/confirm/{t}/{c}/9007199254740991/reject", "/corrections/{t}/9007199254740991", "/paper/{t}/look-up?digest=%00", "/paper/{t}/look-up?digest=%25", "/paper/{t}/{c}/1?print=%00"]
@pytest.mark.parametrize("path", CLERK)
def test_clerk_paths(browse, world, codes, path):
    a = browse("clerk_a").get(path.format(t=world.track_a, c=codes[0]))
    print(path, a.status_code)

def test_chief_posts(browse, world, codes, ids):
    c = browse("chief_a")
    t = world.track_a
    for path, data in [
        (f"/chief/{t}/contested", {"seat_id": "1", "code": "\0", "aspect": "1", "op": "x", "seen": "y"}),
        (f"/chief/{t}/contested", {"seat_id": "99999999999999999999", "code": "A", "aspect": "1", "op": "x", "seen": "y"}),
        (f"/chief/{t}/%00/set-aside", {"reason": "longer reason"}),
        (f"/chief/{t}/%00/restore", {}),
        (f"/chief/{t}/{codes[0]}/set-aside", {"reason": "\0\0\0\0\0\0\0"}),
        (f"/chief/{t}/sign-off", {"password": "x\0y"}),
        (f"/chief/{t}/{codes[0]}/9007199254740991/return", {"reason": "longer reason"}),
    ]:
        a = c.post(path, data=data)
        print(path, a.status_code)
    c = browse("clerk_a")
    k = ids["B1.2"]
    for path, data in [
        (f"/confirm/{t}/{codes[0]}/1", {"version": "9" * 30}),
        (f"/confirm/{t}/{codes[0]}", {"seen": "1:999999999"}),
        (f"/paper/{t}/{codes[0]}/1/key", {f"raw-{k}": "1e-9999"}),
        (f"/paper/{t}/{codes[0]}/1/key", {f"raw-{k}": "NaN"}),
        (f"/paper/{t}/{codes[0]}/1/confirm", {"reading": "9" * 40}),
        (f"/paper/{t}/{codes[0]}/1/confirm", {"reading": "９"}),
        (f"/paper/{t}/{codes[0]}/1", {}),
        (f"/paper/{t}/look-up", {}),
    ]:
        a = c.post(path, data=data)
        print(path, data, a.status_code)

def test_excused_after(inside, act, world):
    codes = judging.ready_to_mark(world)
    judging.change_rules(world, recheck_top=Decimal(30), recheck_sample=Decimal(15), min_judges=3)
