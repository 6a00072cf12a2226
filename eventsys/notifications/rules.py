"""Kinds of message and their words."""

from enum import StrEnum

from eventsys.errors import N_


class MessageKind(StrEnum):
    """Why somebody is written to."""

    ENTRY_RETURNED = "entry_returned"
    ENTRY_APPROVED = "entry_approved"
    CLOSING_SOON = "closing_soon"
    TIMETABLE_PUBLISHED = "timetable_published"
    TIMETABLE_CHANGED = "timetable_changed"
    RESULTS_PUBLISHED = "results_published"
    CERTIFICATE_ISSUED = "certificate_issued"
    FILE_READY = "file_ready"
    APPEAL_LODGED = "appeal_lodged"
    APPEAL_TO_RULE = "appeal_to_rule"
    APPEAL_RULED = "appeal_ruled"
    APPEAL_REOPENED = "appeal_reopened"


MESSAGE_TEXTS: dict[MessageKind, str] = {
    MessageKind.ENTRY_RETURNED: N_(
        "Your entry %(entry)s in “%(track)s” was returned: %(reason)s"
        " Correct it and submit it again."
    ),
    MessageKind.ENTRY_APPROVED: N_("Your entry %(entry)s in “%(track)s” was approved."),
    MessageKind.CLOSING_SOON: N_(
        "Registration for “%(event)s” closes on %(moment)s. Submit what is still a draft."
    ),
    MessageKind.TIMETABLE_PUBLISHED: N_(
        "The timetable of “%(event)s” is published. See where and when you are expected."
    ),
    MessageKind.TIMETABLE_CHANGED: N_(
        "The timetable of “%(event)s” changed for you (version %(number)s). See the new time and"
        " place."
    ),
    MessageKind.RESULTS_PUBLISHED: N_("The results of “%(track)s” are published."),
    MessageKind.CERTIFICATE_ISSUED: N_("A certificate was issued: %(number)s."),
    MessageKind.FILE_READY: N_("The file “%(name)s” is ready for you."),
    MessageKind.APPEAL_LODGED: N_(
        "Appeal %(title)s in “%(track)s” has come in. Name its panel; the results wait for it."
    ),
    MessageKind.APPEAL_TO_RULE: N_(
        "You sit on the panel of appeal %(title)s in “%(track)s”. The answer is due by %(moment)s."
    ),
    MessageKind.APPEAL_RULED: N_("Appeal %(title)s in “%(track)s” is decided. Read the reasons."),
    MessageKind.APPEAL_REOPENED: N_(
        "Version %(n)s of the results of “%(track)s” changed a result of your unit. You can appeal"
        " about it until %(moment)s."
    ),
}
