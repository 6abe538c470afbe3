"""What both webs share: doors, sessions, headers, pages, static files, health."""
