"""A marking day: fifty judges save at once while exports run; the ranking of a large track.

``python -m benchmarks.scoring [--seconds 60] [--judges 50] [--workers 2]`` prints a line of JSON
for each job. Everything is on: audit, permissions, tenancy, tokens.
"""

import argparse
import json
import resource
import socket
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from random import Random
from statistics import median

from flask_migrate import upgrade
from sqlalchemy import text

from benchmarks.server import HOST, Person, environment, serving
from eventsys.config import read_settings
from eventsys.db import db, enter_group, leave_groups, new_id, session, transaction
from eventsys.events.models import Track
from eventsys.identity import actions as identity
from eventsys.identity.rules import Role, Scope, ScopeKind
from eventsys.panels.models import JudgeSeat
from eventsys.results.ranking import standings
from eventsys.results.second_calculation import check_twice
from eventsys.schemes.queries import aspects_of, competition_rules
from eventsys.scoring.models import MarkSheet
from tests import judging
from tests.world import PASSWORD, World, build_world
from wsgi import ROOT, create_app

ENTRIES, ASPECTS, CODES = 300, 60, 20
THINKING = 1.0  # seconds between two taps of a judge, on average
BURSTS = 5  # how often all judges tap at the same instant, in the end
SEED = 7
EXPORT_LASTS = 1.0  # seconds a workbook takes at least


@dataclass
class Bench:
    """The installation to measure: 300 marked entries in one track, open sheets in another."""

    world: World
    judges: list[str]
    track_id: int
    aspects: list[int]


def prepare(settings_env: Mapping[str, str], judges: int) -> Bench:
    """Build both tracks in an empty database."""
    app = create_app(read_settings(dict(settings_env), ROOT))
    with app.app_context():
        upgrade()
        world = build_world()
        enter_group(world.group_a)
        judging.lay_down(world, ENTRIES, ASPECTS)
        bench = _open_sheets(world, judges)
        leave_groups()
        with transaction():
            session().execute(text("ANALYZE"))  # PostgreSQL does so within a minute by itself
        db.session.remove()
        db.engine.dispose()
    return bench


def _open_sheets(world: World, judges: int) -> Bench:
    """The marking of the team track: as many judges as wanted, twenty codes each."""
    with transaction():
        track = session().get_one(Track, world.team_track_a)
        judging.lay_scheme(track, ASPECTS)
        hashed = identity.hash_password(PASSWORD)
        scope = Scope(ScopeKind.TRACK, track.id)
        names = [f"bench{number}" for number in range(1, judges + 1)]
        for number, name in enumerate(names, start=1):
            user = identity.add_user(name, f"裁判{number}", hashed, group_id=track.group_id)
            identity.add_grant(user, track.group_id, Role.JUDGE, scope, identity.ALWAYS, None)
            seat = JudgeSeat(
                id=new_id(),
                group_id=track.group_id,
                track_id=track.id,
                user_id=user.id,
                seat=number,
            )
            session().add(seat)
            session().flush()
            session().add_all(
                MarkSheet(group_id=track.group_id, track_id=track.id, code=code, seat_id=seat.id)
                for code in codes_of()
            )
        session().flush()
        keys = [aspect.mark_key for aspect in aspects_of(track)]
    return Bench(world, names, track.id, keys)


def codes_of() -> list[str]:
    """The codes of the open sheets."""
    return [f"Q-{number:04d}" for number in range(CODES)]


def report(job: str, **figures: object) -> None:
    """One line of JSON."""
    print(json.dumps({"job": job, **figures}), flush=True)


# ---- ranking


def measure_ranking(settings_env: Mapping[str, str], bench: Bench) -> None:
    """The ranking as screen, files and certificates take it, and the second calculation."""
    app = create_app(read_settings(dict(settings_env), ROOT))
    first, both = [], []
    with app.app_context():
        for _round in range(5):
            enter_group(bench.world.group_a)
            session().expunge_all()
            began = time.perf_counter()
            track = judging.track_of(bench.world)
            ranking = standings(track)
            first.append(time.perf_counter() - began)
            check_twice(ranking, competition_rules(track))
            both.append(time.perf_counter() - began)
            session().rollback()
        entries = len(ranking.rows)
        db.session.remove()
        db.engine.dispose()
    report(
        "ranking",
        entries=entries,
        aspects=ASPECTS,
        judges=5,
        seconds=round(median(first), 3),
        with_second_calculation=round(median(both), 3),
        holds=median(first) < 1,
    )


