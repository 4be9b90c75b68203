"""Settings, read from the environment; every unsafe default works in the demo only."""

import os
from pathlib import Path

from csp.constants import NONE, SELF

from gongzhi.faces.core_css import style_sources
from gongzhi.kernel.spans import wanted

ROOT = Path(__file__).resolve().parent.parent.parent
DEMO_SECRET = "demo-only-never-in-production"  # noqa: S105 - refused outside the demo
# Every account of the demo carries this salt, so that a start outside the demo finds them at once.
DEMO_SALT = "everybodyknowsthisone"


def _flag(name: str) -> bool:
    return os.environ.get(name, "").lower() in {"1", "true", "yes"}


def _number(name: str, default: int) -> int:
    """A whole number; whoever wrote something else reads which setting it is, and no traceback."""
    told = os.environ.get(name, "").strip() or str(default)
    if not told.isdecimal():
        raise SystemExit(f"{name}={told}：这里只能填 0 或正整数，请改正后再启动。")
    return int(told)


DEMO = _flag("GONGZHI_DEMO")
DEBUG = False
DATA_DIR = Path(os.environ.get("GONGZHI_DATA", ROOT / "var" / ("demo" if DEMO else "data")))
CONFIG_DIR = Path(os.environ.get("GONGZHI_CONFIG", ROOT / "config"))
BASEMAP = Path(os.environ.get("GONGZHI_BASEMAP", DATA_DIR / "basemap.json"))

SECRET_KEY = os.environ.get("GONGZHI_SECRET_KEY", DEMO_SECRET)
# Comma-separated, newest first: new values are sealed with the first, old ones opened by any.
SEAL_KEYS = os.environ.get("GONGZHI_SEAL_KEYS", DEMO_SECRET).split(",")
INDEX_KEY = os.environ.get("GONGZHI_INDEX_KEY", DEMO_SECRET)
# Signs copies; without one of its own the index key does, which never changes either.
BACKUP_KEY = os.environ.get("GONGZHI_BACKUP_KEY", "")
ALLOWED_HOSTS = os.environ.get("GONGZHI_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("GONGZHI_ORIGINS", "").split(",") if o]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_htmx",
    "ninja",
    "gongzhi.kernel",
    "gongzhi.places",
    "gongzhi.access",
    "gongzhi.journal",
    "gongzhi.calendars",
    "gongzhi.messages.apps.MessagesConfig",
    "gongzhi.catalogue",
    "gongzhi.sheets",
    "gongzhi.sensing",
    "gongzhi.residents",
    "gongzhi.cases",
    "gongzhi.care",
    "gongzhi.flows",
    "gongzhi.whistles",
    "gongzhi.visits",
    "gongzhi.disputes",
    "gongzhi.insight.apps.InsightConfig",
    "gongzhi.backups",
    "gongzhi.doors",
    "gongzhi.doors.hotline",
    "gongzhi.doors.webhook",
    "gongzhi.doors.qr",
    "gongzhi.doors.mail.apps.MailConfig",
    "gongzhi.doors.wechat",
    "gongzhi.doors.phone",
    "gongzhi.crossings",
    "gongzhi.faces",
    "gongzhi.project",
    "gongzhi.demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "gongzhi.faces.middleware.TextGZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "gongzhi.faces.middleware.RefusalMiddleware",  # reads forms: before the check of their token
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

if wanted(os.environ):  # OpenTelemetry, by its own variables
    MIDDLEWARE.insert(0, "gongzhi.project.tracing.SpanMiddleware")

ROOT_URLCONF = "gongzhi.project.urls"
WSGI_APPLICATION = "gongzhi.project.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "libraries": {"lucide": "gongzhi.kernel.icons"},
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "gongzhi.faces.context.everywhere",
            ],
        },
    }
]


def _connections(pool: int, prepare: int) -> dict[str, object]:
    """One connection for each thread, kept; or a pool of so many, which lets idle ones go.

    Values travel beside the statements; one that comes back for the `prepare`-th time on the same
    connection is planned and kept by the server (docs/adr/0036-statements-kept-planned.md).
    """
    beside = {"server_side_binding": True, "prepare_threshold": prepare or None}
    if not pool:
        return {"CONN_MAX_AGE": None, "OPTIONS": beside}
    size = {"min_size": 1, "max_size": pool, "timeout": 10}
    return {"CONN_MAX_AGE": 0, "OPTIONS": {**beside, "pool": size}}


def _databases() -> dict[str, dict[str, object]]:
    """One database: PostgreSQL when GONGZHI_PG_NAME is set, else the embedded SQLite."""
    if name := os.environ.get("GONGZHI_PG_NAME"):
        env = os.environ
        return {
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": name,
                "USER": env.get("GONGZHI_PG_USER", ""),
                "PASSWORD": env.get("GONGZHI_PG_PASSWORD", ""),
                "HOST": env.get("GONGZHI_PG_HOST", ""),
                "PORT": env.get("GONGZHI_PG_PORT", ""),
                "CONN_HEALTH_CHECKS": True,
                **_connections(_number("GONGZHI_PG_POOL", 0), _number("GONGZHI_PG_PREPARE", 3)),
            }
        }
    return {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA_DIR / "gongzhi.sqlite3",
            # Opening a WAL database for each request costs 2-3 x the CPU of the request.
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                    "PRAGMA cache_size=-16384; PRAGMA temp_store=MEMORY;"
                    # Pages written again and again between two checkpoints are copied once.
                    "PRAGMA wal_autocheckpoint=4000;"
                ),
            },
        }
    }


DATABASES = _databases()
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

