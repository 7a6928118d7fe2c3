"""Which cameras someone may see: all, or those of some sites."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CameraScope:
    """The sites whose cameras may be seen; None: all cameras, those of no site too.

    What is out of scope does not exist for whom it is hidden from: NotFound, not Forbidden.
    """

    site_ids: frozenset[int] | None

    @property
    def is_limited(self) -> bool:
        return self.site_ids is not None

    def sees(self, site_id: int | None) -> bool:
        """Say whether a camera of that site may be seen; None: it hangs at no site."""
        return self.site_ids is None or site_id in self.site_ids


EVERYWHERE = CameraScope(None)
