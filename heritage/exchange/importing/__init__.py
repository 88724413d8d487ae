"""Imports: the rows of a file are compared with the catalogue, shown, and written once questions
are answered.

    of_import = add(path, name, user)         # opened, its columns guessed
    of_import.mapping, of_import.options      # as somebody chooses them
    plan(of_import, user, here=True)          # what each row would do: rows of `ImportRow`
    answer(of_import, {question.pk: answer})  # then plan() again
    apply(of_import, user, here=True)         # one change set, whole batches

`files` opens files and guesses columns, `columns` declares them, `deciding` is the differ,
`planning` and `applying` are jobs, `report` tells the outcome. Rows come from `exchange.reading`.
"""

from heritage.exchange.importing.applying import AT_ONCE, apply, to_apply
from heritage.exchange.importing.columns import ImportColumns
from heritage.exchange.importing.examples import EXAMPLES, write_example
from heritage.exchange.importing.files import (
    add,
    guess_by_names,
    look,
    needs_datum,
    open_import,
    remembered,
    sample,
)
from heritage.exchange.importing.options import CLEAR, DATUMS, Options
from heritage.exchange.importing.planning import answer, is_small, plan
from heritage.exchange.importing.report import Shower, counted, failed_rows
from heritage.exchange.importing.report import page as report_page
from heritage.exchange.importing.sweeping import sweep

__all__ = [
    "AT_ONCE",
    "CLEAR",
    "DATUMS",
    "EXAMPLES",
    "ImportColumns",
    "Options",
    "Shower",
    "add",
    "answer",
    "apply",
    "counted",
    "failed_rows",
    "guess_by_names",
    "is_small",
    "look",
    "needs_datum",
    "open_import",
    "plan",
    "remembered",
    "report_page",
    "sample",
    "sweep",
    "to_apply",
    "write_example",
]