AUTH_USER_MODEL = "access.Person"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "faces:login"
LOGIN_REDIRECT_URL = "faces:start"
LOGOUT_REDIRECT_URL = "faces:home"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "faces/locked.html"
AXES_HTTP_RESPONSE_CODE = 429
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_DISABLE_ACCESS_LOG = False
AXES_IPWARE_PROXY_COUNT = _number("GONGZHI_PROXIES", 0)

SESSION_COOKIE_AGE = 12 * 3600
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
# The demo is served on plain http on this machine; everything else must be https.
SECURE_COOKIES = not (DEMO or _flag("GONGZHI_PLAIN_HTTP"))
SESSION_COOKIE_SECURE = SECURE_COOKIES
CSRF_COOKIE_SECURE = SECURE_COOKIES
CSRF_FAILURE_VIEW = "gongzhi.faces.pages.stale_form"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS = [
    "security.W005", "security.W021",  # what other names under our domain do is not ours to decide
    "security.W008",  # the front server sends from http to https
    "security.W009",  # gongzhi.E002 asks for long keys of all kinds
]  # fmt: skip
if SECURE_COOKIES:
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
DATA_UPLOAD_MAX_NUMBER_FILES = 12
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
# Within ten minutes. Many phones share one address behind a carrier's network.
REPORTS_PER_ADDRESS = _number("GONGZHI_REPORTS_PER_ADDRESS", 120)
# Wrong passwords within a quarter of an hour, from browsers in which the account is not at home.
SIGN_INS_PER_ADDRESS = _number("GONGZHI_SIGN_INS_PER_ADDRESS", 30)
REPORTS_PER_REPORTER = _number("GONGZHI_REPORTS_PER_REPORTER", 10)
PHOTO_DIR = DATA_DIR / "photos"
LAKE_DIR = DATA_DIR / "lake"  # months as Parquet; made again from the database at any time
KEPT_DIRS: list[Path] = []  # more folders of stored files that belong into every copy
TABLE_DIR = DATA_DIR / "tables"  # sealed, and removed when they expire
# A TrueType file with Chinese letters for PDF; without it readers substitute STSong-Light.
PRINT_FONT = os.environ.get("GONGZHI_PRINT_FONT", "")
PHOTO_MOST_BYTES = 20 * 1024 * 1024
PHOTO_MOST_PIXELS = 60_000_000
PHOTOS_MOST = 6
VOICE_MOST_BYTES = 4 * 1024 * 1024
FILE_MOST_BYTES = PHOTO_MOST_BYTES
BODY_MOST_BYTES = PHOTOS_MOST * PHOTO_MOST_BYTES + VOICE_MOST_BYTES + DATA_UPLOAD_MAX_MEMORY_SIZE
FILE_UPLOAD_HANDLERS = [
    "gongzhi.kernel.uploads.BoundedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# Seconds that a minute of the elders' ladder lasts; the demo climbs it faster, nobody else may.
LADDER_MINUTE = float(os.environ.get("GONGZHI_LADDER_MINUTE", "60")) if DEMO else 60.0
RING_SECONDS = 45.0 if LADDER_MINUTE >= 10 else max(8.0, 4 * LADDER_MINUTE)

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = sorted((ROOT / "gongzhi").glob("*/locale"))
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("GONGZHI_STATIC", DATA_DIR / "static"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "gongzhi.project.static.QuickStorage"
            if DEMO
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = False
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (
    "jpg", "jpeg", "png", "gif", "webp", "zip", "gz", "br", "woff", "woff2", "map",
)  # fmt: skip

# With it /metrics may be asked from elsewhere; from this machine it may be asked without.
METRICS_TOKEN = os.environ.get("GONGZHI_METRICS_TOKEN", "")

# The live stream is a process of its own; 0 means "same origin", behind a front server.
LIVE_PORT = _number("GONGZHI_LIVE_PORT", 0)
TILE_URL = os.environ.get("GONGZHI_TILE_URL", "/tiles/{z}/{x}/{y}.svg")
MAP_NOTICE = os.environ.get("GONGZHI_MAP_NOTICE", "示意底图 · 非测绘成果 · 演示数据")
HELPLINE = os.environ.get("GONGZHI_HELPLINE", "12345")

# Doors. Where residents reach this installation, for links in letters and messages.
PUBLIC_URL = os.environ.get("GONGZHI_PUBLIC_URL", "").rstrip("/")
MAIL_CONFIG = os.environ.get("GONGZHI_MAIL_CONFIG", str(CONFIG_DIR / "doors" / "mail.yaml"))
MAIL_PASSWORDS = {
    name.removeprefix("GONGZHI_MAIL_PASSWORD_").lower(): password
    for name, password in os.environ.items()
    if name.startswith("GONGZHI_MAIL_PASSWORD_")
}
WECHAT = {  # of the official account; without an id the door is shut
    part: os.environ.get(f"GONGZHI_WECHAT_{part.upper()}", "")
    for part in ("app_id", "secret", "token", "aes_key", "api", "open")
}
SMS_URL = os.environ.get("GONGZHI_SMS_URL", "")
SMS_KEY = os.environ.get("GONGZHI_SMS_KEY", "")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF, *style_sources()],  # the core styles inlined in phone pages
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF, "blob:"],
        "connect-src": [SELF],
        "worker-src": [SELF, "blob:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "gongzhi.project.logs.LineFormatter",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        },
        "json": {"()": "gongzhi.project.logs.JsonFormatter"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "json" if os.environ.get("GONGZHI_LOG_FORMAT") == "json" else "line",
        }
    },
    "root": {"handlers": ["console"], "level": os.environ.get("GONGZHI_LOG", "INFO")},
    "loggers": {"axes": {"level": "WARNING"}},
}
