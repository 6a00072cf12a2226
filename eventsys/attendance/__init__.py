"""Check-in at the venue, half-day sign-in of classes, and the hours that follow."""
