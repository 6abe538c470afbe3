"""The companion: what people with intense emotions carry between therapy sessions."""
