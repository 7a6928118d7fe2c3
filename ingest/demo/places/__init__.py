"""The places that demo cameras look at, each drawn by us."""
