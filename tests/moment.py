"""When every test takes place."""

from datetime import UTC, datetime

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
