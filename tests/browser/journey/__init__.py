"""A skills competition in a browser: its people, and what each of them does."""
