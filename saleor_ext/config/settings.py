"""All settings, from the environment. FURUSATO_MODE is `trial` (default) or `service`.

In the trial everything runs on loopback with stand-ins for the shop and for Stripe; nothing needs
to be set. In service every secret and address must be given, and the trial's app is not installed.
"""

from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from saleor_ext.config import env
from saleor_ext.config.logging import logging_config

BASE_DIR = Path(__file__).resolve().parents[2]

MODE = env.text("FURUSATO_MODE", "trial")
if MODE not in {"trial", "service"}:
    raise ImproperlyConfigured("FURUSATO_MODE must be trial or service")
IS_TRIAL = MODE == "trial"
PORT = env.number("PORT", 8000)
DATA_DIR = Path(env.text("FURUSATO_DATA_DIR", str(BASE_DIR / ".trial")))


def _trial_default(value: str) -> str | None:
    """This will return a default that holds in the trial only; in service the setting is due."""
    return value if IS_TRIAL else None


if IS_TRIAL:
    DATA_DIR.mkdir(parents=True, exist_ok=True)


DEBUG = env.flag("DEBUG", default=False)
SECRET_KEY = env.text("SECRET_KEY", _trial_default("trial-only-not-a-secret-" + "0" * 40))
APP_URL = env.text("APP_URL", _trial_default(f"http://127.0.0.1:{PORT}")).rstrip("/")
# Where the shop's servers reach us, when that is another name than browsers use (containers).
APP_INTERNAL_URL = env.text("APP_INTERNAL_URL", "").rstrip("/") or APP_URL
# What this installation is called. A copy of the database under another name takes no donations
# until a person has confirmed it (docs/operating.md).
PLACE_NAME = env.text("PLACE_NAME", "" if IS_TRIAL else APP_URL)
# Seal secrets in the database (the shop's token). The first seals, all open; 32 characters or more.
SEALING_KEYS = env.words("SEALING_KEYS", _trial_default("trial-only-seals-nothing-real-" + "0" * 8))
if not SEALING_KEYS or any(len(key) < 32 for key in SEALING_KEYS):
    raise ImproperlyConfigured("SEALING_KEYS must name one key or more of at least 32 characters")
# By which names we are asked: the browsers', the shop's servers', and health checks from inside.
_OWN_HOSTS = sorted({urlsplit(url).hostname or "" for url in (APP_URL, APP_INTERNAL_URL)})
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]") + [
    host for host in _OWN_HOSTS if host
]
# How many proxies of ours each request has come through; each adds one address to X-Forwarded-For.
PROXY_COUNT = env.number("PROXY_COUNT", 0 if IS_TRIAL else 1)
CSRF_TRUSTED_ORIGINS = [APP_URL] if APP_URL.startswith("https://") else []

INSTALLED_APPS = [
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "saleor_ext.operation",
    "saleor_ext.law",
    "saleor_ext.outbox",
    "saleor_ext.saleor_connector",
    "saleor_ext.membership",
    "saleor_ext.donations",
    "saleor_ext.fulfilment",
    "saleor_ext.content",
    "saleor_ext.balance",
    "saleor_ext.receipts",
    "saleor_ext.onestop",
    "saleor_ext.costs",
    "saleor_ext.flows",
    "saleor_ext.access",
    "saleor_ext.api",
    "saleor_ext.dashboard",
    "storefront",
    *(["fixtures.trial"] if IS_TRIAL else []),
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "saleor_ext.access.static_files.StaticFilesMiddleware",
    "saleor_ext.access.request_log.RequestLogMiddleware",
    "saleor_ext.access.middleware.SecurityHeadersMiddleware",
    "saleor_ext.access.frame.FrameMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "saleor_ext.access.frame.FrameCsrfMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "saleor_ext.access.middleware.PrincipalMiddleware",
    *(["fixtures.trial.middleware.NoticeMiddleware"] if IS_TRIAL else []),
]

ROOT_URLCONF = "saleor_ext.config.urls"
WSGI_APPLICATION = "saleor_ext.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "saleor_ext.access.context.page_context",
            ],
            "builtins": ["storefront.templatetags.words"],
        },
    }
]

DATABASES = {
    "default": dj_database_url.parse(
        env.text("DATABASE_URL", f"sqlite:///{DATA_DIR / 'salon.sqlite3'}"),
        conn_max_age=0 if IS_TRIAL else 60,
        conn_health_checks=not IS_TRIAL,
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    if not IS_TRIAL:
        raise ImproperlyConfigured("in service DATABASE_URL must name a PostgreSQL database")
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;",
    }
else:
    # A question with many conditions looks dear to PostgreSQL, which then compiles it for 100 ms
    # and answers it in 2: no question of ours is long enough to be worth that.
    DATABASES["default"]["OPTIONS"] = {"connect_timeout": 5, "options": "-c jit=off"}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

SESSION_ENGINE = "saleor_ext.access.session_store"
SESSION_COOKIE_NAME = "furusato_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = APP_URL.startswith("https://")
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "storefront.views.errors.csrf_failed"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_HSTS_SECONDS = 0 if IS_TRIAL else 31_536_000
SECURE_PROXY_SSL_HEADER = None if IS_TRIAL else ("HTTP_X_FORWARDED_PROTO", "https")
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
MESSAGE_STORAGE = "saleor_ext.access.notices.notice_storage"

LANGUAGE_CODE = "ja"
TIME_ZONE = "Asia/Tokyo"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(DATA_DIR / "static")))
# The town's own pictures, served under /static/town/.
_PICTURES_DIR = env.text(
    "TOWN_PICTURES_DIR", str(BASE_DIR / "fixtures" / "town" / "pictures") if IS_TRIAL else ""
)
TOWN_PICTURES_DIR = Path(_PICTURES_DIR) if _PICTURES_DIR else None
STATICFILES_DIRS = [("town", _PICTURES_DIR)] if _PICTURES_DIR and IS_TRIAL else []
WHITENOISE_USE_FINDERS = IS_TRIAL
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 3600

