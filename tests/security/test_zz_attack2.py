from dataclasses import replace
from decimal import Decimal
import pytest
from sqlalchemy import text, select
from eventsys.db import session, transaction
from eventsys.scoring.models import *
from eventsys.scoring import confirm_actions, chief_actions, correction_actions, machine_actions, actions
from eventsys.scoring.panel_actions import excuse_judge
from eventsys.scoring.correction_queries import effect_of
from eventsys.paper import keying_actions
from eventsys.errors import DomainError
from eventsys.rechecks.actions import hand_over
from tests import judging
from tests.world import PASSWORD
from tests.actions.scoring.test_confirming import same_person
from tests.actions.schemes import test_machine_marks as mm
from tests.actions.paper.test_keying import values

def attempt(label, fn):
    try:
        with transaction():
            r = fn()
        print(label, "OK", r)
    except DomainError as e:
        print(label, "refused", type(e).__name__)
    except Exception as e:
        print(label, "!!!", type(e).__name__, str(e)[:150].replace("\n", " "))
    session().rollback()

def test_excused(inside, act, world):
    judging.change_rules(world, recheck_top=Decimal(30), recheck_sample=Decimal(15), min_judges=3)
    codes = judging.ready_to_mark(world)
    ids = judging.aspect_ids(world)
    own = judging.sheet(world, 5, codes[0])
    given = {code: [g for g in gs[:4]] for code, gs in judging.same_for_all(codes).items()}
    judging.mark_everything(world, given)
    with transaction():
        for raw in ("1", "2"):
            actions.save_mark(act("judge5_a"), own, judging.tap(ids["A1.2"], raw))
    judging.confirm_everything(world)
    with transaction():
        excuse_judge(act("organizer_a"), own.seat, "ill since noon")
    with transaction():
        hand_over(act("chief_a"), judging.track_of(world), PASSWORD)
    heads = frozenset(h["op"] for h in session().scalars(select(Mark).where(Mark.sheet_id == own.id)).one().heads)
    attempt("settle excused after handover", lambda: actions.settle_contest(act("chief_a"), judging.sheet(world,5,codes[0]), ids["A1.2"], sorted(heads)[0], heads))
    other = judging.sheet(world, 5, codes[1])
    attempt("key1", lambda: keying_actions.key_sheet(act("clerk_a"), judging.sheet(world,5,codes[1]), values(world)))
    attempt("key2", lambda: keying_actions.key_sheet(act("clerk2_a"), judging.sheet(world,5,codes[1]), values(world)))

def test_machine(inside, act, world):
    track = judging.track_of(world)
    with transaction():
        mm.replace_scheme(act("organizer_a"), track, mm.SCHEME)
    codes = judging.draw(world); judging.seat(world)
    with transaction():
        mm.open_marking(act("organizer_a"), track)
    clerk = act("clerk_a")
    mm.take(clerk, track, mm.file_for(codes))
    ids = judging.aspect_ids(world)
    vals = {str(ids[c]): Decimal(r) for c, r in {"A1.1": "3", "A1.2": "2", "B1.1": "10", "B1.2": "31.99"}.items()}
    attempt("paper key after machine", lambda: keying_actions.key_sheet(clerk, judging.sheet(world,1,codes[0]), vals))
    with transaction():
        for j in range(1, 6):
            for c in codes:
                s = judging.sheet(world, j, c)
                for a, r in {"A1.1": "3", "A1.2": "2", "B1.1": "10", "B1.2": "31.99"}.items():
                    actions.save_mark(act(f"judge{j}_a"), s, judging.tap(ids[a], r))
                actions.submit_sheet(act(f"judge{j}_a"), s, s.version)
    s = judging.sheet(world, 1, codes[0])
    attempt("importer confirms", lambda: confirm_actions.confirm_sheet(clerk, s, s.version))
    judging.confirm_everything(world)
    judging.sign(world)
    asked = []
    attempt("correct machine", lambda: asked.append(correction_actions.ask_correction(clerk, judging.sheet(world,1,codes[0]), ids["B1.3"], Decimal("2.5"), "imported wrong file")))
    if asked:
        from eventsys.scoring.correction_queries import correction_of
        attempt("approve machine", lambda: correction_actions.approve_correction(act("chief_a"), correction_of(world.track_a, 1)))

@pytest.mark.parametrize("strategy", ["judgement_0_3", "consensus"])
def test_agree(app, browse, world, strategy):
    with app.app_context():
        judging.change_rules(world, strategy=strategy, strategy_level="aspect")
        codes = judging.signed_off(world)
        ids = judging.aspect_ids(world)
        with transaction():
            correction_actions.ask_correction(judging.actor("clerk_a"), judging.sheet(world,1,codes[0]), ids["B1.3"], Decimal("0"), "paper says otherwise")
    c = browse("chief_a")
    for m, p in (("get", "/corrections/%s/1"), ("post", "/corrections/%s/1"), ("get", "/chief/%s"), ("get", "/corrections/%s"), ("get", "/chief/%s/sign-off")):
        a = getattr(c, m)(p % world.track_a)
        print(strategy, m, p, a.status_code)

def test_two_accounts_key(inside, act, world):
    codes = judging.ready_to_mark(world)
    same_person("clerk_a", "clerk2_a")
    a, b = act("clerk_a"), act("clerk2_a")
    print(a.person_id, b.person_id)
    attempt("k1", lambda: keying_actions.key_sheet(a, judging.sheet(world,1,codes[0]), values(world)))
    attempt("k2 same person", lambda: keying_actions.key_sheet(b, judging.sheet(world,1,codes[0]), values(world)))

def test_sql(inside, act, world):
    codes = judging.signed_off(world)
    if session().get_bind().dialect.name != "sqlite":
        return
    for q in ("INSERT OR REPLACE INTO marking (id, group_id, track_id, opened_at, submitted_by, digest, locked_by, locked_with) SELECT id, group_id, track_id, opened_at, '', '', '', '' FROM marking",
              "INSERT OR REPLACE INTO mark_operation SELECT * FROM mark_operation",
              "INSERT OR REPLACE INTO audit_entry SELECT * FROM audit_entry",
              "INSERT OR REPLACE INTO mark SELECT * FROM mark",
              "INSERT OR REPLACE INTO judge_seat SELECT * FROM judge_seat",
              "INSERT OR REPLACE INTO ruleset SELECT * FROM ruleset",
              "UPDATE track SET ruleset_id = NULL",
              "UPDATE scheme SET state = 'superseded', superseded_at = frozen_at",
              ):
        attempt(q[:40], lambda: session().execute(text(q)).rowcount)
    m = session().scalars(select(Marking)).one()
    print("marking now:", m.submitted_at, m.locked_at)
    attempt("mark update", lambda: session().execute(text("UPDATE mark SET raw = 0")).rowcount)
    attempt("sheet", lambda: session().execute(text("UPDATE mark_sheet SET state='open'")).rowcount)
