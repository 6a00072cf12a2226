"""Editions of competitions, training projects and exam plans, their tracks and rulesets."""
