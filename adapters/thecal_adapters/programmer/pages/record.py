# SPDX-License-Identifier: Apache-2.0
"""What people did here: the last actions, the newest first."""

from starlette.responses import Response

from thecal_adapters.programmer.desk import Visit
from thecal_adapters.programmer.pages.status import tell_time

SHOWN = 50


def show_record(visit: Visit) -> Response:
    """The page."""
    recent = list(visit.desk.actions.recent)[-SHOWN:]
    rows = [(action, tell_time(action.utc_ms)) for action in reversed(recent)]
    return visit.page("record.html", rows=rows)
