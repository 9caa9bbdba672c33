-- The first schema. retailer_id leads every key. Times are BIGINT microseconds since 1970 UTC, 0 for "never"; money is
-- BIGINT minor units. Text that is compared or sorted is COLLATE "C": byte by byte, as in SQLite.

-- +goose Up
CREATE TABLE retailers (
    retailer_id      TEXT COLLATE "C" NOT NULL,
    created_at       BIGINT           NOT NULL,
    first_started_at BIGINT           NOT NULL DEFAULT 0, -- when sync was first started
    PRIMARY KEY (retailer_id)
);

CREATE TABLE connections (
    retailer_id             TEXT COLLATE "C" NOT NULL REFERENCES retailers,
    state                   SMALLINT         NOT NULL, -- store.ConnState
    environment             TEXT             NOT NULL,
    realm_id                TEXT COLLATE "C" NOT NULL,
    company_name            TEXT             NOT NULL,
    home_currency           TEXT             NOT NULL,
    multicurrency           BOOLEAN          NOT NULL,
    book_close_date         TEXT             NOT NULL,
    connected_by            TEXT             NOT NULL,
    connected_at            BIGINT           NOT NULL,
    access_sealed           BYTEA            NOT NULL,
    access_expires_at       BIGINT           NOT NULL,
    refresh_sealed          BYTEA            NOT NULL,
    refresh_expires_at      BIGINT           NOT NULL,
    refresh_hard_expires_at BIGINT           NOT NULL,
    token_version           BIGINT           NOT NULL,
    refresh_owner           TEXT COLLATE "C" NOT NULL DEFAULT '',
    refresh_lease_until     BIGINT           NOT NULL DEFAULT 0,
    accounts_imported_at    BIGINT           NOT NULL DEFAULT 0,
    problem                 TEXT             NOT NULL DEFAULT '',
    problem_at              BIGINT           NOT NULL DEFAULT 0,
    PRIMARY KEY (retailer_id)
);

CREATE TABLE authorizations (
    retailer_id TEXT COLLATE "C" NOT NULL,
    state_hash  BYTEA            NOT NULL,
    caller      TEXT             NOT NULL,
    return_url  TEXT             NOT NULL,
    created_at  BIGINT           NOT NULL,
    expires_at  BIGINT           NOT NULL,
    PRIMARY KEY (retailer_id, state_hash)
);

CREATE TABLE accounts (
    retailer_id TEXT COLLATE "C" NOT NULL,
    account_id  TEXT COLLATE "C" NOT NULL,
    realm_id    TEXT COLLATE "C" NOT NULL,
    name        TEXT             NOT NULL,
    full_name   TEXT COLLATE "C" NOT NULL,
    search_name TEXT COLLATE "C" NOT NULL, -- full_name and number in small letters
    number      TEXT             NOT NULL,
    type        SMALLINT         NOT NULL, -- ledger.AccountType
    sub_type    TEXT             NOT NULL,
    parent_id   TEXT             NOT NULL,
    active      BOOLEAN          NOT NULL,
    currency    TEXT             NOT NULL,
    deleted_at  BIGINT           NOT NULL,
    imported_at BIGINT           NOT NULL,
    PRIMARY KEY (retailer_id, account_id)
);
CREATE INDEX accounts_by_name ON accounts (retailer_id, full_name, account_id);

CREATE TABLE mappings (
    retailer_id TEXT COLLATE "C" NOT NULL,
    role        SMALLINT         NOT NULL, -- ledger.Role
    map_key     TEXT COLLATE "C" NOT NULL, -- empty: any
    location_id TEXT COLLATE "C" NOT NULL, -- empty: any
    account_id  TEXT COLLATE "C" NOT NULL,
    updated_at  BIGINT           NOT NULL,
    updated_by  TEXT             NOT NULL,
    PRIMARY KEY (retailer_id, role, map_key, location_id),
    FOREIGN KEY (retailer_id, account_id) REFERENCES accounts (retailer_id, account_id)
);
CREATE INDEX mappings_by_account ON mappings (retailer_id, account_id);

