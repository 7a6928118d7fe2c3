"""Count the cores that networks may use."""

import os


def count_cores() -> int:
    """Count the cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def share_cores(workers: int) -> int:
    """Give each of the workers of a host its threads; together they fill the cores."""
    return max(1, count_cores() // max(1, workers))
