#!/usr/bin/env python
"""Runs the commands of operators, and of Django."""

import os
import sys

if sys.version_info < (3, 12):  # noqa: UP036 - whoever has an older one is told, not traced back
    sys.exit("Heritage needs Python 3.12 or newer; this is Python {}.{}.".format(*sys.version_info))


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heritage.settings")
    if sys.argv[1:2] == ["demo"]:
        # The demo serves plain HTTP on this machine and keeps a secret of its own:
        # settings.py says what that changes, in one place.
        os.environ.setdefault("HERITAGE_DEMO", "1")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
