"""The courses that each resident will buy for first-order relatives and friends."""

from django.db import connection

from imports.services.access import READABLE_DELIVERY, require_still_readable

# Looked at before the lists are taken apart: most residents have none.
_HAS_RELATIONS = "(relatives <> '{}' OR friends <> '{}')"


def _items(count: str) -> str:
    # Two numbers each: PostgreSQL joins texts in half the time that `json_agg` takes.
    item = f"""'{{"citizen_id": ' || buyer || ', "{count}": ' || {count} || '}}'"""
    return f"'[' || string_agg({item}, ', ' ORDER BY buyer) || ']'"


# Relations are symmetric, so the row of the one that a course is bought for already names the buyers: no join.
_BY_CHANNEL = f"""
    SELECT
        to_json(channel)::text,
        {_items("courses")}
    FROM (
        SELECT channel, buyer, count(*) AS courses
        FROM imports_citizen, unnest(relatives || friends) AS buyer
        WHERE import_id = {READABLE_DELIVERY} AND {_HAS_RELATIONS}
        GROUP BY channel, buyer
    ) AS bought
    GROUP BY channel
    ORDER BY channel COLLATE "C"
"""  # nosec B608 # joins constants alone; values are parameters

_BY_MONTH = f"""
    SELECT to_json(month::text)::text, coalesce(items, '[]')
    FROM generate_series(1, 12) AS month
    LEFT JOIN (
        SELECT
            month,
            {_items("presents")} AS items
        FROM (
            SELECT extract(month FROM birth_date)::int AS month, buyer, count(*) AS presents
            FROM imports_citizen, unnest(relatives || friends) AS buyer
            WHERE import_id = {READABLE_DELIVERY} AND {_HAS_RELATIONS}
            GROUP BY 1, 2
        ) AS bought
        GROUP BY month
    ) AS months USING (month)
    ORDER BY month
"""  # nosec B608 # joins constants alone; values are parameters


def courses_by_channel(*, import_id: int) -> bytes:
    """A JSON object: channel → `[{"citizen_id", "courses"}]`, for the channels that reach somebody bought for.

    Raises `NotFound`, `Conflict` or `Gone` for a delivery that has no contents.
    """
    return _json_object(_BY_CHANNEL, import_id)


def presents_by_month(*, import_id: int) -> bytes:
    """A JSON object: `"1"` to `"12"`, the birthday month of the one bought for → `[{"citizen_id", "presents"}]`.

    Raises as `courses_by_channel`.
    """
    return _json_object(_BY_MONTH, import_id)


def _json_object(sql: str, import_id: int) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute(sql, [import_id])
        members = cursor.fetchall()
    if all(items == "[]" for _, items in members):
        require_still_readable(import_id=import_id)
    return f"{{{', '.join(f'{key}: {items}' for key, items in members)}}}".encode()
