"""Sessions to periods and rooms: construct, repair, anneal."""
