"""The two certificate systems that share a name, and their levels (rules of the field, §3)."""

from dataclasses import dataclass
from enum import StrEnum


class CertificateSystem(StrEnum):
    """1+X of the education line, or the five-level line of human resources."""

    ONE_PLUS_X = "one_plus_x"
    FIVE_LEVEL = "five_level"


@dataclass(frozen=True)
class Level:
    """A level's code in its system, its rank (1 = lowest) and names."""

    code: str
    rank: int
    name: str
    name_en: str


LEVELS: dict[CertificateSystem, tuple[Level, ...]] = {
    CertificateSystem.ONE_PLUS_X: (
        Level("1", 1, "初级", "Elementary"),
        Level("2", 2, "中级", "Intermediate"),
        Level("3", 3, "高级", "Advanced"),
    ),
    CertificateSystem.FIVE_LEVEL: (
        Level("5", 1, "初级工", "Level 5, junior worker"),
        Level("4", 2, "中级工", "Level 4, intermediate worker"),
        Level("3", 3, "高级工", "Level 3, senior worker"),
        Level("2", 4, "技师", "Level 2, technician"),
        Level("1", 5, "高级技师", "Level 1, senior technician"),
    ),
}
