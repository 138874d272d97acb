"""What holds everywhere. Every value from outside comes through `env`, and fails with a sentence."""

import zoneinfo
from pathlib import Path

import environ
from csp.constants import NONE, SELF, UNSAFE_INLINE
from django.templatetags.static import static

from kernel.rooms import ROOMS

# The zones' rules come with the program (package tzdata): the machine's own may be years old.
zoneinfo.reset_tzpath(to=())

env = environ.FileAwareEnv()  # SECRET_KEY_FILE names a file that holds SECRET_KEY; so for all
BASE_DIR = Path(__file__).resolve().parent.parent.parent
DATA_DIR = Path(env("DATA_DIR", default=str(BASE_DIR / ".local")))

DEBUG = False
DEMO = env.bool("DEMO", default=False)  # a demo practice: sign-in without password, invented people
SECRET_KEY = env("SECRET_KEY", default="")
FIELD_KEYS = env.list("FIELD_KEYS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
INSTANCE_TOKEN = env(
    "INSTANCE_TOKEN", default=""
)  # the health answer carries it: is this server ours?
# Where the office is reached from outside: links in messages begin with it.
PUBLIC_URL = env("PUBLIC_URL", default=f"http://localhost:{env('PORT', default='8000')}").rstrip(
    "/"
)
METRICS_TOKEN = env("METRICS_TOKEN", default="")  # opens /metrics; empty: there is no such page
# While this file is there, /health/ready says 503: the proxy sends nobody here any more.
DRAIN_FILE = env("DRAIN_FILE", default="")
# Where the event stream is; empty: on the pages' own host and port, behind the same proxy.
EVENTS_URL = env("EVENTS_URL", default="")
# Pages of other origins that may listen, `https://office.example`; the stream's own host always may.
EVENTS_ORIGINS = env.list("EVENTS_ORIGINS", default=[])
EVENTS_LOOK_AGAIN = env.float(
    "EVENTS_LOOK_AGAIN", default=30.0
)  # seconds between looks at a session
# The head of the audit trail's chain, best on another machine or a medium that is written once.
AUDIT_HEAD_FILE = env("AUDIT_HEAD_FILE", default="")
MEMO_SECONDS = 5  # how old configuration and grants may be

DATABASES = {
    "default": {
        **env.db_url("DATABASE_URL", default="postgresql://office@127.0.0.1:1/office"),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
    }
}
DATABASES["default"].setdefault("OPTIONS", {})
DATABASES["default"]["OPTIONS"]["options"] = (
    "-c statement_timeout=15000 -c lock_timeout=5000 -c idle_in_transaction_session_timeout=30000"
)
APP_ROLE = env("DATABASE_APP_ROLE", default="office_app")  # serves; the owner migrates
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# A folder with pg_dump, pg_restore and psql; empty: the wheel's, else those on the PATH.
POSTGRES_TOOLS = env("POSTGRES_TOOLS", default="")
# What the office keeps in DATA_DIR beside the database: backups take it. Never keys.
KEPT_IN_DATA_DIR = ["audit-head", "uploads", "documents"]

REDIS_URL = env("REDIS_URL", default="redis://127.0.0.1:1/0")  # broker: must not lose or evict
CACHE_URL = env("CACHE_URL", default="") or REDIS_URL  # may forget anything at any time
CACHES = {
    "default": {
        "BACKEND": "kernel.cache.HouseCache",
        "LOCATION": CACHE_URL,
        "KEY_PREFIX": "office",
        "OPTIONS": {"socket_connect_timeout": 0.3, "socket_timeout": 0.5},
    }
}

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",  # the plain one: the other would put its own site in place of ours
    "office.panel.AdminPanelConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.forms",
    "django.contrib.staticfiles",
    "csp",
    "django_htmx",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "guardian",
    "pgtrigger",
    "pghistory",
    *ROOMS,
]

MIDDLEWARE = [
    "office.request_line.RequestLine",
    "office.headers.EveryAnswer",
    "office.content_policy.ContentPolicy",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "office.limits.Limits",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "access.middleware.SignedInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "access.middleware.PolicyMiddleware",
    "office.our_clock.OurClock",
]

SILENCED_SYSTEM_CHECKS = [
    "admin.E408",  # access.middleware.SignedInMiddleware does what AuthenticationMiddleware would
    "auth.W004",  # the e-mail is unique without regard to case: constraint user_email_once
]

ROOT_URLCONF = "office.urls"
WSGI_APPLICATION = "office.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "access.context.shell",
            ],
            "builtins": ["django.templatetags.static"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    "guardian.backends.ObjectPermissionBackend",
]
GUARDIAN_RAISE_403 = False
ANONYMOUS_USER_NAME = None
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "access.passwords.NotTheOffice"},
    {"NAME": "access.passwords.NotBreached"},
]
# A file of sorted SHA-1 of passwords known from breaches; empty: only the 20,000 most common are known.
BREACHED_PASSWORDS = env("BREACHED_PASSWORDS", default="")
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/sign-in/"

