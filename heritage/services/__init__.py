"""The consequences of writes, and operations on records for editors, loaders and commands.

Code that saves a record needs nothing from here: `connect()` connects the steps of `write_path` to
signals, which keep history, derived columns, full text and change log up to date.

- **Operations**, each a change set that can be undone: `bulk`, `merge`, `review`, `undo` (which
  `undo_plan` plans).
- **Reading**: `history` (what was changed, by whom), `conflicts` (what others have written since
  a row was opened), `record_problems` (what is wrong with records), `read_date()` (dates and eras
  as editors write them), `blur_rule_of()` (how closely a site is shown by its kinds).
- **The background worker**: `jobs` (kinds of jobs, which it runs), `outbox` (mail, which it sends),
  `prepared` (files that jobs put together), `renditions` (the sizes in which pictures are served),
  `tiles` (of published pictures, for IIIF).
- **Old history**: `thinning` combines old changes.
- **Proof**: `verification` compares what is stored with what it follows from.
- **Before a write of many sites**: `prepare()` computes what follows from it, so that its lock is
  shorter.
- **For commands**: `rebuild_derived()`, `finish_pending()`, `update_planner_statistics()`,
  `is_of_older_version()`.

Other packages import these names and no other module of this package.
"""

from django.core.signals import request_finished

# Others are imported by who uses them; these declare jobs, or hang on signals.
from heritage.services import (
    jobs,
    pending,
    prepared,
    renditions,
    system_checks,
    undo_in_batches,
    write_path,
)
from heritage.services.date_reading import DateQuestion, EraNames, Reading, read_date
from heritage.services.denormalized import Prepared, prepare
from heritage.services.dependencies import Terms, blur_rule_of, is_vocabulary, parents_first
from heritage.services.notifications import send_mail
from heritage.services.pending import finish as finish_pending
from heritage.services.planner_statistics import update_planner_statistics
from heritage.services.rebuild import rebuild_derived
from heritage.services.system_checks import is_of_older_version

__all__ = [
    "DateQuestion",
    "EraNames",
    "Prepared",
    "Reading",
    "Terms",
    "blur_rule_of",
    "bulk",
    "conflicts",
    "connect",
    "finish_pending",
    "history",
    "is_of_older_version",
    "is_vocabulary",
    "jobs",
    "merge",
    "outbox",
    "parents_first",
    "prepare",
    "prepared",
    "read_date",
    "rebuild_derived",
    "record_problems",
    "renditions",
    "review",
    "send_mail",
    "thinning",
    "tiles",
    "undo",
    "undo_in_batches",
    "undo_plan",
    "update_planner_statistics",
    "verification",
]


def connect() -> None:
    """Called once the app is ready."""
    write_path.connect()
    system_checks.register()
    jobs.connect()
    request_finished.connect(pending.continue_in_background, dispatch_uid="pending refresh")
