"""What jobs do: one module a kind, each with its `KIND`; here is the list of them."""

from collections.abc import Mapping

from core.jobs import JobKind
from workers.job_context import Kind
from workers.job_kinds import backfill, desharpening, erasure, retention

KINDS: Mapping[JobKind, Kind] = {
    JobKind.BACKFILL: backfill.KIND,
    JobKind.DESHARPENING: desharpening.KIND,
    JobKind.ERASURE: erasure.KIND,
    JobKind.RETENTION: retention.KIND,
}
