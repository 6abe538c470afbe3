"""One module a use case; they reach the outside world through the ports alone."""
