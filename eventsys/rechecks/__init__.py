"""Re-checking marks after the handing over: the best, a drawn sample, or everything."""
