"""The planner: pure computing on arrays; no database, no web, no clock but the one it is given."""
