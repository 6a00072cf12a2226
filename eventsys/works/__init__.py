"""What contestants hand in as files: kept without names, given to judges under codes only."""
