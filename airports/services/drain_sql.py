"""The statements of the batch worker, each over all rows of a batch, which comes as one JSON parameter."""

from airports.services.columns import TRACKED, TYPED_VALUES, VALUES

# An airport whose code is taken is left out, by the unique indexes: they also know of the rows of this batch, and wait
# for whoever is about to take the code. The new ids are drawn first, so that each row can be told from the others.
CREATE = f"""
    WITH given AS MATERIALIZED (
        SELECT nextval(pg_get_serial_sequence('airports_airport', 'id')) AS airport_id, create_row.*
        FROM json_to_recordset(%(rows)s) AS create_row (create_id bigint, asked_by bigint, {TYPED_VALUES})
    ),
    made AS (
        INSERT INTO airports_airport (id, {VALUES}, created_at, updated_at)
        SELECT airport_id, {VALUES}, %(at)s, %(at)s FROM given ORDER BY create_id
        ON CONFLICT DO NOTHING
        RETURNING *
    ),
    recorded AS (
        INSERT INTO airports_historicalairport
            ({", ".join(TRACKED)}, history_date, history_type, history_user_id, history_change_reason)
        SELECT {", ".join(f"made.{name}" for name in TRACKED)}, %(at)s, '+', given.asked_by, %(reason)s
        FROM made JOIN given ON given.airport_id = made.id
        ORDER BY made.id
    )
    UPDATE airports_queuedcreate AS queued
    SET status = 'created', airport_id = made.id, finished_at = %(at)s, body = ''
    FROM made JOIN given ON given.airport_id = made.id
    WHERE queued.id = given.create_id
    RETURNING queued.id
"""  # nosec B608 # joins constants alone; values are parameters

# Of the rows that are left over, whose codes live airports have.
TAKEN = """
    SELECT create_id,
        EXISTS (SELECT FROM airports_airport a WHERE a.iata = left_over.iata AND NOT a.is_deleted),
        EXISTS (SELECT FROM airports_airport a WHERE a.icao = left_over.icao AND NOT a.is_deleted)
    FROM json_to_recordset(%(rows)s) AS left_over (create_id bigint, iata text, icao text)
"""

FAIL = """
    UPDATE airports_queuedcreate AS queued
    SET status = 'failed', errors = refused.errors, more_errors = refused.more_errors, finished_at = %(at)s
    FROM json_to_recordset(%(rows)s) AS refused (create_id bigint, errors jsonb, more_errors integer)
    WHERE queued.id = refused.create_id
"""
