"""Set up the environment, and run the whole system under one supervisor."""
