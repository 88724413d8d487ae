"""The WSGI application: `granian --interface wsgi heritage.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heritage.settings")
os.environ["HERITAGE_SERVING"] = "1"  # queries have a time limit
application = get_wsgi_application()
