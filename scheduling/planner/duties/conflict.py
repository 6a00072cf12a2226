"""What an explanation says: the rules that cannot hold together, where, and what would help."""

from dataclasses import dataclass

from scheduling.planner.duties.names import Rule


@dataclass(frozen=True, slots=True)
class Relaxation:
    """One way out: `rule` gives way by `amount` in all, at these sittings, tasks or posts.

    OFFICE: so many more people; SENIORS: so many more seniors; RECUSAL, UNIT, AVAILABILITY and
    OVERLAP: so many exceptions; SITTINGS, DAY and IN_SITTING: the limit becomes `limit`, which is
    `amount` more; LOAD: each load may be `amount` further off.
    """

    rule: Rule
    amount: int
    limit: int | None = None  # the number to write instead, where the rule is a number
    sittings: tuple[int, ...] = ()
    tasks: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Conflict:
    """Rules of which each could hold without the others, but not all together."""

    rules: tuple[Rule, ...]
    relaxations: tuple[Relaxation, ...]  # cheapest first
    sittings: tuple[int, ...] = ()  # the part they quarrel about; empty: the whole plan
    tasks: tuple[int, ...] = ()
    proved: bool = True  # False: no plan was found, but none was proved impossible either
