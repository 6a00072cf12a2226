"""The offices of a competition day: how many people each needs, and who holds them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eventsys.events.rules import CompetitionRules
from eventsys.identity.models import User
from eventsys.identity.rules import ROLE_LABELS, Role

FLOOR, CLERKS, SUPERVISORS = 1, 1, 1


@dataclass(frozen=True)
class Office:
    """One office: who holds it, how many it needs."""

    role: Role
    label: str
    people: Sequence[User]
    needed: int

    @property
    def lacking(self) -> int:
        """How many people are still to be appointed."""
        return max(0, self.needed - len(self.people))


def offices(held: Mapping[Role, Sequence[User]], rules: CompetitionRules) -> list[Office]:
    """All offices of a track; each level of anonymity is drawn by a custodian of its own."""
    needed = {
        Role.CHIEF_JUDGE: 1,
        Role.FLOOR_JUDGE: FLOOR,
        Role.JUDGE: rules.judges,
        Role.ENCRYPTION_JUDGE: max(1, rules.anonymity_levels),
        Role.SCORE_CLERK: CLERKS,
        Role.SUPERVISOR: SUPERVISORS,
    }
    return [Office(role, ROLE_LABELS[role], held[role], number) for role, number in needed.items()]
