"""What a curator may decide, and what is worth a look; the decisions themselves are kept in :mod:`api.workspace`."""

from api.curation.curator import Curator

__all__ = ["Curator"]
