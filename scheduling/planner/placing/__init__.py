"""Items to shifts and places by the rules of the house: first a place for each, then a good one."""