-- Every index costs time with each of an event's three or so writes, so there are few, and their last columns serve the
-- filters that have none of their own.
CREATE TABLE events (
    retailer_id   TEXT COLLATE "C" NOT NULL,
    event_id      TEXT COLLATE "C" NOT NULL,
    occurred_at   BIGINT           NOT NULL,
    amount        BIGINT           NOT NULL,
    recorded_at   BIGINT           NOT NULL,
    state_at      BIGINT           NOT NULL,
    due_at        BIGINT           NOT NULL,
    synced_at     BIGINT           NOT NULL DEFAULT 0,
    revision      INTEGER          NOT NULL,
    tries         INTEGER          NOT NULL DEFAULT 0,
    kind          SMALLINT         NOT NULL, -- ledger.Kind
    state         SMALLINT         NOT NULL, -- ledger.State
    reason        SMALLINT         NOT NULL DEFAULT 0, -- ledger.Reason
    number        TEXT COLLATE "C" NOT NULL,
    location_id   TEXT COLLATE "C" NOT NULL,
    business_date TEXT COLLATE "C" NOT NULL,
    currency      TEXT COLLATE "C" NOT NULL,
    recorded_by   TEXT             NOT NULL,
    problem       TEXT             NOT NULL DEFAULT '', -- JSON of ledger.Problem
    realm_id      TEXT             NOT NULL DEFAULT '',
    quickbooks_id TEXT             NOT NULL DEFAULT '',
    sync_token    TEXT             NOT NULL DEFAULT '',
    content_hash  BYTEA            NOT NULL,
    content       BYTEA            NOT NULL, -- ledger.Encode
    PRIMARY KEY (retailer_id, event_id)
);
-- What is not posted yet, oldest first. The "+ 0" makes the planners see that a query in the same words wants this index
-- and not the one by state, whose rows they would have to sort.
CREATE INDEX events_unsynced ON events (retailer_id, recorded_at, event_id) WHERE (state + 0) IN (2, 3);
CREATE INDEX events_by_date ON events (retailer_id, business_date, event_id, kind, location_id);
CREATE INDEX events_by_state ON events (retailer_id, state, reason, business_date, event_id, kind, location_id);
CREATE INDEX events_by_number ON events (retailer_id, number);

-- The slots that events in ACTION_REQUIRED wait for.
CREATE TABLE waits (
    retailer_id TEXT COLLATE "C" NOT NULL,
    role        SMALLINT         NOT NULL,
    map_key     TEXT COLLATE "C" NOT NULL,
    location_id TEXT COLLATE "C" NOT NULL,
    event_id    TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (retailer_id, role, map_key, location_id, event_id)
);
CREATE INDEX waits_by_event ON waits (retailer_id, event_id);

-- What was sent to QuickBooks, byte for byte. open: some of its entries are not settled.
CREATE TABLE requests (
    retailer_id  TEXT COLLATE "C" NOT NULL,
    request_id   TEXT COLLATE "C" NOT NULL,
    realm_id     TEXT             NOT NULL,
    kind         SMALLINT         NOT NULL, -- store.RequestKind
    body         BYTEA            NOT NULL,
    open         BOOLEAN          NOT NULL,
    created_at   BIGINT           NOT NULL,
    last_sent_at BIGINT           NOT NULL,
    sends        INTEGER          NOT NULL,
    due_at       BIGINT           NOT NULL,
    PRIMARY KEY (retailer_id, request_id)
);
CREATE INDEX requests_open ON requests (retailer_id, created_at, request_id) WHERE open;

