"""The fixed words of each printed document, as message ids; a translation and small English."""

from collections.abc import Callable, Mapping

from eventsys.errors import N_

Translate = Callable[[str], str]

CERTIFICATE = {
    "number": N_("Certificate no."),
    "seal": N_("(Seal)"),
    "check": N_("Scan to verify"),
}

TICKET = {
    "masked_id": N_("ID number"),
    "number": N_("Ticket no."),
    "track": N_("Track or subject"),
    "session": N_("Date and time"),
    "venue": N_("Venue"),
    "room": N_("Room or site"),
    "seat": N_("Seat no."),
    "photo": N_("Photo"),
    "rules": N_("Please note"),
    "check": N_("Scan to check in"),
}

RESULT_SHEET = {
    "place": N_("Rank"),
    "code": N_("Entry code"),
    "name": N_("Full name"),
    "unit": N_("School or unit"),
    "total": N_("Total marks"),
    "prize": N_("Prize"),
    "chief_judge": N_("Chief judge"),
    "supervisor": N_("Supervisor"),
    "data_officer": N_("Data officer"),
    "date": N_("Date"),
    "version": N_("Result version"),
    "digest": N_("Data digest (SHA-256)"),
    "page": N_("Page no."),
}

SIGN_IN_SHEET = {
    "number": N_("No."),
    "name": N_("Full name"),
    "unit": N_("School or unit"),
    "remark": N_("Remark"),
    "in_charge": N_("Person in charge"),
    "date": N_("Date"),
    "page": N_("Page no."),
}

SEAT_SHEET = {
    "room": N_("Room or site"),
    "venue": N_("Venue"),
    "session": N_("Date and time"),
    "count": N_("Number of seats"),
    "seat": N_("Seat no."),
    "name": N_("Full name"),
    "number": N_("Ticket no."),
    "unit": N_("School or unit"),
    "page": N_("Page no."),
}

MINUTE = {
    "drawn_at": N_("Drawn on"),
    "commitment": N_("Commitment (SHA-256 of the seed)"),
    "digest": N_("Data digest (SHA-256)"),
    "name": N_("Full name"),
    "unit": N_("School or unit"),
    "sealed": N_(
        "Seal in an envelope. To be opened when all marks are locked, before a supervisor."
    ),
    "custodian": N_("Encryption judge"),
    "witness": N_("Witness"),
    "date": N_("Date"),
    "page": N_("Page no."),
}

SCORE_SHEET = {
    "code": N_("Entry code"),
    "seat": N_("Judge's seat"),
    "number": N_("No."),
    "aspect": N_("What is judged"),
    "maximum": N_("Maximum mark"),
    "mark": N_("Mark given"),
    "total": N_("Total marks"),
    "judge": N_("Scoring judge"),
    "checker": N_("Checked by"),
    "chief_judge": N_("Chief judge"),
    "date": N_("Date"),
    "version": N_("Scheme version"),
    "short_digest": N_("Content check"),
    "digest": N_("Data digest (SHA-256)"),
    "page": N_("Page no."),
}


RULING = {
    "member": N_("Member of the panel"),
    "seal": N_("(Seal)"),
    "digest": N_("Data digest (SHA-256)"),
    "page": N_("Page no."),
}


def in_words(labels: Mapping[str, str], translate: Translate) -> dict[str, dict[str, str]]:
    """Each label in the reader's language (``main``), with English beneath if that differs."""
    spoken = {key: translate(message) for key, message in labels.items()}
    return {
        key: {"main": words, "small": "" if words == labels[key] else labels[key]}
        for key, words in spoken.items()
    }
