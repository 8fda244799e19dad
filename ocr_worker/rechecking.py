"""The lane that searches pages anew when the finding rules have changed (规则复查)."""

import logging
from collections.abc import Callable
from datetime import datetime

from webapp.services import mask_rechecks

_log = logging.getLogger("lantai.worker")


class RecheckLane:
    """Queues what was read under older rules when it starts, then works it off a page at a time."""

    def __init__(self, clock: Callable[[], datetime]):
        self._clock, self._has_queued = clock, False

    def step(self) -> bool:
        """Work one job. False when there is none."""
        if not self._has_queued:
            count = mask_rechecks.queue(now=self._clock())
            self._has_queued = True
            if count:
                _log.info("the finding rules are newer than %s pages: they are searched anew", count)
        return mask_rechecks.work_one(now=self._clock())
