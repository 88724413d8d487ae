"""A writer in a process of its own: `python -m tests.machine_writer`.

Each line on the standard input is a text that becomes the summary of Longmen; each line on the
standard output says that it is committed.
"""

import os
import sys


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "heritage.settings"
    import django

    django.setup()
    from django.core.cache import cache

    from heritage.models import Site
    from heritage.values.language import LanguageMap

    for line in sys.stdin:
        site = Site.objects.get(uid="longmen-grottoes")
        site.summary = LanguageMap.clean({"en": line.strip(), "zh-hans": line.strip()})
        site.save()
        cache.set("last", line.strip())
        sys.stdout.write("committed\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
