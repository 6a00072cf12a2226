"""Appeals of team leaders: their clock, the panels that rule, deposits, and decision letters."""
