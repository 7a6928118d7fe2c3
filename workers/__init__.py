"""Frames -> faces -> sightings: inference, tracking, verdicts, recording, jobs."""
