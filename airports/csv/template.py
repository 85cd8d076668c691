"""A file of airports to fill in: the columns with two airports, and what stands in each column."""

from collections.abc import Iterator
from typing import Any

from airports.fields import DST_CODES, FIELDS, NAMES

ADVICE = (
    "One airport a row. Take the two examples out before you send the file.",
    "An airport is written as a whole: every column has to be there, and an empty cell says that the value is unknown.",
    "A row is the airport with its ICAO code, else with its IATA code, else that of the same name and place.",
)
EXAMPLES: tuple[tuple[Any, ...], ...] = (
    ("Valencia Airport", "Valencia", "Spain", "VLC", "LEVC", 39.4893, -0.4816, 240, 1, "E", "Europe/Madrid",
     "airport", "our list"),
    ("Cuatro Vientos Airport", "Madrid", "Spain", "ECV", "LECU", 40.3707, -3.7851, 2269, 1, "E",
     "Europe/Madrid", "airport", "our list"),
)  # fmt: skip
_ABOUT = {
    "name": "Its name.",
    "city": "The main city that it serves.",
    "country": "The country or territory.",
    "iata": "Three letters or digits.",
    "icao": "Three or four letters or digits.",
    "latitude": "Degrees, negative in the south; a decimal point or comma.",
    "longitude": "Degrees, negative in the west.",
    "altitude": "Feet.",
    "timezone": "Hours from UTC.",
    "dst": f"Daylight saving time, one of {', '.join(DST_CODES)}.",
    "tz": "The name of a time zone.",
    "type": "What it is, for instance airport or station.",
    "source": "Where the row comes from.",
}


def explained() -> Iterator[list[str]]:
    """Of each column its name, whether it needs a value, what stands in it, an example, and no other name."""
    for name, example in zip(NAMES, EXAMPLES[0], strict=True):
        yield [name, "yes" if FIELDS[name].required else "may be empty", _ABOUT[name], str(example), ""]
