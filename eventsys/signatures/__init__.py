"""Signatures made by hand on a tablet, or typed by those who cannot draw."""
