"""Backups of the record: one format for SQLite and PostgreSQL; each restores the other's."""
