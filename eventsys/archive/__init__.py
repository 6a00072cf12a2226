"""The evidence pack of an event: everything that proves its results, checkable without us."""
