"""What can go wrong with the index (索引) as a whole."""

from webapp.domain.errors import ArchiveError


class IndexDamaged(ArchiveError):
    """The index cannot be read: altered, cut short, sealed with another key or in an older form.

    It holds nothing that the database does not: set its folder aside and build it again.
    """
