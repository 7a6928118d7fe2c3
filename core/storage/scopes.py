"""Limit questions to the cameras that someone may see."""

from sqlalchemy import ColumnElement, Select, select, true
from sqlalchemy.orm import Session

from core.access_scopes import CameraScope
from core.errors import NotFound
from core.storage.tables import CameraRow


def is_in_scope(scope: CameraScope) -> ColumnElement[bool]:
    """Make the condition on CameraRow that lets a scope's cameras through."""
    return true() if scope.site_ids is None else CameraRow.site_id.in_(scope.site_ids)


def camera_ids_in(scope: CameraScope) -> Select[int]:
    """Make the question for the ids of a scope's cameras, removed ones too."""
    return select(CameraRow.id).where(is_in_scope(scope))


def check_camera(session: Session, camera_id: int, scope: CameraScope) -> None:
    """Raise NotFound unless the camera was ever registered and lies in the scope."""
    if session.scalar(camera_ids_in(scope).where(CameraRow.id == camera_id)) is None:
        raise NotFound(f"there is no camera {camera_id}")
