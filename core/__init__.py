"""The words and shelves that two or more rooms share."""
