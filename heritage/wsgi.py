"""What a WSGI server starts: `granian --interface wsgi heritage.wsgi:application`."""

import gc
import os
import threading

from django.core.wsgi import get_wsgi_application
from django.utils.translation import trans_real

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heritage.settings")
application = get_wsgi_application()

# A page makes some ten thousand objects, nearly all of which go by themselves when it is done.
# Looking for circles among them several times a page took a tenth of its time; what has been
# loaded so far stays for good and need not be looked through at all.
gc.freeze()
gc.set_threshold(50_000, 20, 20)

# A page asks some four hundred times which language it is in. Django keeps that where tasks of an
# event loop find it too; a worker has threads alone, and what is theirs is found much sooner.
trans_real._active = threading.local()
