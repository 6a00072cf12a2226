"""What people should hear of: inbox and outbox in one row."""
