"""Paper beside the computer: printed sheets, signed scans compared with it, keying by two."""
