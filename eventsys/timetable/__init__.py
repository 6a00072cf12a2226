"""Venues, rooms, stations, sessions, and who sits where and when."""
