"""Exit with 0 if a process of ours on this machine says that it is alive.

`python -m launch.alive` is the health check of every container.
"""

import sys
from contextlib import closing

from core.settings import load_settings
from launch.readiness import connect_for_probes, read_beats, this_host


def main() -> int:
    with closing(connect_for_probes(load_settings().redis)) as redis:
        return 0 if any(beat.host == this_host() for beat in read_beats(redis)) else 1


if __name__ == "__main__":
    sys.exit(main())
