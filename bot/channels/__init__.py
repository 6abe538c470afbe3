"""Ways in and out for a person's messages: one module each, none knows another."""
