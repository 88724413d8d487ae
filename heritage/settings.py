"""The settings module of every installation, driven by HERITAGE_* variables (see README)."""

import tomllib
from pathlib import Path

import environ
from django.conf.locale import LANG_INFO
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
# Of this program, shown by /readyz and at the foot of the admin.
VERSION = tomllib.loads((BASE_DIR / "pyproject.toml").read_text("utf-8"))["project"]["version"]

DEBUG = env.bool("HERITAGE_DEBUG", default=False)
# Set by `manage.py demo`: plain HTTP on this machine, with a secret kept beside the data.
DEMO = env.bool("HERITAGE_DEMO", default=False)
# Whether people reach the catalogue by HTTPS: secure cookies, HSTS and redirects follow.
HTTPS = env.bool("HERITAGE_HTTPS", default=not (DEBUG or DEMO))

# Everything that is written at run time: database, pictures, collected static files.
DATA_DIR = Path(env.str("HERITAGE_DATA", default=str(BASE_DIR / "var")))
MEDIA_ROOT = DATA_DIR / "media"
try:
    # Other users of the machine must not read the database: it has the hashes of passwords.
    DATA_DIR.mkdir(mode=0o750, parents=True, exist_ok=True)
    MEDIA_ROOT.mkdir(exist_ok=True)
except OSError as error:
    raise ImproperlyConfigured(
        f"The data folder {DATA_DIR} cannot be made: {error.strerror}. "
        "Make it, or name another one in HERITAGE_DATA."
    ) from error


def _secret_key() -> str:
    """The key from the environment, or the one that the demo keeps in the data folder."""
    key = env.str("HERITAGE_SECRET_KEY", default="")
    file = DATA_DIR / "secret_key"
    if not key and file.exists():
        key = file.read_text().strip()
    if not key and (DEBUG or DEMO):
        key = get_random_secret_key()
        file.touch(mode=0o600)
        file.write_text(key)
    if not key:
        raise ImproperlyConfigured(
            "HERITAGE_SECRET_KEY is not set. Set it to a long random text, "
            "or run `manage.py demo` once, which makes one."
        )
    return key


SECRET_KEY = _secret_key()
# Former keys: sessions and one-time codes that were made under them still hold.
SECRET_KEY_FALLBACKS = env.list("HERITAGE_SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("HERITAGE_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("HERITAGE_TRUSTED_ORIGINS", default=[])

# --- The application ------------------------------------------------------------------------

INSTALLED_APPS = [
    "heritage",
    "heritage.apps.CatalogueAdminConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",  # pages of allauth
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",  # its widget templates, found beside our own
    "django_filters",
    "django_htmx",
    "django_tasks_db",
    "js_lib_leaflet",
]
MIDDLEWARE = [
    "heritage.web.operations.middleware.short_headers",
    "heritage.web.operations.middleware.request_log",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "heritage.web.operations.middleware.personal_pages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "heritage.web.operations.middleware.query_limit",
    "heritage.web.operations.middleware.DatabaseErrorMiddleware",
    "heritage.web.operations.middleware.index_snapshot",
    "heritage.web.operations.middleware.map_policy",
    "heritage.web.operations.middleware.page_cache",
]
ROOT_URLCONF = "heritage.urls"
WSGI_APPLICATION = "heritage.wsgi.application"
AUTH_USER_MODEL = "heritage.User"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "admin:index"  # if the login page was opened directly

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "heritage.web.shared.context.catalogue",
            ],
        },
    }
]
# The templates of widgets are in templates/, like all others.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- What is stored --------------------------------------------------------------------------

# Seconds that one query of a page may take. Commands, which import no wsgi.py, have no limit.
QUERY_SECONDS = (
    env.float("HERITAGE_QUERY_SECONDS", default=20)
    if env.bool("HERITAGE_SERVING", default=False)
    else 0
)

DATABASES = {
    "default": env.db_url("DATABASE_URL", default=f"sqlite:///{DATA_DIR}/heritage.sqlite3")
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        # Readers never wait for the writer; a writer waits its turn instead of failing.
        # Measured: neither a larger cache nor mmap makes a page faster.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
        "PRAGMA temp_store=MEMORY;",
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
    }
