"""Entries of units in tracks: members, eligibility, quotas, review."""
