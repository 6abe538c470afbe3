"""What follows a concern: who is told, how, when, and what is done when nobody picks up."""
