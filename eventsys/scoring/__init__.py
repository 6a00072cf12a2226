"""Scoring: how marks of judges become exact points."""
