"""A group that looks like the field, with invented people: what ``make demo`` shows."""
