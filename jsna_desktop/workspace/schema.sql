-- One workspace, schema 3. Values are columns aligned to a sorted set of area codes; text and numbers are
-- compressed arrays (workspace/arrays.py); geometry is WKB in EPSG:27700, a row an area.

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

-- A sorted array of codes, shared by every dataset that covers the same areas.
CREATE TABLE codeset (
    key    INTEGER PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,
    size   INTEGER NOT NULL,
    codes  BLOB NOT NULL
);

CREATE TABLE dataset (
    key         INTEGER PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE,
    title       TEXT NOT NULL,
    kind        TEXT NOT NULL,
    geography   TEXT NOT NULL,
    period      TEXT NOT NULL,
    source      TEXT NOT NULL,
    licence     TEXT NOT NULL,
    attribution TEXT NOT NULL,
    filename    TEXT NOT NULL,
    reason      TEXT NOT NULL,
    rows        INTEGER NOT NULL,
    retrieved   TEXT NOT NULL,
    checksum    TEXT NOT NULL UNIQUE,
    sensitive   INTEGER NOT NULL,
    fictional   INTEGER NOT NULL,
    problems    TEXT NOT NULL,
    added       TEXT NOT NULL,
    codeset     INTEGER NOT NULL REFERENCES codeset (key),
    -- The newer dataset that took its place: what is replaced is kept, and used for nothing.
    replaced_by INTEGER REFERENCES dataset (key) ON DELETE SET NULL
);

CREATE TABLE value_column (
    dataset INTEGER NOT NULL REFERENCES dataset (key) ON DELETE CASCADE,
    name    TEXT NOT NULL,
    form    TEXT NOT NULL,
    labels  TEXT NOT NULL,
    data    BLOB NOT NULL,
    PRIMARY KEY (dataset, name)
);

CREATE TABLE indicator (
    dataset    INTEGER NOT NULL REFERENCES dataset (key) ON DELETE CASCADE,
    position   INTEGER NOT NULL,
    id         TEXT NOT NULL,
    period     TEXT NOT NULL,
    geography  TEXT NOT NULL,
    sex        TEXT NOT NULL,
    age        TEXT NOT NULL,
    definition TEXT NOT NULL,
    PRIMARY KEY (dataset, position)
);
CREATE INDEX indicator_by_id ON indicator (id);

-- Which columns of a dataset place its areas in larger ones.
CREATE TABLE lookup (
    dataset INTEGER NOT NULL REFERENCES dataset (key) ON DELETE CASCADE,
    level   TEXT NOT NULL,
    codes   TEXT NOT NULL,
    names   TEXT NOT NULL,
    PRIMARY KEY (dataset, level)
);

CREATE TABLE shape (
    dataset  INTEGER NOT NULL REFERENCES dataset (key) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    wkb      BLOB NOT NULL,
    PRIMARY KEY (dataset, position)
);

-- Simplified outlines for the map, made once (areas/coverage.py): tolerance 0 holds the bounds alone.
CREATE TABLE map_level (
    dataset   INTEGER NOT NULL REFERENCES dataset (key) ON DELETE CASCADE,
    tolerance REAL NOT NULL,
    part      TEXT NOT NULL,
    form      TEXT NOT NULL,
    data      BLOB NOT NULL,
    PRIMARY KEY (dataset, tolerance, part)
);

CREATE TABLE locality_set (
    key  INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);

-- A selection has block codes (and their geography); a polygon has a shape alone.
CREATE TABLE locality (
    key       INTEGER PRIMARY KEY,
    in_set    INTEGER NOT NULL REFERENCES locality_set (key) ON DELETE CASCADE,
    name      TEXT NOT NULL,
    code      TEXT NOT NULL,
    kind      TEXT NOT NULL CHECK (kind IN ('selection', 'polygon')),
    geography TEXT NOT NULL,
    blocks    BLOB,
    wkb       BLOB,
    made      TEXT NOT NULL,
    UNIQUE (in_set, name)
);

