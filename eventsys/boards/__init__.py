"""What people watch while a contest runs: progress, the public board, the ceremony, figures."""
