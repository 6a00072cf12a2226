"""Who serves where: offices at sessions, and when people can and cannot come."""
