"""Reads an XLS, XLSB or ODS file; run as a program of its own by `other_spreadsheets.py`.

calamine may take any amount of memory for a small file, and ends its process then. Here that is a
process with limits of memory and time, that can do nothing else. It writes one JSON value a line:
the sheets, then the rows of the sheet that was asked for.
"""

import datetime
import json
import resource
import sys


def main() -> None:
    path, sheet, memory, seconds = sys.argv[1:]
    resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds) + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    import python_calamine as calamine

    try:
        with calamine.load_workbook(path) as book:
            visible = calamine.SheetVisibleEnum.Visible
            tables = [
                (each.name, each.visible != visible)
                for each in book.sheets_metadata
                if each.typ == calamine.SheetTypeEnum.WorkSheet
            ]
            write({"sheets": tables})
            if sheet:
                rows = book.get_sheet_by_name(sheet)
                _row, column = rows.start or (0, 0)
                for number, cells in enumerate(rows.iter_rows(), 1):
                    write([number, [""] * column + list(map(plain, cells))])
    except calamine.PasswordError:
        write({"refused": "password"})
    except (calamine.CalamineError, ValueError, OverflowError) as error:
        write({"refused": str(error)[:200]})


def plain(value: object) -> object:
    """A cell as JSON has it; dates and times in a list."""
    if isinstance(value, datetime.date | datetime.time):
        return [value.isoformat()]
    if isinstance(value, datetime.timedelta):
        return value.total_seconds() / 86_400
    return value


def write(value: object) -> None:
    sys.stdout.write(json.dumps(value) + "\n")


if __name__ == "__main__":
    main()