-- Every change of a locality: who made it, when, why, and what the locality was before (NULL before it was made).
-- Not bound to `locality`: the history of one that was removed stays, and brings it back.
CREATE TABLE locality_change (
    key       INTEGER PRIMARY KEY,
    locality  INTEGER NOT NULL,
    at        TEXT NOT NULL,
    who       TEXT NOT NULL,
    change    TEXT NOT NULL,
    note      TEXT NOT NULL,
    name      TEXT,
    set_name  TEXT,
    code      TEXT,
    kind      TEXT,
    geography TEXT,
    blocks    BLOB,
    wkb       BLOB,
    made      TEXT
);
CREATE INDEX locality_change_by_locality ON locality_change (locality);

-- How much of each block a locality holds; remade when the boundaries it was made from change.
CREATE TABLE weight (
    locality   INTEGER NOT NULL REFERENCES locality (key) ON DELETE CASCADE,
    geography  TEXT NOT NULL,
    method     TEXT NOT NULL,
    boundaries TEXT NOT NULL,
    blocks     BLOB NOT NULL,
    share      BLOB NOT NULL,
    PRIMARY KEY (locality, geography, method)
);

-- Long tables beside the areas (deaths by sex, age, year and cause; the links of a road graph), a column a row.
CREATE TABLE table_column (
    dataset  INTEGER NOT NULL REFERENCES dataset (key) ON DELETE CASCADE,
    in_table TEXT NOT NULL,
    name     TEXT NOT NULL,
    form     TEXT NOT NULL,
    data     BLOB NOT NULL,
    PRIMARY KEY (dataset, in_table, name)
);

-- Rasters, in tiles, so that a window is read alone. `definition` is JSON: transform, shape, tile, unit.
CREATE TABLE grid (
    dataset    INTEGER PRIMARY KEY REFERENCES dataset (key) ON DELETE CASCADE,
    definition TEXT NOT NULL
);
CREATE TABLE tile (
    dataset   INTEGER NOT NULL REFERENCES dataset (key) ON DELETE CASCADE,
    in_row    INTEGER NOT NULL,
    in_column INTEGER NOT NULL,
    form      TEXT NOT NULL,
    data      BLOB NOT NULL,
    PRIMARY KEY (dataset, in_row, in_column)
);

-- Column maps that an officer made, for the next file with the same headings (years aside).
CREATE TABLE column_map (
    headings  TEXT PRIMARY KEY,
    kind      TEXT NOT NULL,
    geography TEXT NOT NULL,
    columns   TEXT NOT NULL,
    made      TEXT NOT NULL
);

-- Who did what and when: files added, exports with the rows that were withheld, true figures unlocked.
CREATE TABLE audit (
    key     INTEGER PRIMARY KEY,
    at      TEXT NOT NULL,
    who     TEXT NOT NULL,
    action  TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail  TEXT NOT NULL
);

-- What left of sensitive counts, a cell a row: so that a later export gives nothing away beside it (jobs/ledger.py).
-- `figure` says which count (JSON); `state` and `shown` are those of measures/disclosure.py.
CREATE TABLE ledger (
    key       INTEGER PRIMARY KEY,
    at        TEXT NOT NULL,
    figure    TEXT NOT NULL,
    place     TEXT NOT NULL,
    blocks    BLOB NOT NULL,
    share     BLOB NOT NULL,
    state     INTEGER NOT NULL,
    shown     REAL,
    UNIQUE (figure, blocks, share, state, shown)
);
CREATE INDEX ledger_by_figure ON ledger (figure);

-- What if a service closed, moved or opened: kept beside the facts, never over them (jobs/scenarios.py).
CREATE TABLE scenario (
    name    TEXT PRIMARY KEY,
    service TEXT NOT NULL,
    changes TEXT NOT NULL,
    made    TEXT NOT NULL,
    who     TEXT NOT NULL
) WITHOUT ROWID;
