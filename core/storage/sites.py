"""Sites, and the zones within them."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.storage.engine import utc_now
from core.storage.tables import SiteRow, ZoneRow


def settle_site(session: Session, name: str) -> int | None:
    """Find the id of a site, and make it where it is new; None for no name."""
    if not name:
        return None
    row = session.scalar(select(SiteRow).where(SiteRow.name == name))
    if row is None:
        row = SiteRow(name=name, created_at=utc_now())
        session.add(row)
        session.flush()
    return row.id


def settle_zone(session: Session, site_id: int | None, name: str) -> int | None:
    """Find the id of a zone of a site, and make it where it is new; None for no name."""
    if not name:
        return None
    row = session.scalar(select(ZoneRow).where(ZoneRow.site_id == site_id, ZoneRow.name == name))
    if row is None:
        row = ZoneRow(site_id=site_id, name=name, created_at=utc_now())
        session.add(row)
        session.flush()
    return row.id
