"""The WSGI application: `granian --interface wsgi heritage.wsgi:application`."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heritage.settings")
os.environ["HERITAGE_SERVING"] = "1"  # queries have a time limit
application = get_wsgi_application()

# A page makes thousands of objects and no cycles of them: to look for some less often, and never
# among what has been loaded so far, takes a twentieth off its time.
gc.freeze()
gc.set_threshold(50_000, 20, 20)
