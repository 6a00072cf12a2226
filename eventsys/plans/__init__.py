"""Plans: what an event's timetable needs, runs of the planner, and every move by hand."""