ACCOUNT_ADAPTER = "access.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # accounts are made by the office, not by strangers
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # no letters to strangers
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_RATE_LIMITS = False  # counted in Postgres, access.throttle
ACCOUNT_FORMS = {
    "login": "access.forms.SignInForm",
    "reauthenticate": "access.forms.AgainForm",
    "change_password": "access.forms.ChangePasswordForm",
    "set_password": "access.forms.SetPasswordForm",
    "reset_password": "access.forms.ResetForm",
    "reset_password_from_key": "access.forms.NewPasswordForm",
}
PASSWORD_RESET_TIMEOUT = 3600
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=0)
MFA_ADAPTER = "access.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"  # the device asks who holds it: two factors in one
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_RATE_LIMITS = False  # counted in Postgres, access.throttle
MFA_FORMS = {
    "authenticate": "access.forms.SecondStepForm",
    "reauthenticate": "access.forms.SecondStepAgainForm",
    "activate_totp": "access.forms.EnrolForm",
    "add_webauthn": "access.forms.AddPasskeyForm",
    "edit_webauthn": "access.forms.RenamePasskeyForm",
    "login_webauthn": "access.forms.PasskeySignInForm",
    "authenticate_webauthn": "access.forms.PasskeySecondStepForm",
    "reauthenticate_webauthn": "access.forms.PasskeyAgainForm",
}
MFA_TOTP_TOLERANCE = 1  # phones' clocks differ by half a minute
MFA_TOTP_ISSUER = "Medical Office Manager"
MFA_TRUST_ENABLED = False

SESSION_ENGINE = "access.session_store"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_IDLE_SECONDS = env.int("SESSION_IDLE_SECONDS", default=15 * 60)  # 45 CFR 164.312(a)(2)(iii)
SESSION_LONGEST_SECONDS = env.int("SESSION_LONGEST_SECONDS", default=12 * 3600)
SESSION_COOKIE_AGE = SESSION_LONGEST_SECONDS
DEVICE_COOKIE_NAME = "device"  # a screen in the waiting room: access.devices
CSRF_COOKIE_HTTPONLY = False
CSRF_FAILURE_VIEW = "office.views.errors.csrf_failure"

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"  # storage; every page shows a location's or the practice's zone
USE_I18N = False
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static" / "dist"]  # what static/build.mjs made
STATIC_ROOT = Path(env("STATIC_ROOT", default=str(DATA_DIR / "static")))
WHITENOISE_ALLOW_ALL_ORIGINS = False  # no other site has any use for our files

DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_MB", default=200) << 20  # one file, by a page
# What a document may be; each file from outside is checked within these by a child process (desk.safety).
DOCUMENT_MAX_BYTES = env.int("DOCUMENT_MAX_MB", default=50) << 20
DOCUMENT_MAX_PAGES = env.int("DOCUMENT_MAX_PAGES", default=500)
DOCUMENT_MAX_MEGAPIXELS = env.int("DOCUMENT_MAX_MEGAPIXELS", default=40)
# clamd: tcp://host:3310 or unix:///path. Set: nothing is opened before it was found clean. Empty: none.
SCANNER_URL = env("SCANNER_URL", default="")
SCANNER_MAX_BYTES = env.int("SCANNER_MAX_MB", default=25) << 20  # its StreamMaxLength
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
# Led to TLS are people. Programs are refused (office.limits); health and figures are asked behind the proxy.
SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$", r"^(api|fhir)/"]
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "style-src-attr": [UNSAFE_INLINE],  # style attributes place the cards of the day grid
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],  # and the event stream: access.context
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}

UNFOLD = {
    "SITE_TITLE": "Admin panel",
    "SITE_HEADER": "Admin panel",
    "SITE_URL": "/",
    "SITE_SYMBOL": "tune",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda _request: static("mark.svg")}
    ],
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_BACK_BUTTON": True,
    "BORDER_RADIUS": "6px",
    "COLORS": {  # the accent of tokens.css
        "primary": {
            "50": "239 244 255",
            "100": "219 230 254",
            "200": "191 211 254",
            "300": "147 180 253",
            "400": "96 140 250",
            "500": "59 103 246",
            "600": "29 78 216",
            "700": "30 64 190",
            "800": "30 56 160",
            "900": "30 50 128",
            "950": "23 34 84",
        }
    },
    "SIDEBAR": {"navigation": "office.panel_nav.navigation"},
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["access.api.ActorAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["access.api.PolicyAllows"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["kernel.bodies.HouseJSON"],
    "DEFAULT_PAGINATION_CLASS": "kernel.cursor.CursorPages",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "kernel.api.problem_handler",
    "PAGE_SIZE": 50,
    "COERCE_DECIMAL_TO_STRING": True,
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Medical Office Manager",
    "DESCRIPTION": "The same actions as the pages, as JSON.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "kernel.schema.complete",
    ],
    "ENUM_NAME_OVERRIDES": {
        "RoomKindEnum": "office.models.places.RoomKind",
        "CredentialKindEnum": "staff.models.CredentialKind",
    },
}

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Told to end, a worker finishes what it has in hand; what takes longer is done again by the next one.
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20.0
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "socket_connect_timeout": 1,
    "socket_timeout": 10,
    "global_keyprefix": "office-",
    # One try to ring: the desk does not wait for a broker that is away. Workers reconnect by other settings.
    "max_retries": 1,
    "interval_start": 0,
}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = {"tick": {"task": "kernel.tasks.tick", "schedule": 10.0}}

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="smtp://127.0.0.1:25")
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 5  # seconds: a worker has other deliveries
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="office@localhost")

# How messages leave, by way: `mail:`, `https://TOKEN@gateway/path?keys=1`; empty: not at all. A demo writes to
# nobody: what would have gone is read in the outbox.
GATEWAYS = {
    "sms": env("SMS_URL", default="demo:" if DEMO else ""),
    "email": "demo:" if DEMO else "mail:" if env("EMAIL_URL", default="") else "",
    "push": env("PUSH_URL", default=""),
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "django.security": {"level": "WARNING"},
        "office.request_line": {"level": "WARNING"},  # on one's own machine nobody reads it
    },
}
