"""A person's rights over their record: a copy, a correction, erasure, and what is kept how long."""
