"""The audit: chains of entries, their seals, and the reasons sealed in them."""
