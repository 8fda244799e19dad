"""How files arrive: into memory, never into a temporary folder, and not more than the disk and we can take."""

import io
from typing import IO

from htmx_flask.requests import HtmxAwareRequest

LARGEST_REQUEST = 64 * 1024 * 1024  # bytes: one 200-page colour PDF, or a dozen phone photos
LARGEST_FROM_STRANGERS = 64 * 1024  # bytes: a password and a code; who is not signed in sends no files
LARGEST_FORM_FIELD = 512 * 1024
MOST_PARTS = 100


class ArchiveRequest(HtmxAwareRequest):
    """A request whose uploaded files stay in memory: nothing decrypted touches the disk."""

    max_content_length = LARGEST_REQUEST
    max_form_memory_size = LARGEST_FORM_FIELD
    max_form_parts = MOST_PARTS

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        return io.BytesIO()