# ---- saving


@dataclass
class Tablet:
    """One judge who taps for a while; ``spent`` are the seconds each save took."""

    person: Person
    bench: Bench
    number: int
    spent: list[float] = field(default_factory=list)
    burst: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    heads: dict[tuple[str, int], str] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)

    def save(self, random: Random, into: list[float]) -> None:
        """One tap, as the page sends it."""
        code, aspect = random.choice(codes_of()), random.choice(self.bench.aspects)
        op = str(uuid.UUID(int=random.getrandbits(128), version=4))
        before = self.heads.get((code, aspect))
        tap = {
            "op": op,
            "code": code,
            "aspect": aspect,
            "raw": str(random.randrange(4)),
            "seen": [before] if before else [],
        }
        began = time.perf_counter()
        status, text = self.person.ask(
            "POST",
            f"/judging/{self.bench.track_id}/marks",
            json.dumps({"ops": [tap], "known": {code: self.versions.get(code, 1)}}),
            "application/json",
        )
        into.append(time.perf_counter() - began)
        if status == HTTPStatus.OK and '"applied"' in text:
            self.heads[code, aspect] = op
            self.versions[code] = json.loads(text)["sheets"][code]["version"]
        else:
            self.faults.append(f"{status} {text[:80]}")

    def work(self, until: float, together: threading.Barrier) -> None:
        """Tap at one's own pace; at the end some taps at the same instant as all others."""
        random = Random(SEED * 1000 + self.number)
        time.sleep(random.uniform(0, THINKING))
        while time.monotonic() < until:
            self.save(random, self.spent)
            time.sleep(random.expovariate(1 / THINKING))
        for _burst in range(BURSTS):
            together.wait(timeout=60)
            self.save(random, self.burst)


def ask_for_exports(port: int, bench: Bench, seconds: float) -> int:
    """The organizer asks for so many result workbooks that the worker writes all the while."""
    organizer = Person(port)
    organizer.sign_in("organizer_a", PASSWORD)
    organizer.ask("GET", "/messages")
    number = int(seconds / EXPORT_LASTS) + 1
    for _export in range(number):
        organizer.send(f"/tracks/{bench.world.track_a}/results/file/results_xlsx")
    return number


def measure_saves(env: Mapping[str, str], bench: Bench, seconds: float) -> None:
    """Saves of all judges for so many seconds, with exports running all the while."""
    with serving(env) as port:
        tablets = [Tablet(Person(port), bench, number) for number in range(len(bench.judges))]
        for tablet, name in zip(tablets, bench.judges, strict=True):
            tablet.person.sign_in(name, PASSWORD)
            tablet.person.ask("GET", f"/judging/{bench.track_id}/{codes_of()[0]}")
        exports = ask_for_exports(port, bench, seconds + BURSTS)
        until = time.monotonic() + seconds
        together = threading.Barrier(len(tablets))
        threads = [threading.Thread(target=one.work, args=(until, together)) for one in tablets]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    saves = sorted(second for one in tablets for second in one.spent)
    at_once = sorted(second for one in tablets for second in one.burst)
    faults = [fault for one in tablets for fault in one.faults]
    report(
        "mark save",
        judges=len(tablets),
        saves=len(saves),
        per_second=round(len(saves) / seconds, 1),
        **{f"p{part}_ms": _percentile(saves, part) for part in (50, 95, 99)},
        all_at_the_same_instant={f"p{part}_ms": _percentile(at_once, part) for part in (50, 99)},
        exports_asked=exports,
        server_cpu_seconds=round(used.ru_utime + used.ru_stime, 1),
        faults=faults[:3],
        holds=not faults and _percentile(saves, 99) < 300,  # noqa: PLR2004  the figure to hold
    )


def _percentile(ordered: list[float], part: int) -> float:
    if not ordered:
        return 0.0
    return round(ordered[min(len(ordered) - 1, len(ordered) * part // 100)] * 1000, 1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def main() -> None:
    """Build, measure, report."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seconds", type=float, default=60)
    asked.add_argument("--judges", type=int, default=50)
    asked.add_argument("--workers", type=int, default=2, help="web processes")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        env = environment(Path(folder), _free_port(), given.workers)
        bench = prepare(env, given.judges)
        measure_ranking(env, bench)
        measure_saves(env, bench, given.seconds)


if __name__ == "__main__":
    sys.exit(main())
