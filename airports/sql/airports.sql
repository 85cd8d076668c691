-- The table of airports. `make airports-ddl` writes this file from the migrations; a test holds it to them.
-- psql -f airports/sql/airports.sql makes it; a file in the layout of OpenFlights goes in by
-- \copy airports_airport (name, city, country, iata, icao, latitude, longitude, altitude, timezone, dst, tz, type, source) FROM 'airports.csv' (FORMAT csv, HEADER, NULL '\N')

CREATE TABLE airports_airport (
    id bigint NOT NULL,
    name character varying(256) NOT NULL,
    city character varying(256),
    country character varying(128),
    iata character varying(3),
    icao character varying(4),
    latitude double precision NOT NULL,
    longitude double precision NOT NULL,
    altitude double precision,
    timezone double precision,
    dst character varying(1),
    tz character varying(64),
    type character varying(64),
    source character varying(64),
    is_deleted boolean DEFAULT false NOT NULL,
    deleted_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    search text GENERATED ALWAYS AS ((COALESCE(btrim(regexp_replace(regexp_replace(
CASE
    WHEN (octet_length((name)::text) = length((name)::text)) THEN lower((name)::text)
    ELSE replace(replace(replace(replace(translate(lower(NORMALIZE(regexp_replace((name)::text, '[\u00A8\u00AF\u00B4\u00B8\u02D8-\u02DD]'::text, ''::text, 'g'::text), NFKD)), 'øłđðħŧıς'::text, 'olddhtiσ'::text), 'ß'::text, 'ss'::text), 'æ'::text, 'ae'::text), 'œ'::text, 'oe'::text), 'þ'::text, 'th'::text)
END, '[\u0027\u0060\u00B4\u00B7\u02B9\u02BB-\u02BF\u02C8\u02CA\u02CB\u055A\u05F3\u2018\u2019\u201B\u2032\u2035\uA78B\uA78C\uFF07\u0001-\u0008\u000E-\u001F\u007F-\u0084\u0086-\u009F\u00AD\u0300-\u036F\u0483-\u0489\u0591-\u05BD\u05BF\u05C1\u05C2\u05C4\u05C5\u05C7\u0600-\u0605\u0610-\u061A\u061C\u0640\u064B-\u065F\u0670\u06D6-\u06DD\u06DF-\u06E4\u06E7\u06E8\u06EA-\u06ED\u070F\u0711\u0730-\u074A\u0890\u0891\u0897-\u089F\u08CA-\u08FF\u180B-\u180F\u1AB0-\u1ACE\u1DC0-\u1DFF\u200B-\u200F\u202A-\u202E\u2060-\u206F\u20D0-\u20F0\uFE00-\uFE0F\uFE20-\uFE2F\uFEFF\uFFF9-\uFFFB\U000E0001\U000E0020-\U000E007F\U000E0100-\U000E01EF]'::text, ''::text, 'g'::text), '[\u0009-\u000D\u0085\u1680\u2028\u2029\u002D\u058A\u05BE\u2010-\u2015\u2212\u2E3A\u2E3B\u30A0][ \u0009-\u000D\u0085\u1680\u2028\u2029\u002D\u058A\u05BE\u2010-\u2015\u2212\u2E3A\u2E3B\u30A0]*| [ \u0009-\u000D\u0085\u1680\u2028\u2029\u002D\u058A\u05BE\u2010-\u2015\u2212\u2E3A\u2E3B\u30A0]+'::text, ' '::text, 'g'::text), ' '::text), ''::text) || COALESCE((COALESCE('
'::text, ''::text) || COALESCE((COALESCE(btrim(regexp_replace(regexp_replace(
CASE
    WHEN (octet_length((city)::text) = length((city)::text)) THEN lower((city)::text)
    ELSE replace(replace(replace(replace(translate(lower(NORMALIZE(regexp_replace((city)::text, '[\u00A8\u00AF\u00B4\u00B8\u02D8-\u02DD]'::text, ''::text, 'g'::text), NFKD)), 'øłđðħŧıς'::text, 'olddhtiσ'::text), 'ß'::text, 'ss'::text), 'æ'::text, 'ae'::text), 'œ'::text, 'oe'::text), 'þ'::text, 'th'::text)
END, '[\u0027\u0060\u00B4\u00B7\u02B9\u02BB-\u02BF\u02C8\u02CA\u02CB\u055A\u05F3\u2018\u2019\u201B\u2032\u2035\uA78B\uA78C\uFF07\u0001-\u0008\u000E-\u001F\u007F-\u0084\u0086-\u009F\u00AD\u0300-\u036F\u0483-\u0489\u0591-\u05BD\u05BF\u05C1\u05C2\u05C4\u05C5\u05C7\u0600-\u0605\u0610-\u061A\u061C\u0640\u064B-\u065F\u0670\u06D6-\u06DD\u06DF-\u06E4\u06E7\u06E8\u06EA-\u06ED\u070F\u0711\u0730-\u074A\u0890\u0891\u0897-\u089F\u08CA-\u08FF\u180B-\u180F\u1AB0-\u1ACE\u1DC0-\u1DFF\u200B-\u200F\u202A-\u202E\u2060-\u206F\u20D0-\u20F0\uFE00-\uFE0F\uFE20-\uFE2F\uFEFF\uFFF9-\uFFFB\U000E0001\U000E0020-\U000E007F\U000E0100-\U000E01EF]'::text, ''::text, 'g'::text), '[\u0009-\u000D\u0085\u1680\u2028\u2029\u002D\u058A\u05BE\u2010-\u2015\u2212\u2E3A\u2E3B\u30A0][ \u0009-\u000D\u0085\u1680\u2028\u2029\u002D\u058A\u05BE\u2010-\u2015\u2212\u2E3A\u2E3B\u30A0]*| [ \u0009-\u000D\u0085\u1680\u2028\u2029\u002D\u058A\u05BE\u2010-\u2015\u2212\u2E3A\u2E3B\u30A0]+'::text, ' '::text, 'g'::text), ' '::text), ''::text) || COALESCE((COALESCE('
'::text, ''::text) || COALESCE(btrim(regexp_replace(regexp_replace(
CASE
    WHEN (octet_length((country)::text) = length((country)::text)) THEN lower((country)::text)
    ELSE replace(replace(replace(replace(translate(lower(NORMALIZE(regexp_replace((country)::text, '[\u00A8\u00AF\u00B4\u00B8\u02D8-\u02DD]'::text, ''::text, 'g'::text), NFKD)), 'øłđðħŧıς'::text, 'olddhtiσ'::text), 'ß'::text, 'ss'::text), 'æ'::text, 'ae'::text), 'œ'::text, 'oe'::text), 'þ'::text, 'th'::text)
END, '[\u0027\u0060\u00B4\u00B7\u02B9\u02BB-\u02BF\u02C8\u02CA\u02CB\u055A\u05F3\u2018\u2019\u201B\u2032\u2035\uA78B\uA78C\uFF07\u0001-\u0008\u000E-\u001F\u007F-\u0084\u0086-\u009F\u00AD\u0300-\u036F\u0483-\u0489\u0591-\u05BD\u05BF\u05C1\u05C2\u05C4\u05C5\u05C7\u0600-\u0605\u0610-\u061A\u061C\u0640\u064B-\u065F\u0670\u06D6-\u06DD\u06DF-\u06E4\u06E7\u06E8\u06EA-\u06ED\u070F\u0711\u0730-\u074A\u0890\u0891\u0897-\u089F\u08CA-\u08FF\u180B-\u180F\u1AB0-\u1ACE\u1DC0-\u1DFF\u200B-\u200F\u202A-\u202E\u2060-\u206F\u20D0-\u20F0\uFE00-\uFE0F\uFE20-\uFE2F\uFEFF\uFFF9-\uFFFB\U000E0001\U000E0020-\U000E007F\U000E0100-\U000E01EF]'::text, ''::text, 'g'::text), '[\u0009-\u000D\u0085\u1680\u2028\u2029\u002D\u058A\u05BE\u2010-\u2015\u2212\u2E3A\u2E3B\u30A0][ \u0009-\u000D\u0085\u1680\u2028\u2029\u002D\u058A\u05BE\u2010-\u2015\u2212\u2E3A\u2E3B\u30A0]*| [ \u0009-\u000D\u0085\u1680\u2028\u2029\u002D\u058A\u05BE\u2010-\u2015\u2212\u2E3A\u2E3B\u30A0]+'::text, ' '::text, 'g'::text), ' '::text), ''::text)), ''::text)), ''::text)), ''::text))) STORED,
    CONSTRAINT airport_altitude_range CHECK (((altitude >= ('-100000.0'::numeric)::double precision) AND (altitude <= (100000.0)::double precision))),
    CONSTRAINT airport_dst_known CHECK (((dst)::text = ANY ((ARRAY['E'::character varying, 'A'::character varying, 'S'::character varying, 'O'::character varying, 'Z'::character varying, 'N'::character varying, 'U'::character varying])::text[]))),
    CONSTRAINT airport_flag_has_moment CHECK ((((deleted_at IS NOT NULL) AND is_deleted) OR ((deleted_at IS NULL) AND (NOT is_deleted)))),
    CONSTRAINT airport_has_name CHECK ((NOT ((name)::text = ''::text))),
    CONSTRAINT airport_iata_format CHECK (((iata)::text ~ '^[A-Z0-9]{3}$'::text)),
    CONSTRAINT airport_icao_format CHECK (((icao)::text ~ '^[A-Z0-9]{3,4}$'::text)),
    CONSTRAINT airport_latitude_range CHECK (((latitude >= ('-90.0'::numeric)::double precision) AND (latitude <= (90.0)::double precision))),
    CONSTRAINT airport_longitude_range CHECK (((longitude >= ('-180.0'::numeric)::double precision) AND (longitude <= (180.0)::double precision))),
    CONSTRAINT airport_timezone_range CHECK (((timezone >= ('-12.0'::numeric)::double precision) AND (timezone <= (14.0)::double precision)))
);

ALTER TABLE airports_airport ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME airports_airport_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE ONLY airports_airport
    ADD CONSTRAINT airports_airport_pkey PRIMARY KEY (id);

CREATE INDEX airport_flagged ON airports_airport USING btree (deleted_at) WHERE is_deleted;

CREATE UNIQUE INDEX airport_iata_unique ON airports_airport USING btree (iata) WHERE (NOT is_deleted);

CREATE UNIQUE INDEX airport_icao_unique ON airports_airport USING btree (icao) WHERE (NOT is_deleted);

CREATE INDEX airport_place ON airports_airport USING gist (point(longitude, latitude));
