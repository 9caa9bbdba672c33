-- Mappings keep their history, events their revisions; QuickBooks locations and classes; the retailer's policies.

-- +goose Up
ALTER TABLE retailers ADD COLUMN rounding_limit INTEGER NOT NULL DEFAULT 0;
ALTER TABLE retailers ADD COLUMN revision_policy INTEGER NOT NULL DEFAULT 1; -- ledger.RevisionPolicy
ALTER TABLE retailers ADD COLUMN closed_books_policy INTEGER NOT NULL DEFAULT 1; -- ledger.ClosedBooksPolicy

ALTER TABLE connections ADD COLUMN tracks_locations INTEGER NOT NULL DEFAULT 0;
ALTER TABLE connections ADD COLUMN tracks_classes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE connections ADD COLUMN company_read_at INTEGER NOT NULL DEFAULT 0; -- when the company's preferences were last read

-- Every change of a mapping, for ever. Of the changes of a slot whose effective_from is on or before a business date, the
-- one with the highest version counts.
CREATE TABLE mapping_changes (
    retailer_id    TEXT NOT NULL,
    version        INTEGER NOT NULL, -- counts the retailer's changes
    role           INTEGER NOT NULL, -- ledger.Role
    map_key        TEXT NOT NULL, -- empty: any
    location_id    TEXT NOT NULL, -- empty: any
    effective_from TEXT NOT NULL, -- a business date; empty: all dates
    account_id     TEXT NOT NULL, -- empty: the slot was emptied
    changed_at     INTEGER NOT NULL,
    changed_by     TEXT NOT NULL,
    PRIMARY KEY (retailer_id, version)
) STRICT, WITHOUT ROWID;
CREATE INDEX mapping_changes_by_slot ON mapping_changes (retailer_id, role, map_key, location_id, version);
INSERT INTO mapping_changes (retailer_id, version, role, map_key, location_id, effective_from, account_id, changed_at, changed_by)
SELECT retailer_id,
       ROW_NUMBER() OVER (PARTITION BY retailer_id ORDER BY updated_at, role, map_key, location_id),
       role, map_key, location_id, '', account_id, updated_at, updated_by
FROM mappings;
DROP TABLE mappings;
-- What was decided last for each slot.
CREATE VIEW mappings AS
SELECT retailer_id, role, map_key, location_id, account_id, version, effective_from,
       changed_at AS updated_at, changed_by AS updated_by
FROM (SELECT c.*, ROW_NUMBER() OVER (PARTITION BY retailer_id, role, map_key, location_id ORDER BY version DESC) AS age
      FROM mapping_changes c) AS changes
WHERE age = 1 AND account_id <> '';

-- The slots that the retailer's events have used.
CREATE TABLE slots (
    retailer_id TEXT NOT NULL,
    role        INTEGER NOT NULL,
    map_key     TEXT NOT NULL,
    location_id TEXT NOT NULL,
    PRIMARY KEY (retailer_id, role, map_key, location_id)
) STRICT, WITHOUT ROWID;

-- posted_revision: the newest revision that QuickBooks holds; 0: none. approved: a person let it be posted on the first open
-- day. revised_at: when the present revision was recorded, where it is not the first. backlog: Sync Past Events released it,
-- so that it waits for those that come in.
ALTER TABLE events ADD COLUMN posted_revision INTEGER NOT NULL DEFAULT 0;
ALTER TABLE events ADD COLUMN approved INTEGER NOT NULL DEFAULT 0;
ALTER TABLE events ADD COLUMN revised_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE events ADD COLUMN backlog INTEGER NOT NULL DEFAULT 0;
DROP INDEX events_unsynced;
CREATE INDEX events_unsynced ON events (retailer_id, backlog, recorded_at, event_id) WHERE (state + 0) IN (2, 3);
UPDATE events SET posted_revision = revision WHERE quickbooks_id <> '';

-- The revisions of events that are not the present one.
CREATE TABLE revisions (
    retailer_id  TEXT NOT NULL,
    event_id     TEXT NOT NULL,
    revision     INTEGER NOT NULL,
    recorded_at  INTEGER NOT NULL,
    recorded_by  TEXT NOT NULL,
    content_hash BLOB NOT NULL,
    content      BLOB NOT NULL, -- ledger.Encode
    PRIMARY KEY (retailer_id, event_id, revision)
) STRICT;

-- revision: of the event that the entry was made of. final: nothing else is needed to make the books right. replaces: the
-- QuickBooks id of the entry that it updates. quickbooks_id, sync_token: where it stands, once it is booked; replaced: it
-- stands no more, because a later one updated it.
ALTER TABLE entries ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;
ALTER TABLE entries ADD COLUMN final INTEGER NOT NULL DEFAULT 1;
ALTER TABLE entries ADD COLUMN replaces TEXT NOT NULL DEFAULT '';
ALTER TABLE entries ADD COLUMN quickbooks_id TEXT NOT NULL DEFAULT '';
ALTER TABLE entries ADD COLUMN sync_token TEXT NOT NULL DEFAULT '';
ALTER TABLE entries ADD COLUMN replaced INTEGER NOT NULL DEFAULT 0;
UPDATE entries SET quickbooks_id = e.quickbooks_id, sync_token = e.sync_token
FROM events e
WHERE e.retailer_id = entries.retailer_id AND e.event_id = entries.event_id AND entries.outcome = 1;
-- Until now an event had one revision, which need not be the first.
UPDATE entries SET revision = e.revision
FROM events e
WHERE e.retailer_id = entries.retailer_id AND e.event_id = entries.event_id AND e.revision <> 1;

-- QuickBooks locations (dimension 1) and classes (2).
CREATE TABLE tracked (
    retailer_id TEXT NOT NULL,
    dimension   INTEGER NOT NULL, -- store.Dimension
    tracked_id  TEXT NOT NULL,
    name        TEXT NOT NULL,
    active      INTEGER NOT NULL,
    PRIMARY KEY (retailer_id, dimension, tracked_id)
) STRICT, WITHOUT ROWID;

-- What retail locations (dimension 1) and item classes (2) are mapped to.
CREATE TABLE tracked_mappings (
    retailer_id TEXT NOT NULL,
    dimension   INTEGER NOT NULL,
    retail_key  TEXT NOT NULL,
    tracked_id  TEXT NOT NULL,
    updated_at  INTEGER NOT NULL,
    updated_by  TEXT NOT NULL,
    PRIMARY KEY (retailer_id, dimension, retail_key)
) STRICT, WITHOUT ROWID;
