"""Rows out of the database, opened."""
