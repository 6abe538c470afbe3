"""What is erased, shortened or forgotten, and the ledger of it."""
