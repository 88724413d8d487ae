"""Pages for editors. Django's autodiscovery imports this package, which registers its classes.

- `records/`: the admin of sites and their rows, registers, vocabularies, visiting information.
- `accounts/`: users, groups and their permissions; how they log in.
- `workflow/`: the desk, review and publication, corrections, bulk actions, merging of records,
  imports of files, jobs of the background worker.
- `form/`: the form of a record: fields and widgets, rows, and what others saved meanwhile.
- `lists/`: columns, filters and order of lists, editing in a table, export.
- `changes/`: history, undo, and what was deleted.
- The modules beside them are used by all of these: permissions, pages, autocomplete, change sets.
"""

from heritage.admin.accounts import users  # noqa: F401
from heritage.admin.changes import change_sets  # noqa: F401
from heritage.admin.records import (  # noqa: F401
    names_events_pictures,
    pictures,
    registers,
    sites,
    visiting,
    vocabularies,
)
from heritage.admin.workflow import corrections, imports, jobs  # noqa: F401
