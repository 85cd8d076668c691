"""The airports of the package `airportsdata`, some 28,000 real ones, as a file in the OpenFlights layout."""

import csv
import io

import airportsdata

from airports.countries import country_name
from airports.fields import NAMES

TYPE = "airport"
SOURCE = "airportsdata"


def package_csv() -> io.BytesIO:
    """The file: CSV in UTF-8 with a header, ready for an upload.

    Countries, ISO codes in the package, are English names in it. Airports without an ICAO code have one made up in
    the package, as `_AYM`, and none in the file. The package knows neither hours from UTC nor daylight saving.
    """
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, NAMES, restval="")
    writer.writeheader()
    writer.writerows(map(_row, airportsdata.load("ICAO").values()))
    return io.BytesIO(text.getvalue().encode())


def _row(airport: airportsdata.Airport) -> dict[str, str | float]:
    icao = airport["icao"]
    return {
        "name": airport["name"],
        "city": airport["city"],
        "country": country_name(airport["country"]) or "",
        "iata": airport["iata"],
        "icao": "" if icao.startswith("_") else icao,
        "latitude": airport["lat"],
        "longitude": airport["lon"],
        "altitude": airport["elevation"],
        "tz": airport["tz"],
        "type": TYPE,
        "source": SOURCE,
    }
