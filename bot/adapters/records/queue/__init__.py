"""Inbox and outbox: leases, order, retries, dead letters."""
