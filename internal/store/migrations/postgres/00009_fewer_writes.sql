-- Posting writes every event and every entry twice: what need not be written is left out.

-- +goose Up
-- index_state: the state as the indexes have it: PROCESSING (3) counts as PENDING (2). So an event that is sent changes no
-- index, and where its page has room, none is written (a heap-only update). For that, pages are filled by half: events that were
-- recorded together are sent together. What is in PROCESSING is found by its open entry.
ALTER TABLE events SET (fillfactor = 50);
ALTER TABLE events ADD COLUMN index_state SMALLINT NOT NULL
    GENERATED ALWAYS AS (CASE state WHEN 3 THEN 2 ELSE state END) STORED;
DROP INDEX events_unsynced;
CREATE INDEX events_unsynced ON events (retailer_id, backlog, recorded_at, event_id) WHERE (index_state + 0) = 2;
DROP INDEX events_by_state;
CREATE INDEX events_by_state ON events (retailer_id, index_state, reason, business_date, event_id, kind, location_id);

-- Only the entries that are open are looked for by their request. One that is settled stays out of the index when it is
-- written anew.
DROP INDEX entries_by_request;
CREATE INDEX entries_by_request ON entries (retailer_id, request_id) WHERE open;
-- Entries are stored in the transaction that stores their request, and neither is ever deleted. To check that row by row took a
-- tenth of the time of writing them; Audit looks for entries whose request is missing.
ALTER TABLE entries DROP CONSTRAINT entries_retailer_id_request_id_fkey;
