"""Events, tracks and their rulesets."""
