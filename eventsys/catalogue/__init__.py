"""Reference data: skill-level certificates, their levels and issuers."""
