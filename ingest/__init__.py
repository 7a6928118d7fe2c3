"""From cameras to frames: sources, pacing, motion gate, capture, supervisor."""
