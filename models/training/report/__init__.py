"""Tell an evaluation: as a table for the terminal, as JSON, and as a page."""
