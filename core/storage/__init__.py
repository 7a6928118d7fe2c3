"""The SQL shelf: tables, and one function per question. SQL is spoken only here."""
