-- Posting writes every event and every entry twice: what need not be written is left out.

-- +goose Up
-- index_state: the state as the indexes have it: PROCESSING (3) counts as PENDING (2). See the migration of PostgreSQL, which
-- gains by it. What is in PROCESSING is found by its open entry.
ALTER TABLE events ADD COLUMN index_state INTEGER NOT NULL GENERATED ALWAYS AS (CASE state WHEN 3 THEN 2 ELSE state END) VIRTUAL;
DROP INDEX events_unsynced;
CREATE INDEX events_unsynced ON events (retailer_id, backlog, recorded_at, event_id) WHERE (index_state + 0) = 2;
DROP INDEX events_by_state;
CREATE INDEX events_by_state ON events (retailer_id, index_state, reason, business_date, event_id, kind, location_id);

-- Only the entries that are open are looked for by their request. One that is settled stays out of the index when it is
-- written anew.
DROP INDEX entries_by_request;
CREATE INDEX entries_by_request ON entries (retailer_id, request_id) WHERE open;
DELETE FROM sqlite_stat1 WHERE idx IN ('events_unsynced', 'events_by_state', 'entries_by_request');
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('events', 'events_unsynced', '10000 1000 900 50 1'),
    ('events', 'events_by_state', '1000000 100000 20000 15000 200 1 1 1'),
    ('entries', 'entries_by_request', '1000 100 30');
ANALYZE sqlite_schema;