# Rules and figures of the law, dated; a town may keep its own copy.
LAW_DIR = env.text("LAW_DIR", str(BASE_DIR / "fixtures" / "law"))

# The shop (Saleor).
SALEOR_API_URL = env.text("SALEOR_API_URL", _trial_default(f"http://127.0.0.1:{PORT + 1}/graphql/"))
SALEOR_INTERNAL_URLS = env.mapping("SALEOR_INTERNAL_URLS")
ALLOWED_SALEOR_DOMAINS = env.words(
    "ALLOWED_SALEOR_DOMAINS", _trial_default(f"127.0.0.1:{PORT + 1}") or ""
)
SALEOR_CHANNEL = env.text("SALEOR_CHANNEL", "furusato")
# The warehouse of the town office, from which donation lines are fulfilled.
SALEOR_OFFICE_WAREHOUSE = env.text("SALEOR_OFFICE_WAREHOUSE", "yakuba")
# Where staff open the shop's Dashboard (several addresses with commas; links use the first). Only
# these may show our staff pages in a frame; without any, nobody may.
DASHBOARD_URLS = env.words("DASHBOARD_URL")
SALEOR_TIMEOUT_S = env.number("SALEOR_TIMEOUT_S", 18)
# Whom `saleor_setup` signs in as. Give these to that one command and to no server.
SALEOR_STAFF_EMAIL = env.text("SALEOR_STAFF_EMAIL", "")
SALEOR_STAFF_PASSWORD = env.text("SALEOR_STAFF_PASSWORD", "")

# How many donations one run asks for at a time.
CHARGE_CONCURRENCY = env.number("CHARGE_CONCURRENCY", 16)
# The payment provider and the carriers: dotted paths, so that a town can bring its own.
_STRIPE_STAND_IN = f"http://127.0.0.1:{PORT + 2}"
PAYMENT_PROVIDER = {
    "class": env.text("PAYMENT_PROVIDER", "plugins.payment.stripe.provider.StripeProvider"),
    "config": {
        "secret_key": env.text("STRIPE_SECRET_KEY", _trial_default("sk_test_furusato_trial")),
        "publishable_key": env.text(
            "STRIPE_PUBLISHABLE_KEY", _trial_default("pk_test_furusato_trial")
        ),
        "webhook_secret": env.text("STRIPE_WEBHOOK_SECRET", _trial_default("whsec_furusato_trial")),
        "api_base": env.text("STRIPE_API_BASE", _STRIPE_STAND_IN if IS_TRIAL else ""),
        "script_url": env.text(
            "STRIPE_SCRIPT_URL", f"{_STRIPE_STAND_IN}/v3/stripe.js" if IS_TRIAL else ""
        ),
        "timeout_s": env.number("STRIPE_TIMEOUT_S", 20),
        "http_pool": env.number("STRIPE_HTTP_POOL", CHARGE_CONCURRENCY + 16),
    },
}
# Donations that all runs together ask for in a second; 0 for as many as they can. Stripe takes 100
# requests a second in live mode and 25 in test mode, those of the pages included.
CHARGE_RATE = env.number("CHARGE_RATE", 80)
# Where the browser may load the card field from and talk to.
PAYMENT_CSP_SOURCES = env.words(
    "PAYMENT_CSP_SOURCES",
    _STRIPE_STAND_IN
    if IS_TRIAL
    else "https://js.stripe.com,https://*.js.stripe.com,https://api.stripe.com,https://hooks.stripe.com",
)
CARRIERS = [
    "plugins.carriers.yamato.carrier.Yamato",
    "plugins.carriers.sagawa.carrier.Sagawa",
    "plugins.carriers.japanpost.carrier.JapanPost",
]
# Services that take one-stop applications online, by what their results are read with.
ONESTOP_ONLINE = env.words("ONESTOP_ONLINE", "plugins.onestop.csv_results.results.CsvResults")
# How many calls at a time one process makes to the shop for the outbox. While the shop records a
# payment it asks our own web process, which must have as many threads to spare.
OUTBOX_CONCURRENCY = env.number("OUTBOX_CONCURRENCY", 4)

# Work in the background.
CELERY_BROKER_URL = env.text("CELERY_BROKER_URL", _trial_default("memory://localhost/"))
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"polling_interval": 0.05} if IS_TRIAL else {"socket_connect_timeout": 5}
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_DEFAULT_QUEUE = "furusato"
# A long monthly run must not keep short work waiting behind it in the same process.
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ALWAYS_EAGER = env.flag("CELERY_TASK_ALWAYS_EAGER", default=False)
CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_TIMEZONE = TIME_ZONE
EMBED_WORKER = env.flag("EMBED_WORKER", default=False)

# Mail.
EMAIL_BACKEND = (
    "fixtures.trial.mail.MailboxBackend"
    if IS_TRIAL
    else "django.core.mail.backends.smtp.EmailBackend"
)
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORT = env.number("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", default=False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "salon@shiomi.example.jp")

# Who may read the figures at /metrics/; without it they are shown to nobody.
METRICS_TOKEN = env.text("METRICS_TOKEN", "")
LOGGING = logging_config(
    is_json=not IS_TRIAL, level=env.text("LOG_LEVEL", "WARNING" if IS_TRIAL else "INFO")
)
