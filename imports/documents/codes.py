"""The codes of errors in documents of residents.

========================  =====================================================
code                      the value at the pointer
========================  =====================================================
`malformed_json`          (pointer empty) is not one JSON document in UTF-8
`line_too_long`           is a line of NDJSON with more than a mebibyte
`too_deep`                (pointer empty) has more levels than can be read
`required`                is missing; for an empty PATCH body the pointer is empty
`unknown_field`           is a field that does not exist here
`read_only`               is a field that cannot be changed (`citizen_id`)
`invalid_type`            has another JSON type than the field, null included
`out_of_range`            is an integer below 0 or above 2^63 - 1
`too_short`               is an empty text
`too_long`                is a text longer than its field allows
`invalid_characters`      holds a NUL character or half of a surrogate pair
`no_letter_or_digit`      is a text without any letter or digit
`invalid_date`            is not a real date written `DD.MM.YYYY`
`future_date`             is a date after today in UTC
`invalid_choice`          is none of the values of its field
`too_many`                is a list with more ids than it may have; in a PATCH
                          also an id whose own list has no room for another
`duplicate`               repeats a `citizen_id`, or an id of the same list
`in_both_lists`           is a friend's id that stands in `relatives` too
`unknown_citizen`         names a resident who is not in the document
`not_mutual`              names a resident who does not name this one in return
`no_header`               is the first row of a table, and names no column
`unknown_column`          is a column of a table that does not exist here
`repeated_column`         is a column that stands there more than once
`missing_column`          is a column that a table must have
`too_many_cells`          is a row with more cells than there are columns
`malformed_quotes`        is a row of CSV whose quotes are out of place
`invalid_encoding`        is not in the encoding of its file
`unknown_encoding`        is the first line of a CSV whose encoding is not certain
`ambiguous_gender`        is where H, M and F stand together in a table
`malformed_workbook`      (pointer empty) is no XLSX
`unknown_sheet`           (pointer empty) is a sheet that a workbook does not have
========================  =====================================================

`in_both_lists`, `unknown_citizen` and `not_mutual` are relations: they are looked
at when every resident is valid by itself.
"""

from enum import StrEnum


class Code(StrEnum):
    """What is wrong with one value; the module's docstring explains each."""

    MALFORMED_JSON = "malformed_json"
    LINE_TOO_LONG = "line_too_long"
    TOO_DEEP = "too_deep"
    REQUIRED = "required"
    UNKNOWN_FIELD = "unknown_field"
    READ_ONLY = "read_only"
    INVALID_TYPE = "invalid_type"
    OUT_OF_RANGE = "out_of_range"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    INVALID_CHARACTERS = "invalid_characters"
    NO_LETTER_OR_DIGIT = "no_letter_or_digit"
    INVALID_DATE = "invalid_date"
    FUTURE_DATE = "future_date"
    INVALID_CHOICE = "invalid_choice"
    TOO_MANY = "too_many"
    DUPLICATE = "duplicate"
    IN_BOTH_LISTS = "in_both_lists"
    UNKNOWN_CITIZEN = "unknown_citizen"
    NOT_MUTUAL = "not_mutual"
    NO_HEADER = "no_header"
    UNKNOWN_COLUMN = "unknown_column"
    REPEATED_COLUMN = "repeated_column"
    MISSING_COLUMN = "missing_column"
    TOO_MANY_CELLS = "too_many_cells"
    MALFORMED_QUOTES = "malformed_quotes"
    INVALID_ENCODING = "invalid_encoding"
    UNKNOWN_ENCODING = "unknown_encoding"
    AMBIGUOUS_GENDER = "ambiguous_gender"
    MALFORMED_WORKBOOK = "malformed_workbook"
    UNKNOWN_SHEET = "unknown_sheet"
