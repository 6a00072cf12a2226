"""What happens in the competition room, who decides about it, and what follows for the marks."""
