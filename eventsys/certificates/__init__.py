"""Number registers, issued certificates, verification, revocation."""
