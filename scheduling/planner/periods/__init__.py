"""Items to periods when only people can clash: no rooms, as in the Toronto exam benchmarks."""
