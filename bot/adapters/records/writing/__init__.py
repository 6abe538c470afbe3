"""Writes in groups, each with its audit entry, in one transaction."""