else:
    # Whether a pooler assigns connections by the transaction, so that they keep no state.
    POOLED = env.bool("HERITAGE_DATABASE_POOLED", default=False)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = POOLED
    DATABASES["default"]["OPTIONS"] = {
        # A writer waits as long as with SQLite, see `ChangeLog` in models/unit_of_work.py.
        "options": f"-c lock_timeout=20s -c statement_timeout={int(QUERY_SECONDS * 1000)}",
    } | DATABASES["default"].get("OPTIONS", {})
DATABASES["default"]["CONN_MAX_AGE"] = env.int("HERITAGE_DATABASE_MAX_AGE", default=600)
# A streaming replica, from which visitors' pages read while it has all that they show.
_REPLICA_URL = env.str("HERITAGE_REPLICA_URL", default="")
if _REPLICA_URL:
    DATABASES["replica"] = DATABASES["default"] | env.db_url_config(_REPLICA_URL)
    if {each["ENGINE"] for each in DATABASES.values()} != {"django.db.backends.postgresql"}:
        raise ImproperlyConfigured(
            "HERITAGE_REPLICA_URL and DATABASE_URL must both name PostgreSQL servers."
        )
    # One that does not answer holds a page up for so many seconds, once in ten.
    DATABASES["replica"]["OPTIONS"] = (
        DATABASES["default"]["OPTIONS"]
        | {"connect_timeout": 2, "tcp_user_timeout": 5000}
        | DATABASES["replica"].get("OPTIONS", {})
    )
    DATABASE_ROUTERS = ["heritage.search.store.ReplicaRouter"]
    MIDDLEWARE.append("heritage.web.operations.middleware.ReplicaReads")

# Changes after which a worker saves the index for workers that start later; 0: never.
REFRESHED_AT_ONCE = env.int("HERITAGE_REFRESHED_AT_ONCE", default=500)
INDEX_SNAPSHOT_EVERY = env.int("HERITAGE_INDEX_SNAPSHOT_EVERY", default=500)

# How long a page that writes waits for another writer before it answers 503, and when the
# browser may try again. Commands wait longer, see above.
WRITE_WAIT_SECONDS = env.float("HERITAGE_WRITE_WAIT", default=2)
RETRY_AFTER_SECONDS = 10

# Public pages that a worker caches, see docs/caches.md; 0: none.
PAGES_KEPT = env.int("HERITAGE_PAGES_KEPT", default=1_000)

FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000  # a site with many rows is one form
# Limits of an uploaded picture: bytes as sent, and pixels once decoded.
IMAGE_MAX_BYTES = env.int("HERITAGE_IMAGE_MAX_BYTES", default=25 * 1024 * 1024)
IMAGE_MAX_PIXELS = env.int("HERITAGE_IMAGE_MAX_PIXELS", default=60_000_000)

# Whether photographs are given to viewers by IIIF, see docs/iiif.md.
IIIF = env.bool("HERITAGE_IIIF", default=True)

# Pictures as they were uploaded. Their metadata tell where somebody was, so nothing serves them.
ORIGINALS_ROOT = DATA_DIR / "originals"
# Large arrays of the search index, which the processes of a machine share; made anew if deleted.
INDEX_ROOT = DATA_DIR / "index"
# Files that people import, until their rows are read.
IMPORTS_ROOT = DATA_DIR / "imports"
# Files that jobs have put together, see heritage/services/prepared.py: how large all of them may
# be, and how long one is kept that nobody asks for. nginx hands them out where it is told to.
PREPARED_ROOT = DATA_DIR / "prepared"
PREPARED_MAX_BYTES = env.int("HERITAGE_PREPARED_MAX_BYTES", default=5_000_000_000)
PREPARED_DAYS = env.int("HERITAGE_PREPARED_DAYS", default=7)
PREPARED_BY_NGINX = env.bool("HERITAGE_PREPARED_BY_NGINX", default=False)

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATIC_MANIFEST = f"staticfiles-{BASE_DIR.name}.json"  # of this release, by its folder
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_KEEP_ONLY_HASHED_FILES = True  # no page names a file without its hash
# A bucket for pictures, where machines share no folder. boto3 itself reads AWS_ACCESS_KEY_ID,
# AWS_SECRET_ACCESS_KEY and AWS_DEFAULT_REGION.
S3_BUCKET = env.str("HERITAGE_S3_BUCKET", default="")
S3_ENDPOINT = env.str("HERITAGE_S3_ENDPOINT", default="")


