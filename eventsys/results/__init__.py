"""Results: places, prizes and exam outcomes that follow from exact scores."""
