"""Every contributor writes whatever its feature keeps, and never a key of an entry."""

import json
from pathlib import Path

import pytest

from eventsys.archive.reports import ALWAYS, ONCE_LOCKED
from eventsys.db import session
from eventsys.events.models import Track
from tests.security.more_world import add_everything

NAMES = {
    "rules_of": {"track.json", "ruleset.json"},
    "schemes_of": {"scheme-v1.json", "scheme-v1.html"},
    "draws_of": {"draw.json", "draw-minute.json"},
    "publications_of": set(),
    "marks_of_track": {"handing-over.json", "corrections.json", "marks.json"},
    "rechecks_of": {"recheck.json"},
    "works_of": {"works.json"},
    "incidents_of": {"incidents.json"},
    "appeals_of": {"appeals.json"},
    "paper_of": {"paper/scans.json"},
}


@pytest.mark.parametrize("contributor", ALWAYS + ONCE_LOCKED, ids=lambda one: one.__name__)
def test_a_contributor_writes_what_there_is(inside, world, contributor):
    add_everything(world)
    track = session().get_one(Track, world.track_a)

    pieces = list(contributor(track, Path("files")))

    values = [one.content for one in pieces if isinstance(one.content, dict | list)]
    texts = [json.dumps(one, ensure_ascii=False) for one in values]
    keys = [str(world.ids[f"entry{n}_a"]) for n in range(1, 7)]
    assert NAMES.get(contributor.__name__, set()) <= {one.name for one in pieces}
    assert [key for key in keys if any(key in text for text in texts)] == []