def _pictures(folder: str, here: str) -> dict:
    if not S3_BUCKET:
        return {"BACKEND": here}
    options = {
        "bucket_name": S3_BUCKET,
        "location": folder,
        "endpoint_url": S3_ENDPOINT or None,
        "file_overwrite": False,  # as with files
    }
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}


STORAGES = {
    "default": _pictures("media", "django.core.files.storage.FileSystemStorage"),
    "originals": _pictures("originals", "heritage.media.originals.OriginalStorage"),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "heritage.web.operations.static_files.StaticFiles"
    },
}
FIXTURE_DIRS = [BASE_DIR / "fixtures"]
# The queue of the background worker, see heritage/services/jobs.py.
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
SERIALIZATION_MODULES = {"json": "heritage.exchange.json_dump"}

# --- Languages -------------------------------------------------------------------------------


def _named(codes: list[str]) -> list[tuple[str, str]]:
    """Languages by their codes, each under the name that it has for itself."""
    unknown = [code for code in codes if "name_local" not in LANG_INFO.get(code, {})]
    if unknown or not codes or len(set(codes)) < len(codes):
        raise ImproperlyConfigured(
            "HERITAGE_LANGUAGES takes codes that Django knows, such as en, zh-hans, fr or ar, "
            f"each once and with commas; not {', '.join(unknown or codes) or 'nothing'}."
        )
    names = [LANG_INFO[code]["name_local"] for code in codes]
    return [(code, name[0].upper() + name[1:]) for code, name in zip(codes, names, strict=True)]


# The languages of the interface; docs/adding-a-language.md tells how to add one.
LANGUAGES = _named(env.list("HERITAGE_LANGUAGES", default=["en", "zh-hans"]))
LANGUAGE_CODE = env.str("HERITAGE_LANGUAGE", default="en")
if LANGUAGE_CODE not in dict(LANGUAGES):
    raise ImproperlyConfigured("HERITAGE_LANGUAGE must be one of HERITAGE_LANGUAGES.")
# Further languages that records may be written in.
CONTENT_LANGUAGES = [
    (code, name)
    for code, name in _named(["zh-hant", "fr", "es", "ru", "ar", "ja", "ko", "de"])
    if code not in dict(LANGUAGES)
]
# The operator's own catalogues come first: they add languages and may change wording.
LOCALE_PATHS = [
    *env.list("HERITAGE_LOCALE", default=[]),
    BASE_DIR / "heritage" / "locale",
    BASE_DIR / "heritage" / "rewordings",  # other wording of messages of Django and allauth
]
FORMAT_MODULE_PATH = ["heritage.rewordings"]
TIME_ZONE = env.str("HERITAGE_TIME_ZONE", default="Asia/Shanghai")

# --- Mail -------------------------------------------------------------------------------------


def _mailers(url: str) -> dict:
    """Mail waits in the database for the background worker, which sends it to the server.

    In demo mode it is sent to the console, in debug mode at once; without a server nowhere.
    """
    console = "django.core.mail.backends.console.EmailBackend"
    nowhere = "django.core.mail.backends.dummy.EmailBackend"
    outbox = {"BACKEND": "heritage.services.outbox.EmailBackend"}
    if not url and DEMO:
        return {"default": outbox, "server": {"BACKEND": console}}
    if not url:
        return {"default": {"BACKEND": console if DEBUG else nowhere}}
    found = environ.Env.email_url_config(url)
    options = {
        "host": found["EMAIL_HOST"],
        "port": found["EMAIL_PORT"],
        "username": found["EMAIL_HOST_USER"],
        "password": found["EMAIL_HOST_PASSWORD"],
        "use_tls": found.get("EMAIL_USE_TLS", False),
        "use_ssl": found.get("EMAIL_USE_SSL", False),
        "timeout": 10,
    }
    server = {"BACKEND": found["EMAIL_BACKEND"], "OPTIONS": options}
    return {"default": server} if DEBUG else {"default": outbox, "server": server}


_MAIL_URL = env.str("HERITAGE_EMAIL_URL", default="")
MAILERS = _mailers(_MAIL_URL)
MAIL_IS_SET_UP = bool(_MAIL_URL) or DEBUG or DEMO
SILENCED_SYSTEM_CHECKS = []
if not _MAIL_URL:
    SILENCED_SYSTEM_CHECKS += ["mail.E001"]  # mail is optional, see docs/deployment.md
