-- The first schema. retailer_id leads every key. Times are INTEGER microseconds since 1970 UTC, 0 for "never"; money is
-- INTEGER minor units; truths are 0 and 1. STRICT makes SQLite hold columns to their types, as PostgreSQL does.

-- +goose Up
-- Two starters may find the same migration pending: the second to finish fails here, and all it did is undone.
CREATE UNIQUE INDEX schema_version_once ON goose_db_version (version_id);

CREATE TABLE retailers (
    retailer_id      TEXT    NOT NULL,
    created_at       INTEGER NOT NULL,
    first_started_at INTEGER NOT NULL DEFAULT 0, -- when sync was first started
    PRIMARY KEY (retailer_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE connections (
    retailer_id             TEXT    NOT NULL REFERENCES retailers,
    state                   INTEGER NOT NULL, -- store.ConnState
    environment             TEXT    NOT NULL,
    realm_id                TEXT    NOT NULL,
    company_name            TEXT    NOT NULL,
    home_currency           TEXT    NOT NULL,
    multicurrency           INTEGER NOT NULL,
    book_close_date         TEXT    NOT NULL,
    connected_by            TEXT    NOT NULL,
    connected_at            INTEGER NOT NULL,
    access_sealed           BLOB    NOT NULL,
    access_expires_at       INTEGER NOT NULL,
    refresh_sealed          BLOB    NOT NULL,
    refresh_expires_at      INTEGER NOT NULL,
    refresh_hard_expires_at INTEGER NOT NULL,
    token_version           INTEGER NOT NULL,
    refresh_owner           TEXT    NOT NULL DEFAULT '',
    refresh_lease_until     INTEGER NOT NULL DEFAULT 0,
    accounts_imported_at    INTEGER NOT NULL DEFAULT 0,
    problem                 TEXT    NOT NULL DEFAULT '',
    problem_at              INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (retailer_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE authorizations (
    retailer_id TEXT    NOT NULL,
    state_hash  BLOB    NOT NULL,
    caller      TEXT    NOT NULL,
    return_url  TEXT    NOT NULL,
    created_at  INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    PRIMARY KEY (retailer_id, state_hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE accounts (
    retailer_id TEXT    NOT NULL,
    account_id  TEXT    NOT NULL,
    realm_id    TEXT    NOT NULL,
    name        TEXT    NOT NULL,
    full_name   TEXT    NOT NULL,
    search_name TEXT    NOT NULL, -- full_name and number in small letters
    number      TEXT    NOT NULL,
    type        INTEGER NOT NULL, -- ledger.AccountType
    sub_type    TEXT    NOT NULL,
    parent_id   TEXT    NOT NULL,
    active      INTEGER NOT NULL,
    currency    TEXT    NOT NULL,
    deleted_at  INTEGER NOT NULL,
    imported_at INTEGER NOT NULL,
    PRIMARY KEY (retailer_id, account_id)
) STRICT;
CREATE INDEX accounts_by_name ON accounts (retailer_id, full_name, account_id);

CREATE TABLE mappings (
    retailer_id TEXT    NOT NULL,
    role        INTEGER NOT NULL, -- ledger.Role
    map_key     TEXT    NOT NULL, -- empty: any
    location_id TEXT    NOT NULL, -- empty: any
    account_id  TEXT    NOT NULL,
    updated_at  INTEGER NOT NULL,
    updated_by  TEXT    NOT NULL,
    PRIMARY KEY (retailer_id, role, map_key, location_id),
    FOREIGN KEY (retailer_id, account_id) REFERENCES accounts (retailer_id, account_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX mappings_by_account ON mappings (retailer_id, account_id);

-- Every index costs time with each of an event's three or so writes, so there are few, and their last columns serve the
-- filters that have none of their own.
CREATE TABLE events (
    retailer_id   TEXT    NOT NULL,
    event_id      TEXT    NOT NULL,
    occurred_at   INTEGER NOT NULL,
    amount        INTEGER NOT NULL,
    recorded_at   INTEGER NOT NULL,
    state_at      INTEGER NOT NULL,
    due_at        INTEGER NOT NULL,
    synced_at     INTEGER NOT NULL DEFAULT 0,
    revision      INTEGER NOT NULL,
    tries         INTEGER NOT NULL DEFAULT 0,
    kind          INTEGER NOT NULL, -- ledger.Kind
    state         INTEGER NOT NULL, -- ledger.State
    reason        INTEGER NOT NULL DEFAULT 0, -- ledger.Reason
    number        TEXT    NOT NULL,
    location_id   TEXT    NOT NULL,
    business_date TEXT    NOT NULL,
    currency      TEXT    NOT NULL,
    recorded_by   TEXT    NOT NULL,
    problem       TEXT    NOT NULL DEFAULT '', -- JSON of ledger.Problem
    realm_id      TEXT    NOT NULL DEFAULT '',
    quickbooks_id TEXT    NOT NULL DEFAULT '',
    sync_token    TEXT    NOT NULL DEFAULT '',
    content_hash  BLOB    NOT NULL,
    content       BLOB    NOT NULL, -- ledger.Encode
    PRIMARY KEY (retailer_id, event_id)
) STRICT;
-- What is not posted yet, oldest first. The "+ 0" makes the planners see that a query in the same words wants this index
-- and not the one by state, whose rows they would have to sort.
CREATE INDEX events_unsynced ON events (retailer_id, recorded_at, event_id) WHERE (state + 0) IN (2, 3);
CREATE INDEX events_by_date ON events (retailer_id, business_date, event_id, kind, location_id);
CREATE INDEX events_by_state ON events (retailer_id, state, reason, business_date, event_id, kind, location_id);
CREATE INDEX events_by_number ON events (retailer_id, number);

-- The slots that events in ACTION_REQUIRED wait for.
CREATE TABLE waits (
    retailer_id TEXT    NOT NULL,
    role        INTEGER NOT NULL,
    map_key     TEXT    NOT NULL,
    location_id TEXT    NOT NULL,
    event_id    TEXT    NOT NULL,
    PRIMARY KEY (retailer_id, role, map_key, location_id, event_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX waits_by_event ON waits (retailer_id, event_id);

-- What was sent to QuickBooks, byte for byte. open: some of its entries are not settled.
CREATE TABLE requests (
    retailer_id  TEXT    NOT NULL,
    request_id   TEXT    NOT NULL,
    realm_id     TEXT    NOT NULL,
    kind         INTEGER NOT NULL, -- store.RequestKind
    body         BLOB    NOT NULL,
    open         INTEGER NOT NULL,
    created_at   INTEGER NOT NULL,
    last_sent_at INTEGER NOT NULL,
    sends        INTEGER NOT NULL,
    due_at       INTEGER NOT NULL,
    PRIMARY KEY (retailer_id, request_id)
) STRICT;
CREATE INDEX requests_open ON requests (retailer_id, created_at, request_id) WHERE open;

CREATE TABLE entries (
    retailer_id TEXT    NOT NULL,
    event_id    TEXT    NOT NULL,
    request_id  TEXT    NOT NULL,
    position    INTEGER NOT NULL, -- within the request
    batch_item  TEXT    NOT NULL,
    entry       TEXT    NOT NULL, -- JSON of ledger.Entry
    open        INTEGER NOT NULL,
    outcome     INTEGER NOT NULL DEFAULT 0, -- store.Outcome
    code        TEXT    NOT NULL DEFAULT '',
    message     TEXT    NOT NULL DEFAULT '',
    settled_at  INTEGER NOT NULL DEFAULT 0,
    settled_by  INTEGER NOT NULL DEFAULT 0, -- seq of the attempt
    PRIMARY KEY (retailer_id, event_id, request_id),
    FOREIGN KEY (retailer_id, request_id) REFERENCES requests (retailer_id, request_id)
) STRICT;
-- Never two requests under way for one event.
CREATE UNIQUE INDEX entries_one_open ON entries (retailer_id, event_id) WHERE open;
CREATE INDEX entries_by_request ON entries (retailer_id, request_id);

CREATE TABLE attempts (
    retailer_id TEXT    NOT NULL,
    request_id  TEXT    NOT NULL,
    seq         INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    outcome     INTEGER NOT NULL, -- store.Outcome
    http_status INTEGER NOT NULL,
    code        TEXT    NOT NULL,
    message     TEXT    NOT NULL,
    intuit_tid  TEXT    NOT NULL,
    PRIMARY KEY (retailer_id, request_id, seq),
    FOREIGN KEY (retailer_id, request_id) REFERENCES requests (retailer_id, request_id)
) STRICT, WITHOUT ROWID;

-- The part of an event's history that other columns do not tell.
CREATE TABLE changes (
    retailer_id TEXT    NOT NULL,
    event_id    TEXT    NOT NULL,
    seq         INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    from_state  INTEGER NOT NULL,
    to_state    INTEGER NOT NULL,
    reason      INTEGER NOT NULL,
    actor       TEXT    NOT NULL, -- empty: the service itself
    note        TEXT    NOT NULL,
    PRIMARY KEY (retailer_id, event_id, seq)
) STRICT, WITHOUT ROWID;

-- Changed in the same transaction as the events they count.
CREATE TABLE counters (
    retailer_id TEXT    NOT NULL,
    kind        INTEGER NOT NULL,
    state       INTEGER NOT NULL,
    reason      INTEGER NOT NULL,
    n           INTEGER NOT NULL,
    PRIMARY KEY (retailer_id, kind, state, reason)
) STRICT, WITHOUT ROWID;

-- One row per retailer: who works for it, and when there is something to do. Its row lock comes before all others of
-- the retailer. connected and sync_started stand here because they are read under that lock.
CREATE TABLE work (
    retailer_id    TEXT    NOT NULL REFERENCES retailers,
    connected      INTEGER NOT NULL DEFAULT FALSE, -- connections.state is Connected
    sync_started   INTEGER NOT NULL DEFAULT FALSE,
    due_at         INTEGER NOT NULL,
    owner          TEXT    NOT NULL DEFAULT '',
    lease_until    INTEGER NOT NULL DEFAULT 0,
    fence          INTEGER NOT NULL DEFAULT 0,
    failures       INTEGER NOT NULL DEFAULT 0,
    problem        TEXT    NOT NULL DEFAULT '',
    retry_at       INTEGER NOT NULL DEFAULT 0,
    last_synced_at INTEGER NOT NULL DEFAULT 0,
    books_version  INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (retailer_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX work_due ON work (due_at) WHERE connected;
CREATE INDEX work_leased ON work (lease_until) WHERE owner <> '';

-- What SQLite's planner should think of tables that grow: one retailer has many rows, one key of it has few. Without this
-- it takes a retailer's rows for a handful and reads all of them to find one.
ANALYZE retailers;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('accounts', 'sqlite_autoindex_accounts_1', '10000 100 1'),
    ('accounts', 'accounts_by_name', '10000 100 1 1'),
    ('mappings', 'mappings', '10000 100 10 2 1'),
    ('mappings', 'mappings_by_account', '10000 100 2'),
    ('events', 'sqlite_autoindex_events_1', '1000000 100000 1'),
    ('events', 'events_unsynced', '10000 1000 50 1'),
    ('events', 'events_by_date', '1000000 100000 300 1 1 1'),
    ('events', 'events_by_state', '1000000 100000 20000 15000 200 1 1 1'),
    ('events', 'events_by_number', '1000000 100000 2'),
    ('waits', 'waits', '100000 10000 2500 100 50 1'),
    ('waits', 'waits_by_event', '100000 10000 4'),
    ('requests', 'sqlite_autoindex_requests_1', '100000 10000 1'),
    ('requests', 'requests_open', '100 10 1 1'),
    ('entries', 'sqlite_autoindex_entries_1', '1000000 100000 1 1'),
    ('entries', 'entries_one_open', '1000 100 1'),
    ('entries', 'entries_by_request', '1000000 100000 30'),
    ('attempts', 'attempts', '100000 10000 1 1'),
    ('changes', 'changes', '100000 10000 2 1'),
    ('counters', 'counters', '1000 100 10 3 1');
ANALYZE sqlite_schema;
