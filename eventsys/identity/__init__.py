"""People, accounts, roles in a scope, sessions, sealed identity numbers."""
