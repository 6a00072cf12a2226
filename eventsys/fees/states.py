"""Where a negotiation stands, who proposes and carries, what is paid for, and their words."""

from enum import StrEnum

from eventsys.errors import N_


class NegotiationState(StrEnum):
    """Where a negotiation stands."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    AGREED = "agreed"
    IN_FORCE = "in_force"
    BROKEN_OFF = "broken_off"


MOVES: dict[NegotiationState, frozenset[NegotiationState]] = {
    NegotiationState.DRAFT: frozenset({NegotiationState.PROPOSED, NegotiationState.BROKEN_OFF}),
    NegotiationState.PROPOSED: frozenset(
        {NegotiationState.PROPOSED, NegotiationState.AGREED, NegotiationState.BROKEN_OFF}
    ),
    NegotiationState.AGREED: frozenset({NegotiationState.IN_FORCE, NegotiationState.BROKEN_OFF}),
    NegotiationState.IN_FORCE: frozenset(),
    NegotiationState.BROKEN_OFF: frozenset(),
}


class Side(StrEnum):
    """Who proposes."""

    ISSUER = "issuer"
    GROUP = "group"


class Bearer(StrEnum):
    """Who carries a cost item; the price paid to the issuer covers what the issuer carries."""

    ISSUER = "issuer"
    SCHOOL = "school"


class CostItemKind(StrEnum):
    """The official enumeration of cost items."""

    QUESTION_BANK = "question_bank"
    PAPER_ASSEMBLY = "paper_assembly"
    PRINTING = "printing"
    MARKING = "marking"
    CERTIFICATE = "certificate"
    ASSESSORS = "assessors"
    SYSTEM = "system"
    VENUE = "venue"
    SERVICE = "service"


class ExamForm(StrEnum):
    """The four official exam forms."""

    PAPER = "paper"
    COMPUTER = "computer"
    PRACTICAL = "practical"
    SPECIAL_PRACTICAL = "special_practical"


COST_ITEM_LABELS = {
    CostItemKind.QUESTION_BANK: N_("Question bank"),
    CostItemKind.PAPER_ASSEMBLY: N_("Assembling papers"),
    CostItemKind.PRINTING: N_("Printing papers"),
    CostItemKind.MARKING: N_("Marking papers"),
    CostItemKind.CERTIFICATE: N_("Printing and issuing certificates"),
    CostItemKind.ASSESSORS: N_("Assessors' fees"),
    CostItemKind.SYSTEM: N_("Exam system support"),
    CostItemKind.VENUE: N_("Rent of exam rooms"),
    CostItemKind.SERVICE: N_("Exam service and consumables"),
}


STATE_LABELS: dict[NegotiationState, str] = {
    NegotiationState.DRAFT: N_("No proposal yet"),
    NegotiationState.PROPOSED: N_("Under negotiation"),
    NegotiationState.AGREED: N_("Agreed"),
    NegotiationState.IN_FORCE: N_("In force"),
    NegotiationState.BROKEN_OFF: N_("Broken off"),
}
SIDE_LABELS: dict[Side, str] = {Side.ISSUER: N_("The issuer"), Side.GROUP: N_("The group")}
BEARER_LABELS: dict[Bearer, str] = {
    Bearer.ISSUER: N_("Issuer"),
    Bearer.SCHOOL: N_("School"),
}
EXAM_FORM_LABELS: dict[ExamForm, str] = {
    ExamForm.PAPER: N_("Paper exam"),
    ExamForm.COMPUTER: N_("Computer exam"),
    ExamForm.PRACTICAL: N_("General practical exam"),
    ExamForm.SPECIAL_PRACTICAL: N_("Special practical exam"),
}


class Mode(StrEnum):
    """How a round was held."""

    MEETING = "meeting"
    LETTER = "letter"
    ONLINE = "online"


MODE_LABELS: dict[Mode, str] = {
    Mode.MEETING: N_("Meeting"),
    Mode.LETTER: N_("By letter"),
    Mode.ONLINE: N_("Online meeting"),
}
