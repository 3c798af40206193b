-- From schema 2 to schema 3: scenarios.
-- What if a service closed, moved or opened: kept beside the facts, never over them (jobs/scenarios.py).
CREATE TABLE scenario (
    name    TEXT PRIMARY KEY,
    service TEXT NOT NULL,
    changes TEXT NOT NULL,
    made    TEXT NOT NULL,
    who     TEXT NOT NULL
) WITHOUT ROWID;
