"""``policy.tsv``: one row for every endpoint and method, or the application does not start."""

import csv
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from eventsys.identity.rules import Role

PATH = Path(__file__).with_name("policy.tsv")
RELATIONS = frozenset(
    {"public", "person", "platform", "member", "group", "event", "track", "unit", "self"}
)


class PolicyGap(RuntimeError):
    """The policy and the routes do not cover each other; the text lists the rows."""


@dataclass(frozen=True)
class Rule:
    """Who may reach an endpoint: ``roles`` (empty: anybody signed in), on which relation."""

    endpoint: str
    method: str
    roles: frozenset[Role]
    relation: str


def read_policy(path: Path = PATH) -> dict[tuple[str, str], Rule]:
    """The rules by endpoint and method."""
    rules: dict[tuple[str, str], Rule] = {}
    with path.open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            names = row["roles"].split(",") if row["roles"] not in {"", "-"} else []
            roles = frozenset(Role(name) for name in names)
            for method in row["methods"].split(","):
                key = (row["endpoint"], method)
                if key in rules or row["relation"] not in RELATIONS:
                    raise PolicyGap(f"policy.tsv: bad or double row {key}")
                rules[key] = Rule(*key, roles, row["relation"])
    return rules


def check_policy(app: Flask, rules: dict[tuple[str, str], Rule]) -> None:
    """Refuse to start when a route has no row, or a row has no route."""
    routes = {
        (rule.endpoint, method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    missing, stale = sorted(routes - rules.keys()), sorted(rules.keys() - routes)
    if missing or stale:
        raise PolicyGap(f"policy.tsv: rows missing for {missing}; rows without a route: {stale}")