CREATE TABLE entries (
    retailer_id TEXT COLLATE "C" NOT NULL,
    event_id    TEXT COLLATE "C" NOT NULL,
    request_id  TEXT COLLATE "C" NOT NULL,
    position    INTEGER          NOT NULL, -- within the request
    batch_item  TEXT             NOT NULL,
    entry       TEXT             NOT NULL, -- JSON of ledger.Entry
    open        BOOLEAN          NOT NULL,
    outcome     SMALLINT         NOT NULL DEFAULT 0, -- store.Outcome
    code        TEXT             NOT NULL DEFAULT '',
    message     TEXT             NOT NULL DEFAULT '',
    settled_at  BIGINT           NOT NULL DEFAULT 0,
    settled_by  INTEGER          NOT NULL DEFAULT 0, -- seq of the attempt
    PRIMARY KEY (retailer_id, event_id, request_id),
    FOREIGN KEY (retailer_id, request_id) REFERENCES requests (retailer_id, request_id)
);
-- Never two requests under way for one event.
CREATE UNIQUE INDEX entries_one_open ON entries (retailer_id, event_id) WHERE open;
CREATE INDEX entries_by_request ON entries (retailer_id, request_id);

CREATE TABLE attempts (
    retailer_id TEXT COLLATE "C" NOT NULL,
    request_id  TEXT COLLATE "C" NOT NULL,
    seq         INTEGER          NOT NULL,
    at          BIGINT           NOT NULL,
    outcome     SMALLINT         NOT NULL, -- store.Outcome
    http_status INTEGER          NOT NULL,
    code        TEXT             NOT NULL,
    message     TEXT             NOT NULL,
    intuit_tid  TEXT             NOT NULL,
    PRIMARY KEY (retailer_id, request_id, seq),
    FOREIGN KEY (retailer_id, request_id) REFERENCES requests (retailer_id, request_id)
);

-- The part of an event's history that other columns do not tell.
CREATE TABLE changes (
    retailer_id TEXT COLLATE "C" NOT NULL,
    event_id    TEXT COLLATE "C" NOT NULL,
    seq         INTEGER          NOT NULL,
    at          BIGINT           NOT NULL,
    from_state  SMALLINT         NOT NULL,
    to_state    SMALLINT         NOT NULL,
    reason      SMALLINT         NOT NULL,
    actor       TEXT             NOT NULL, -- empty: the service itself
    note        TEXT             NOT NULL,
    PRIMARY KEY (retailer_id, event_id, seq)
);

-- Changed in the same transaction as the events they count. Room in the pages keeps the hot rows where they are.
CREATE TABLE counters (
    retailer_id TEXT COLLATE "C" NOT NULL,
    kind        SMALLINT         NOT NULL,
    state       SMALLINT         NOT NULL,
    reason      SMALLINT         NOT NULL,
    n           BIGINT           NOT NULL,
    PRIMARY KEY (retailer_id, kind, state, reason)
) WITH (fillfactor = 50);

-- One row per retailer: who works for it, and when there is something to do. Its row lock comes before all others of
-- the retailer. connected and sync_started stand here because they are read under that lock.
CREATE TABLE work (
    retailer_id    TEXT COLLATE "C" NOT NULL REFERENCES retailers,
    connected      BOOLEAN          NOT NULL DEFAULT FALSE, -- connections.state is Connected
    sync_started   BOOLEAN          NOT NULL DEFAULT FALSE,
    due_at         BIGINT           NOT NULL,
    owner          TEXT COLLATE "C" NOT NULL DEFAULT '',
    lease_until    BIGINT           NOT NULL DEFAULT 0,
    fence          BIGINT           NOT NULL DEFAULT 0,
    failures       INTEGER          NOT NULL DEFAULT 0,
    problem        TEXT             NOT NULL DEFAULT '',
    retry_at       BIGINT           NOT NULL DEFAULT 0,
    last_synced_at BIGINT           NOT NULL DEFAULT 0,
    books_version  BIGINT           NOT NULL DEFAULT 1,
    PRIMARY KEY (retailer_id)
) WITH (fillfactor = 50);
CREATE INDEX work_due ON work (due_at) WHERE connected;
CREATE INDEX work_leased ON work (lease_until) WHERE owner <> '';
