"""Marking schemes: criteria and aspects, what each mark is worth, files in and out."""
