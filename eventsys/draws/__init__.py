"""Lot drawing of blind codes, their custody, and the opening of the map."""
