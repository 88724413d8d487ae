"""The WSGI application: `granian --interface wsgi heritage.wsgi:application`."""

import gc
import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heritage.settings")
os.environ["HERITAGE_SERVING"] = "1"  # queries have a time limit
application = get_wsgi_application()

if not settings.IIIF:  # a web server hands out tiles as long as there are links to them
    from heritage.services import tiles

    tiles.update_links()

# A page makes thousands of objects, and some hundreds of them in cycles (forms and contexts of
# templates) that hold its lists of sites. These are collected less often than by default, so that
# what some dozen pages leave waits in memory; what has been loaded so far is never looked through.
gc.freeze()
gc.set_threshold(10_000, 20, 20)
