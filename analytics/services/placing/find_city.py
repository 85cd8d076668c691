"""Finds the city that a person names in a form: `Valencia, ES`, or its GeoNames id."""

from analytics.places.cities import City, cities_named, city_by_id
from analytics.places.names import key_of, own_names
from analytics.places.qualifiers import qualified
from config.common.digits import number_in
from config.common.problems import FieldError, InvalidInput
from config.common.texts import gettext as _
from config.common.texts import ngettext, said

# More digits are no id of GeoNames.
_TOLD = 5


def find_city(text: str) -> City:
    """Finds the place with this id, or the city with this own name in this country. Keeps no list of cities in memory.

    Raises `InvalidInput` with the pointer `/city` where there is none, or more than one.
    """
    text = text.strip()
    if (number := number_in(text)) is not None:
        return _only([city for city in [city_by_id(number)] if city])
    parts = qualified(text)
    if parts is None:
        raise _refused(_("Write the city and its country, as “Valencia, ES”, or its GeoNames id."))
    wanted = key_of(parts.town)
    named = cities_named(lambda name: wanted in {key_of(one) for one in own_names(name)}) if wanted else []
    return _only(next((inside for region in parts.regions if (inside := [*filter(region.holds, named)])), []))


def _only(cities: list[City]) -> City:
    if len(cities) == 1:
        return cities[0]
    if not cities:
        raise _refused(_("GeoNames knows no city with this id, or with this as its own name in this country."))
    cities = sorted(cities, key=lambda city: (-city.population, city.geoname_id))
    told = ", ".join(said(_told(city)) for city in cities[:_TOLD])
    text = _("There are %(count)s of this name. Write the GeoNames id of one: %(cities)s.")
    raise _refused(text % {"count": len(cities), "cities": told})


def _told(city: City) -> str:
    text = ngettext(
        "%(id)s (%(count)s inhabitant, %(region)s)", "%(id)s (%(count)s inhabitants, %(region)s)", city.population
    )
    return text % {"id": str(city.geoname_id), "count": city.population, "region": city.region}


def _refused(detail: str) -> InvalidInput:
    return InvalidInput(detail, errors=[FieldError("/city", "unknown_city", detail)])
