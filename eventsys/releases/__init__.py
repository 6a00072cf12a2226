"""Versions of an event's timetable: kept, compared in words, published, subscribed to, printed."""
