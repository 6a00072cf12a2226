"""Paper: certificates, tickets, result sheets and lists as PDF, and QR images."""
