"""Training and exporting are tested where TensorFlow can be installed: not on Python 3.14 yet."""

from importlib.util import find_spec

collect_ignore = [] if find_spec("tensorflow") else ["exporting"]
