"""The REST API: Django REST framework, tokens, limits, the OpenAPI document."""

from datetime import timedelta

from config import env

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        # First, because its WWW-Authenticate header makes a missing sign-in a 401.
        "config.common.accounts.api.authentication.ApiTokenAuthentication",
        "config.common.accounts.api.authentication.ApiSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["config.common.http.permissions.RolePermission"],
    "DEFAULT_THROTTLE_CLASSES": ["config.common.http.throttling.CallerThrottle"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["config.common.http.bodies.JSONBodyParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "config.common.http.negotiation.FormatOrAccept",
    "DEFAULT_METADATA_CLASS": "config.common.http.metadata.StaticMetadata",
    "DEFAULT_SCHEMA_CLASS": "config.common.http.schema.ProblemSchema",
    "EXCEPTION_HANDLER": "config.common.http.exceptions.problem_handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "DATETIME_FORMAT": "iso-8601",
    "UNICODE_JSON": True,
}

KNOX_TOKEN_MODEL = "accounts.ApiToken"  # nosec B105 # the name of a model
API_TOKEN_DAYS = env.API_TOKEN_DAYS
REST_KNOX = {"TOKEN_TTL": timedelta(days=API_TOKEN_DAYS), "AUTH_HEADER_PREFIX": "Token"}

# Requests a minute; 0 switches a limit off.
RATE_LIMIT_TOKEN = env.RATE_LIMIT_TOKEN
RATE_LIMIT_ANONYMOUS = env.RATE_LIMIT_ANONYMOUS

# Bodies of the API are read and counted by itself (`config.common.http.bodies`), with a limit for each kind; the other
# limit is of the admin's forms.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
# The grid of wrong rows sends a field for each cell of up to 500 rows, the form of a resident one for each of up to a
# thousand relatives and a thousand friends.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 6_000
BODY_MAX_BYTES = 1024 * 1024
IMPORT_MAX_BYTES = env.IMPORT_MAX_BYTES
AIRPORTS_MAX_BYTES = env.AIRPORTS_MAX_BYTES
IMPORT_MAX_CITIZENS = env.IMPORT_MAX_CITIZENS
IMPORT_NEW_SOURCES = env.IMPORT_NEW_SOURCES
IMPORT_HOLD_LOSSES = env.IMPORT_HOLD_LOSSES
IMPORT_CARRY_CORRECTIONS = env.IMPORT_CARRY_CORRECTIONS
CITIZEN_MAX_RELATIVES = env.CITIZEN_MAX_RELATIVES
CITIZEN_MAX_FRIENDS = env.CITIZEN_MAX_FRIENDS
IMPORT_LARGE_BYTES = env.IMPORT_LARGE_BYTES
IMPORT_LARGE_AT_ONCE = env.IMPORT_LARGE_AT_ONCE
STREAM_MAX_BYTES = env.STREAM_MAX_BYTES
STREAM_MAX_RATIO = env.STREAM_MAX_RATIO
IMPORT_BODY_DAYS = env.IMPORT_BODY_DAYS
IMPORT_RETENTION_MONTHS = env.IMPORT_RETENTION_MONTHS
READ_AUDIT_DAYS = env.READ_AUDIT_DAYS

# How long a body may take, in all and by its rate, and how long a streamed answer and a piece of it.
BODY_SECONDS = env.BODY_SECONDS
BODY_MIN_RATE = env.BODY_MIN_RATE
BODY_RATE_SECONDS = env.BODY_RATE_SECONDS
ANSWER_SECONDS = env.ANSWER_SECONDS
ANSWER_STALL_SECONDS = env.ANSWER_STALL_SECONDS

# How long the first answer to a request with an Idempotency-Key is kept.
IDEMPOTENCY_KEY_LIFE = timedelta(hours=24)

CORS_ALLOWED_ORIGINS = env.CORS_ALLOWED_ORIGINS
CORS_ALLOW_CREDENTIALS = True
CORS_EXPOSE_HEADERS = [
    "Location",
    "X-Request-ID",
    "ETag",
    "Retry-After",
    "Idempotent-Replayed",
    "Preference-Applied",
]
CORS_ALLOW_HEADERS = [
    "accept",
    "authorization",
    "content-encoding",
    "content-type",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "prefer",
    "x-csrftoken",
    "x-request-id",
]

SPECTACULAR_SETTINGS = {
    "TITLE": "Demanda",
    "DESCRIPTION": (
        "Takes in deliveries of residents, lets staff correct them, and finds the demand for new courses among "
        "residents of different age groups, in different cities, through the advertising channels.\n\n"
        'Every success body is `{"data": …}`; every error is a problem details body (RFC 9457) that names each '
        "offending value by a JSON Pointer. Send `Authorization: Token <key>`.\n\n"
        "`Accept-Language` chooses English (default), Spanish or Russian for `title` and `detail` of errors, also of "
        "those that a delivery or a queued create was refused with; `Content-Language` of a problem says which it is. "
        "`code`, `pointer` and all data are the same in every language."
    ),
    "VERSION": "0.1.0",
    "OAS_VERSION": "3.1.0",
    "COMPONENT_SPLIT_REQUEST": True,
    "COMPONENT_SPLIT_PATCH": True,
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "",
    "SORT_OPERATION_PARAMETERS": False,
    "ENUM_NAME_OVERRIDES": {
        "ImportStatus": "imports.models.Import.Status",
        "Gender": "imports.models.Citizen.Gender",
        "CreateStatus": "airports.models.QueuedCreate.Status",
        "PendingChangeAction": "airports.models.PendingChange.Action",
        "Factor": "analytics.api.decisions.effects.FACTORS",
    },
    "TAGS": [
        {"name": "airports", "description": "Airports: find, read, make, change, delete, restore, history."},
        {"name": "airport verbs", "description": "The same by the name of what is done, with a body or by a link."},
        {"name": "imports", "description": "Deliveries of residents: load, list, delete."},
        {"name": "citizens", "description": "The residents of one delivery: read, correct, count."},
        {"name": "sources", "description": "The suppliers of deliveries: names, aliases, contacts."},
        {"name": "channels", "description": "The advertising channels: names and aliases, which analytics follow."},
        {"name": "analytics", "description": "Who wants the next course: where, how old, through which channel."},
    ],
}

# What the home page leads to.
HOME_LINKS = {
    "demand": "/analytics/",
    "admin": "/admin/",
    "docs": "/docs",
    "redoc": "/redoc",
    "schema": "/schema",
    "health": "/health/ready",
    "imports": "/imports",
}
