"""What the companion knows and decides: plain Python, no input or output, no clock."""
