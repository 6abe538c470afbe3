"""The practitioner web: sign in, today, one person. A room is a module."""
