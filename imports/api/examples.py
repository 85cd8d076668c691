"""Examples in the OpenAPI document; a test sends them."""

from drf_spectacular.utils import OpenApiExample

from imports.fields import FIELDS

_ANNA = {name: field.example for name, field in FIELDS.items()}
_PETRO = _ANNA | {
    "citizen_id": 2,
    "name": "Petro Shevchenko",
    "birth_date": "01.04.2009",
    "gender": "male",
    "relatives": [1],
    "channel": "tiktok",
}

DELIVERY = OpenApiExample(
    "A mother and her son", value={"citizens": [_ANNA, _PETRO]}, media_type="application/json", request_only=True
)
LINES = OpenApiExample(
    "A line of a stream", value=_ANNA | {"relatives": []}, media_type="application/x-ndjson", request_only=True
)
ROWS = OpenApiExample(
    "A table as Excel in Spain writes it",
    value=(
        "ID;Ciudad;Calle;Número;Piso;Nombre;Fecha de nacimiento;Sexo;Familiares\r\n"
        "1;Málaga;Calle Larios;22;7;Ana Ruiz;26.12.1986;mujer;2\r\n"
        "2;Málaga;Calle Larios;22;7;Luis Ruiz;2009-04-01;hombre;1\r\n"
    ),
    media_type="text/csv",
    request_only=True,
)
CORRECTION = OpenApiExample("Moved to another town", value={"town": "Valencia"}, request_only=True)
BIRTHDAYS = OpenApiExample(
    "By channel",
    value={"data": {"instagram": [{"citizen_id": 2, "courses": 1}], "tiktok": [{"citizen_id": 1, "courses": 1}]}},
    response_only=True,
)
PRESENTS = OpenApiExample(
    "By month",
    value={"data": {str(month): [] for month in range(1, 13)} | {"4": [{"citizen_id": 1, "presents": 1}]}},
    response_only=True,
)
SOURCE = OpenApiExample(
    "A supplier",
    value={"name": "consulates", "aliases": ["Consulados"], "contact": "Ana Ruiz", "sends": "All residents, monthly."},
    request_only=True,
)
SOURCE_ALIASES = OpenApiExample("Whom to ask", value={"contact": "Ana Ruiz"}, request_only=True)
CHANNEL = OpenApiExample("A channel", value={"name": "instagram", "aliases": ["Insta", "IG"]}, request_only=True)
CHANNEL_ALIASES = OpenApiExample("Other names of it", value={"aliases": ["Insta"]}, request_only=True)
