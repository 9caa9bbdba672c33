-- Backfills: the posting of past events as a record of its own.

-- +goose Up
-- Past events are released a few at a time, in the order of business date and id: next_date and next_event are the last
-- that were. unreleased, pending, booked, attention and skipped count the events by how far they have come: NEVER_SYNCED and
-- chosen; PENDING or PROCESSING; in QuickBooks; ACTION_REQUIRED; SKIPPED or NOTHING_TO_POST.
CREATE TABLE backfills (
    retailer_id TEXT NOT NULL,
    backfill_id INTEGER NOT NULL, -- counts the retailer's backfills
    state       INTEGER NOT NULL, -- store.BackfillState
    from_date   TEXT NOT NULL, -- business dates; empty: not bounded
    to_date     TEXT NOT NULL,
    started_at  INTEGER NOT NULL,
    started_by  TEXT NOT NULL,
    changed_at  INTEGER NOT NULL DEFAULT 0,
    changed_by  TEXT NOT NULL DEFAULT '',
    ended_at    INTEGER NOT NULL DEFAULT 0,
    next_date   TEXT NOT NULL DEFAULT '',
    next_event  TEXT NOT NULL DEFAULT '',
    unreleased  INTEGER NOT NULL DEFAULT 0,
    pending     INTEGER NOT NULL DEFAULT 0,
    booked      INTEGER NOT NULL DEFAULT 0,
    attention   INTEGER NOT NULL DEFAULT 0,
    skipped     INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (retailer_id, backfill_id)
) STRICT, WITHOUT ROWID;

-- How many events of the unfinished backfill were settled in each of the last spans of ten seconds: a ring of places.
CREATE TABLE backfill_pace (
    retailer_id TEXT NOT NULL,
    place       INTEGER NOT NULL, -- span modulo the size of the ring
    span        INTEGER NOT NULL, -- counts tens of seconds since 1970
    n           INTEGER NOT NULL,
    PRIMARY KEY (retailer_id, place)
) STRICT, WITHOUT ROWID;

-- backfill: the one that the event belongs to; 0: none; negative: the one that booked it, before a later revision made it a
-- live event.
ALTER TABLE events ADD COLUMN backfill INTEGER NOT NULL DEFAULT 0;

-- backfill: the one that is not finished; 0: none.
ALTER TABLE work ADD COLUMN backfill INTEGER NOT NULL DEFAULT 0;
ALTER TABLE work ADD COLUMN backfill_paused INTEGER NOT NULL DEFAULT 0;

-- What was released until now becomes a backfill, whose dates and starter are not known.
UPDATE events SET backfill = 1 WHERE backlog;
INSERT INTO backfills (retailer_id, backfill_id, state, from_date, to_date, started_at, started_by, ended_at, pending, booked,
    attention, skipped)
SELECT retailer_id, 1, CASE WHEN SUM(CASE WHEN state IN (2, 3) THEN 1 ELSE 0 END) > 0 THEN 1 ELSE 3 END, '', '',
       MIN(state_at), '', CASE WHEN SUM(CASE WHEN state IN (2, 3) THEN 1 ELSE 0 END) > 0 THEN 0 ELSE MAX(state_at) END,
       SUM(CASE WHEN state IN (2, 3) THEN 1 ELSE 0 END), SUM(CASE WHEN state = 4 THEN 1 ELSE 0 END),
       SUM(CASE WHEN state = 5 THEN 1 ELSE 0 END), SUM(CASE WHEN state IN (6, 7) THEN 1 ELSE 0 END)
FROM events WHERE backfill = 1 GROUP BY retailer_id;
UPDATE work SET backfill = 1
WHERE EXISTS (SELECT 1 FROM backfills b WHERE b.retailer_id = work.retailer_id AND b.state = 1);
