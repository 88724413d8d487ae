"""What another process does to the same database while a test goes on: run by its own interpreter.

`python -m tests.second_process <database> <seed>`: each line on the standard
input asks for a round of writes or for a check, each line on the standard output says "done".
"""

import os
import random
import sys

WRITES = 10  # of a round


def main(database: str, seed: int) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()
    from django.db import connection

    connection.settings_dict["NAME"] = database
    from heritage.search import store
    from tests.index_comparison import assert_as_rebuilt
    from tests.random_catalogue import Catalogue
    from tests.random_writes import write_if_possible

    catalogue = Catalogue(random.Random(seed), stored=True)
    for order in sys.stdin:
        if order.strip() == "write":
            for _write in range(WRITES):
                write_if_possible(catalogue)
                store.current()
        else:
            assert_as_rebuilt(store.current())
        sys.stdout.write("done\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
