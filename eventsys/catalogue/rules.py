"""The two certificate systems that share a name, and their levels (rules of the field, §3)."""

from dataclasses import dataclass
from enum import StrEnum

from eventsys.errors import N_


class CertificateSystem(StrEnum):
    """1+X of the education line, or the five-level line of human resources."""

    ONE_PLUS_X = "one_plus_x"
    FIVE_LEVEL = "five_level"


SYSTEM_LABELS: dict[CertificateSystem, str] = {
    CertificateSystem.ONE_PLUS_X: N_("1+X, three levels (1 is the lowest)"),
    CertificateSystem.FIVE_LEVEL: N_("Five levels of human resources (1 is the highest)"),
}


@dataclass(frozen=True)
class Level:
    """A level's code in its system, its rank (1 = lowest) and names; ``name_en`` is a message."""

    code: str
    rank: int
    name: str
    name_en: str


LEVELS: dict[CertificateSystem, tuple[Level, ...]] = {
    CertificateSystem.ONE_PLUS_X: (
        Level("1", 1, "初级", N_("Elementary")),
        Level("2", 2, "中级", N_("Intermediate")),
        Level("3", 3, "高级", N_("Advanced")),
    ),
    CertificateSystem.FIVE_LEVEL: (
        Level("5", 1, "初级工", N_("Level 5, junior worker")),
        Level("4", 2, "中级工", N_("Level 4, intermediate worker")),
        Level("3", 3, "高级工", N_("Level 3, senior worker")),
        Level("2", 4, "技师", N_("Level 2, technician")),
        Level("1", 5, "高级技师", N_("Level 1, senior technician")),
    ),
}
