-- From schema 1 to schema 2: replaced datasets, long tables, rasters, changes of localities, column maps, the audit table.
ALTER TABLE dataset ADD COLUMN replaced_by INTEGER REFERENCES dataset (key) ON DELETE SET NULL;

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
