"""Kinds of unit and of membership."""

from enum import StrEnum

from eventsys.errors import N_


class UnitKind(StrEnum):
    """What a member unit is."""

    HIGHER_VOCATIONAL = "higher_vocational"
    SECONDARY_VOCATIONAL = "secondary_vocational"
    UNIVERSITY = "university"
    ENTERPRISE = "enterprise"
    ISSUER = "issuer"
    ASSOCIATION = "association"
    GOVERNMENT = "government"


UNIT_KIND_LABELS = {
    UnitKind.HIGHER_VOCATIONAL: N_("Higher vocational college"),
    UnitKind.SECONDARY_VOCATIONAL: N_("Secondary vocational school"),
    UnitKind.UNIVERSITY: N_("University"),
    UnitKind.ENTERPRISE: N_("Enterprise"),
    UnitKind.ISSUER: N_("Training and assessment organisation"),
    UnitKind.ASSOCIATION: N_("Industry association"),
    UnitKind.GOVERNMENT: N_("Government body"),
}
SCHOOLS = frozenset(
    {UnitKind.HIGHER_VOCATIONAL, UnitKind.SECONDARY_VOCATIONAL, UnitKind.UNIVERSITY}
)


class MemberRole(StrEnum):
    """What a unit is in the group."""

    LEAD = "lead"
    VICE_CHAIR = "vice_chair"
    COUNCIL = "council"
    MEMBER = "member"


MEMBER_ROLE_LABELS = {
    MemberRole.LEAD: N_("Lead institution"),
    MemberRole.VICE_CHAIR: N_("Vice-chair unit"),
    MemberRole.COUNCIL: N_("Council unit"),
    MemberRole.MEMBER: N_("Member unit"),
}
