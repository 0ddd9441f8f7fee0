"""Django's settings, all of them derived from `vatra.config.settings`."""

from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from vatra.config.settings import SOURCE, read

VATRA = read()

FOUNDATION = [
    "upkeep", "audit", "places", "bodies", "access", "catalogue", "files", "imports", "forms", "docket", "worklist", "letters",
]  # fmt: skip
ROOMS = [
    "staff", "policy", "ledger", "programmes", "providers", "people", "intake", "benefits", "cases", "payments", "insight",
]  # fmt: skip
PORTALS = ["public", "desk", "provider"]

SECRET_KEY = VATRA.secret_key
DEBUG = VATRA.debug
ALLOWED_HOSTS = list(VATRA.hosts)
CSRF_TRUSTED_ORIGINS = list(VATRA.origins)

INSTALLED_APPS = [
    *(f"vatra.portals.{name}" for name in PORTALS),
    "vatra.journeys",
    *(f"vatra.rooms.{name}" for name in reversed(ROOMS)),
    *(f"vatra.foundation.{name}" for name in reversed(FOUNDATION)),
    "vatra.web",
    "vatra.look",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "django_cotton.apps.SimpleAppConfig",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "vatra.look.middleware.ContentSecurityPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "vatra.look.middleware.ChosenLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "vatra.web.middleware.SignedInActor",
    "vatra.look.middleware.PageReady",
    "vatra.web.middleware.RefusalsToPages",
]

ROOT_URLCONF = "vatra.config.urls"
WSGI_APPLICATION = "vatra.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "vatra.look.quiet.QuietTemplates",
        "NAME": "django",
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": ["django_cotton.templatetags.cotton", "vatra.look.templatetags.vatra"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "vatra.look.context.page",
            ],
        },
    }
]


def _database(url: str, home: Path) -> dict[str, object]:
    """SQLite in the home folder, or `postgresql://user:password@host:port/name`."""
    if not url or url.startswith("sqlite"):
        path = unquote(urlsplit(url).path) if url else str(home / "vatra.sqlite3")
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": path,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                "PRAGMA cache_size=-65536; PRAGMA mmap_size=268435456;",
            },
        }
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ValueError("VATRA_DATABASE_URL should begin with sqlite:// or postgresql://")
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": {**query, "pool": {"min_size": 1, "max_size": 8}},
    }


DATABASES = {"default": _database(VATRA.database_url, VATRA.home)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/desk/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_ADAPTER = "vatra.web.accounts.Closed"
ACCOUNT_EMAIL_VERIFICATION = "none"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "web/locked_out.html"

LANGUAGE_CODE = "en"
LANGUAGES = [("ro", "Română"), ("ar", "العربية"), ("tr", "Türkçe"), ("en", "English")]
LOCALE_PATHS = [SOURCE / "src" / "vatra" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

LOCKS = SOURCE / "requirements"
STATIC_SOURCE = SOURCE / "src" / "vatra" / "look" / "static"
STATIC_URL = "/static/"
STATIC_ROOT = VATRA.home / "static"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": VATRA.home / "files"},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG

SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = VATRA.https
SECURE_SSL_REDIRECT = VATRA.https
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # asked from the machine itself, without TLS
SECURE_HSTS_SECONDS = 31_536_000 if VATRA.https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = VATRA.https
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if VATRA.https else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"


def _mail(url: str) -> dict[str, object]:
    """`smtp://user:password@host:587` (STARTTLS), `smtps://…:465`; without one, mail goes nowhere."""
    if not url:
        return {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ValueError("VATRA_EMAIL_URL should look like smtp://user:password@host:587 or smtps://…:465")
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp",
        "EMAIL_TIMEOUT": 10,
    }


globals().update(_mail(VATRA.email_url))

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
