-- The tables of a simulator's file. What they hold is JSON as the API answers it, so that a file can be read with any
-- SQLite tool. Times are nanoseconds since 1970 by the simulator's clock.

CREATE TABLE simulator (
  opened INTEGER NOT NULL,      -- how often the file has been opened
  clock_offset INTEGER NOT NULL -- how far the clock was moved on, in nanoseconds
);
INSERT INTO simulator VALUES (0, 0);

-- Switches that were turned while a simulator ran.
CREATE TABLE switches (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- Codes, grants and tokens; at most one row.
CREATE TABLE authority (id INTEGER PRIMARY KEY CHECK (id = 1), state BLOB NOT NULL);

CREATE TABLE companies (
  number INTEGER PRIMARY KEY, -- in the order they were added
  realm TEXT NOT NULL UNIQUE,
  state BLOB NOT NULL
);

-- Every object as its last change left it. One that was deleted stays, without a value, so that its id is not used again
-- and change data capture knows of it.
CREATE TABLE objects (
  number INTEGER PRIMARY KEY,
  company INTEGER NOT NULL,
  object TEXT NOT NULL,
  id INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  operation TEXT NOT NULL,
  changed INTEGER NOT NULL,
  value BLOB,
  UNIQUE (company, object, id)
);

CREATE INDEX objects_deleted ON objects (company, sequence) WHERE value IS NULL;

-- Answers kept for repeats of a requestid.
CREATE TABLE replays (
  number INTEGER PRIMARY KEY,
  company INTEGER NOT NULL,
  key BLOB NOT NULL,
  expires INTEGER NOT NULL,
  hash BLOB NOT NULL,
  status INTEGER NOT NULL,
  content_type TEXT NOT NULL,
  body BLOB NOT NULL,
  UNIQUE (company, key)
);
CREATE INDEX replays_by_age ON replays (company, expires);
