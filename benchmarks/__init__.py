"""Small programs that measure the real server; each prints one line of JSON per job."""
