"""What jobs do: one module a kind, each with its `KIND`; here is the list of them."""

from collections.abc import Mapping

from core.jobs import JobKind
from workers.job_context import Kind

KINDS: Mapping[JobKind, Kind] = {}
