"""What became of the frames of the past, by minute, hour or day."""

from datetime import datetime
from http import HTTPStatus

from flask import Response
from pydantic import Field

from core.accounts import FrameAccount
from core.buckets import Bucket
from core.storage.compliance import list_starts
from core.storage.engine import utc_now
from core.storage.frame_accounts import FrameAccountBucket, frame_accounts
from core.storage.installation import read_time_zone
from core.storage.users import Role
from dashboard.access import identity, needs
from dashboard.api.operations import problems
from dashboard.api.schemas import Answered, Id, TimeRange, answer
from dashboard.api.system import blueprint
from dashboard.services import services

_NONE = FrameAccount()


class FrameAccountQuery(TimeRange):
    bucket: Bucket = Field(
        Bucket.HOUR, description="Hours and days are cut by the time zone of the installation."
    )
    camera_id: Id | None = None


class FrameCountsAnswer(Answered):
    """captured = the sum of analysed to unresolved."""

    captured: int
    analysed: int
    unchanged: int
    superseded: int
    expired: int
    lost: int
    failed: int
    unresolved: int = Field(description="Frames of which nothing had become yet.")
    delivered_minutes: int = Field(
        description="Minutes in which a camera delivered frames, summed over the cameras."
    )


class FrameAccountBucketAnswer(FrameCountsAnswer):
    """One stretch of time. gap: no camera delivered a frame in it."""

    start: datetime
    gap: bool


class FrameAccountsAnswer(Answered):
    series: list[FrameAccountBucketAnswer]
    totals: FrameCountsAnswer


@blueprint.get(
    "/frame-accounts", responses={200: FrameAccountsAnswer, **problems(HTTPStatus.NOT_FOUND)}
)
@needs(Role.OPERATOR)
def read_frame_accounts(query: FrameAccountQuery) -> Response:
    """Count what became of captured frames. Minutes come in when they are over."""
    start, end = query.bounds(utc_now())
    with services().database.read() as session:
        zone = read_time_zone(session)
        starts = list_starts(start, end, query.bucket, zone)
        scope = identity().scope
        found = frame_accounts(session, start, end, query.bucket, zone, query.camera_id, scope)
    buckets = [found.get(one, FrameAccountBucket(one, _NONE, 0)) for one in starts]
    totals = sum((one.account for one in buckets), _NONE)
    minutes = sum(one.delivered_minutes for one in buckets)
    return answer(
        FrameAccountsAnswer(
            series=[_write(bucket) for bucket in buckets],
            totals=FrameCountsAnswer.model_validate(_fields(totals, minutes)),
        )
    )


def _write(bucket: FrameAccountBucket) -> FrameAccountBucketAnswer:
    fields = _fields(bucket.account, bucket.delivered_minutes)
    return FrameAccountBucketAnswer.model_validate(
        {**fields, "start": bucket.start, "gap": bucket.is_gap}
    )


def _fields(account: FrameAccount, delivered_minutes: int) -> dict[str, int]:
    return {
        "captured": account.captured,
        "analysed": account.analysed,
        "unchanged": account.unchanged,
        "superseded": account.superseded,
        "expired": account.expired,
        "lost": account.lost,
        "failed": account.failed,
        "unresolved": account.unresolved,
        "delivered_minutes": delivered_minutes,
    }
