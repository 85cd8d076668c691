"""The statements of an upload, each over all of its rows.

`upload_row` are the rows as they stand in the file, `upload_match` the stored airport of each, `upload_merged` what
each airport is to become, `upload_displaced` the airports that lose their IATA code without being in the file. They
live as long as the upload.
"""

from airports.fields import NAMES
from airports.services.columns import TRACKED, TYPED_VALUES, VALUES

# Of coordinates, in degrees; a little more than a millionth, for what binary fractions make of a millionth.
NEAR = 1.001e-6

_HISTORY = ", ".join(TRACKED)
_INTO_HISTORY = f"""
    INSERT INTO airports_historicalairport
        ({_HISTORY}, history_date, history_type, history_user_id, history_change_reason)
"""

CREATE_ROWS = f"""
    CREATE TEMPORARY TABLE upload_row (line bigint, {TYPED_VALUES}) ON COMMIT DROP
"""

# Single changes lock their row, which takes a lock on the table that this one waits for, and they wait for it: from
# here to the commit nobody else writes an airport, so that none is matched by what it no longer is. Locks on the rows
# alone would let others insert a code after it was looked for. Readers are not kept waiting.
LOCK = "LOCK TABLE airports_airport IN EXCLUSIVE MODE"

CREATE_MATCHES = """
    CREATE TEMPORARY TABLE upload_match (line bigint, airport_id bigint, is_deleted boolean)
    ON COMMIT DROP
"""

# Run for the live airports first, then for the flagged ones. Ranks 1 and 2 are the codes, above them stands the place.
# An airport with another ICAO code at the same place is the row's, unless a row of the file has that code. Two bands
# of latitude, a row's own or one of its neighbours, keep airports of one name from being compared all with all.
MATCH = """
    INSERT INTO upload_match
    SELECT DISTINCT ON (line) line, id, %(deleted)s
    FROM (
        SELECT r.line, a.id, 1 AS rank
        FROM upload_row r JOIN airports_airport a ON a.icao = r.icao
        WHERE a.is_deleted = %(deleted)s
        UNION ALL
        SELECT r.line, a.id, 2
        FROM upload_row r JOIN airports_airport a ON a.iata = r.iata
        WHERE a.is_deleted = %(deleted)s AND (r.icao IS NULL OR a.icao IS NULL)
        UNION ALL
        SELECT r.line, a.id,
            3 + 2 * (a.icao IS DISTINCT FROM r.icao)::integer + (a.iata IS DISTINCT FROM r.iata)::integer
        FROM upload_row r
        CROSS JOIN unnest(ARRAY[floor((r.latitude - %(near)s) * 1000), floor((r.latitude + %(near)s) * 1000)]) AS band
        JOIN airports_airport a ON a.name = r.name AND floor(a.latitude * 1000) = band
            AND coalesce(a.city, '') = coalesce(r.city, '') AND coalesce(a.country, '') = coalesce(r.country, '')
        WHERE a.is_deleted = %(deleted)s
            AND abs(a.latitude - r.latitude) <= %(near)s AND abs(a.longitude - r.longitude) <= %(near)s
            AND (a.icao IS NULL OR r.icao IS NULL OR a.icao NOT IN (
                SELECT icao FROM upload_row WHERE icao IS NOT NULL
            ))
    ) AS candidate
    WHERE NOT EXISTS (SELECT FROM upload_match m WHERE m.line = candidate.line)
    ORDER BY line, rank, id
"""

# Null in the file leaves the stored value.
MERGE = f"""
    CREATE TEMPORARY TABLE upload_merged ON COMMIT DROP AS
    SELECT r.line, r.iata AS file_iata, r.icao AS file_icao, m.airport_id,
        coalesce(m.is_deleted, false) AS is_deleted, false AS is_displaced,
        NOT coalesce(m.is_deleted, true) AND ({", ".join(f"a.{name}" for name in NAMES)})
            IS DISTINCT FROM ({", ".join(f"coalesce(r.{name}, a.{name})" for name in NAMES)}) AS is_changed,
        {", ".join(f"coalesce(r.{name}, a.{name}) AS {name}" for name in NAMES)}
    FROM upload_row r LEFT JOIN upload_match m USING (line) LEFT JOIN airports_airport a ON a.id = m.airport_id
"""  # nosec B608 # joins constants alone; values are parameters

