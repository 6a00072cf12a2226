"""Who judges a track: seats, admission, and who must stand aside."""