DEFAULT_FROM_EMAIL = env.str("HERITAGE_EMAIL_FROM", default="heritage@localhost")

# --- Safety ----------------------------------------------------------------------------------

SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF, CSP.NONCE],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "worker-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = HTTPS
# Monitoring asks the workers directly, without HTTPS.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = env.int("HERITAGE_HSTS_SECONDS", default=31_536_000) if HTTPS else 0
# Both bind other servers too, those below this host name, and cannot be revoked at once.
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS and env.bool("HERITAGE_HSTS_SUBDOMAINS", default=False)
SECURE_HSTS_PRELOAD = HTTPS and env.bool("HERITAGE_HSTS_PRELOAD", default=False)
SILENCED_SYSTEM_CHECKS += ["security.W005", "security.W021"]  # which ask for both
if env.bool("HERITAGE_BEHIND_PROXY", default=False):
    # Only if the proxy always sets this header itself: otherwise a client could.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
else:
    # What a proxy would do: pages and drawings are compressed.
    MIDDLEWARE.insert(
        MIDDLEWARE.index("django.middleware.security.SecurityMiddleware"),
        "heritage.web.operations.middleware.CompressedPages",
    )
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# --- Logging in: allauth, see heritage/admin/accounts/authentication.py ---------------------------

ACCOUNT_ADAPTER = "heritage.admin.accounts.authentication.AccountAdapter"
MFA_ADAPTER = "heritage.admin.accounts.authentication.MFAAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]  # accounts are created in the admin only
ACCOUNT_EMAIL_VERIFICATION = "none"  # administrators create the accounts
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # no mail to addresses without an account
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"login": None}  # admin/accounts/login_attempts.py counts them
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
# For the rate limits of allauth, which are shared by all workers. Files are shared by those of one
# machine; where several serve the catalogue, all need the same Redis.
MACHINES = env.int("HERITAGE_MACHINES", default=1)
CACHES = {
    "default": env.cache_url("HERITAGE_CACHE_URL")
    if env.str("HERITAGE_CACHE_URL", default="")
    else {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": str(DATA_DIR / "cache"),
    }
}

# Tiles of others on the map, in JSON, see docs/deployment.md; read by cartography/tile_layers.py.
MAP_TILES = env.str("HERITAGE_MAP_TILES", default="")

# --- Who runs it ------------------------------------------------------------------------------

# Name, logo, about and privacy texts are a record (Identity), edited in the admin.
DEFAULT_CATALOGUE_NAME = _("Heritage")
# The contact for security reports, published as /.well-known/security.txt: mailto:… or https://…
SECURITY_CONTACT = env.str("HERITAGE_SECURITY_CONTACT", default="")

# How Wikimedia can reach the operator: nothing is read from there without. mailto:… or https://…
CONTACT = env.str("HERITAGE_CONTACT", default="")
COMMONS_API = "https://commons.wikimedia.org/w/api.php"
WIKIDATA_API = "https://www.wikidata.org/w/api.php"
COMMONS_FILE_HOSTS = ["upload.wikimedia.org", "thumb.wikimedia.org"]

# Who is told of faults by mail: a server error, with its traceback.
ADMINS = env.list("HERITAGE_ERROR_MAIL", default=[])
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# Whether each request is a line in the log, see heritage/web/operations/middleware.py.
LOG_REQUESTS = env.bool("HERITAGE_LOG_REQUESTS", default=False)
# How a line of the log is written: "line" for people, "json" for programs.
LOG_FORMAT = env.str("HERITAGE_LOG_FORMAT", default="line")
if LOG_FORMAT not in ("line", "json"):
    raise ImproperlyConfigured("HERITAGE_LOG_FORMAT is line or json.")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"},
        "json": {"()": "heritage.server.logs.JSONLines"},
    },
    "filters": {
        "quiet": {"()": "heritage.server.logs.Quiet"},
        "request": {"()": "heritage.server.logs.WithRequest"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": LOG_FORMAT,
            "filters": ["quiet", "request"],
        },
        "mail": {
            "class": "django.utils.log.AdminEmailHandler",
            "level": "ERROR",
            "filters": ["quiet"],
        },
    },
    "root": {"handlers": ["console"], "level": env.str("HERITAGE_LOG_LEVEL", default="INFO")},
    "loggers": {"django": {"handlers": ["mail"] if ADMINS else [], "level": "INFO"}},
}
