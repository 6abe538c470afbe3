"""Sealing values, and the keys that are wrapped."""
