"""``bench`` and ``evaluate``: figures that anyone can repeat."""
