"""Write networks as the files that runtimes open, and make them smaller."""