# Every row that may clash with another, and some that do not: a closer look is taken at few.
SUSPECTS = """
    SELECT line, airport_id, is_deleted, file_icao, file_iata, icao, name, city, country, latitude, longitude
    FROM upload_merged
    WHERE airport_id IN (SELECT airport_id FROM upload_merged GROUP BY airport_id HAVING count(*) > 1)
        OR file_icao IN (SELECT file_icao FROM upload_merged GROUP BY file_icao HAVING count(*) > 1)
        OR file_iata IN (SELECT file_iata FROM upload_merged GROUP BY file_iata HAVING count(*) > 1)
        OR (name, coalesce(city, ''), coalesce(country, '')) IN (
            SELECT name, coalesce(city, ''), coalesce(country, '') FROM upload_merged
            GROUP BY 1, 2, 3 HAVING count(*) > 1
        )
    ORDER BY line
"""

DROP_ROWS = "DELETE FROM upload_merged WHERE line = ANY (%s)"

# Airports of the file whose IATA code goes to another row and that get no other.
DISPLACE_ROWS = """
    UPDATE upload_merged m SET iata = NULL, is_displaced = true, is_changed = true
    FROM upload_merged taker
    WHERE m.airport_id IS NOT NULL AND NOT m.is_deleted AND m.file_iata IS NULL
        AND taker.file_iata = m.iata AND NOT taker.is_deleted
"""

# The same, of airports that the file does not name.
CREATE_DISPLACED = """
    CREATE TEMPORARY TABLE upload_displaced ON COMMIT DROP AS
    SELECT a.id FROM upload_merged taker JOIN airports_airport a ON a.iata = taker.file_iata
    WHERE NOT taker.is_deleted AND NOT a.is_deleted
        AND NOT EXISTS (SELECT FROM upload_merged m WHERE m.airport_id = a.id AND NOT m.is_deleted)
"""

COUNTS = """
    SELECT
        count(*) FILTER (WHERE airport_id IS NULL) AS created,
        count(*) FILTER (WHERE is_changed) AS updated,
        count(*) FILTER (WHERE airport_id IS NOT NULL AND NOT is_deleted AND NOT is_changed) AS unchanged,
        count(*) FILTER (WHERE is_displaced) + (SELECT count(*) FROM upload_displaced) AS displaced,
        count(*) FILTER (WHERE is_deleted) AS skipped_deleted
    FROM upload_merged
"""

# Airports that came into the table by plain SQL have no history: it begins with what they were before.
RECORD_ORIGINS = f"""
    {_INTO_HISTORY}
    SELECT {_HISTORY}, created_at, '+', NULL, NULL FROM airports_airport a
    WHERE version = 1
        AND (id IN (SELECT id FROM upload_displaced) OR id IN (SELECT airport_id FROM upload_merged WHERE is_changed))
        AND NOT EXISTS (SELECT FROM airports_historicalairport h WHERE h.id = a.id)
    ORDER BY id
"""  # nosec B608 # joins constants alone; values are parameters

DISPLACE = f"""
    WITH written AS (
        UPDATE airports_airport SET iata = NULL, version = version + 1, updated_at = %(at)s
        WHERE id IN (SELECT id FROM upload_displaced) RETURNING *
    )
    {_INTO_HISTORY} SELECT {_HISTORY}, %(at)s, '~', %(actor)s, %(displaced)s FROM written ORDER BY id
"""  # nosec B608 # joins constants alone; values are parameters

# The unique index is asked at each row, so codes that airports exchange are first given up, then taken.
FREE_CODES = """
    UPDATE airports_airport a SET iata = NULL
    FROM upload_merged m WHERE m.is_changed AND a.id = m.airport_id AND a.iata IS DISTINCT FROM m.iata
"""

UPDATE = f"""
    WITH written AS (
        UPDATE airports_airport a
        SET {", ".join(f"{name} = m.{name}" for name in NAMES)}, version = a.version + 1, updated_at = %(at)s
        FROM upload_merged m WHERE m.is_changed AND a.id = m.airport_id RETURNING a.*
    )
    {_INTO_HISTORY} SELECT {_HISTORY}, %(at)s, '~', %(actor)s, %(reason)s FROM written ORDER BY id
"""  # nosec B608 # joins constants alone; values are parameters

INSERT = f"""
    WITH written AS (
        INSERT INTO airports_airport ({VALUES}, created_at, updated_at)
        SELECT {VALUES}, %(at)s, %(at)s FROM upload_merged WHERE airport_id IS NULL ORDER BY line RETURNING *
    )
    {_INTO_HISTORY} SELECT {_HISTORY}, %(at)s, '+', %(actor)s, %(reason)s FROM written ORDER BY id
"""  # nosec B608 # joins constants alone; values are parameters

# The transaction may go on, and hold another upload.
DROP_TABLES = "DROP TABLE upload_row, upload_match, upload_merged, upload_displaced"
