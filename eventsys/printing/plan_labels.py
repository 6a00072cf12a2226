"""The fixed words of the papers made from a version of a timetable, as message ids."""

from eventsys.errors import N_

DESK_LABEL = {
    "number": N_("Ticket no."),
    "room": N_("Room or site"),
}

PHOTO_SIGN_IN = {
    "room": N_("Room or site"),
    "venue": N_("Venue"),
    "session": N_("Date and time"),
    "count": N_("People expected"),
    "photo": N_("Photo"),
    "number": N_("Ticket no."),
    "seat": N_("Seat no."),
    "masked": N_("ID number"),
    "signature": N_("Signature"),
    "present": N_("People present"),
    "absent": N_("People absent"),
    "in_charge": N_("Person in charge"),
    "date": N_("Date"),
    "page": N_("Page no."),
}

SEAT_MAP = {
    "room": N_("Room or site"),
    "venue": N_("Venue"),
    "session": N_("Date and time"),
    "front": N_("Front of the room"),
    "taken": N_("Taken"),
    "free": N_("Free"),
    "spare": N_("Spare"),
    "faulty": N_("Faulty"),
    "elsewhere": N_("Not on the map of the room as it stands now"),
    "page": N_("Page no."),
}

DUTY_LIST = {
    "time": N_("Time"),
    "what": N_("Session"),
    "where": N_("Place"),
    "office": N_("Duty"),
    "people": N_("On duty"),
    "signature": N_("Signature"),
    "page": N_("Page no."),
}

HANDBOOK = {
    "room": N_("Room or site"),
    "venue": N_("Venue"),
    "session": N_("Date and time"),
    "count": N_("People expected"),
    "team": N_("On duty"),
    "steps": N_("Step by step"),
    "rules": N_("Please note"),
    "roll": N_("Roll"),
    "seat": N_("Seat no."),
    "number": N_("Ticket no."),
    "name": N_("Full name"),
    "unit": N_("School or unit"),
    "here": N_("Present"),
    "remark": N_("Remark"),
    "present": N_("People present"),
    "absent": N_("People absent"),
    "began": N_("Began at"),
    "ended": N_("Ended at"),
    "absentees": N_("Numbers of those absent or late"),
    "happened": N_("Irregularities"),
    "time": N_("Time"),
    "who": N_("Number or station"),
    "event": N_("What, and the evidence"),
    "done": N_("What was done, minutes added"),
    "confirmed": N_("Signature of the person concerned"),
    "handed": N_("Handed in"),
    "papers": N_("Works or papers handed in"),
    "sheets": N_("Sheets sealed"),
    "envelopes": N_("Envelopes or drives"),
    "first": N_("Person in charge 1"),
    "second": N_("Person in charge 2"),
    "patrol": N_("Patrol or chief"),
    "date": N_("Date"),
    "page": N_("Page no."),
}

ORDER_BOOK = {
    "host": N_("Host"),
    "dates": N_("Dates of the event"),
    "contents": N_("Contents"),
    "timetable": N_("Timetable by day"),
    "time": N_("Time"),
    "track": N_("Track or subject"),
    "what": N_("Session"),
    "where": N_("Place"),
    "count": N_("Entries in it"),
    "offices": N_("Who serves"),
    "rooms": N_("Rooms and stations"),
    "venue": N_("Venue"),
    "room": N_("Room or site"),
    "stations": N_("Stations"),
    "used": N_("In use"),
    "entries": N_("Who takes part"),
    "nobody": N_("Nobody yet"),
    "page": N_("Page no."),
}
