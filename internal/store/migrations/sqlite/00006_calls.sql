-- What several servers must know of each other to keep a company's limits together.

-- +goose Up
-- fence: of the lease under which it was sent last.
ALTER TABLE requests ADD COLUMN fence INTEGER NOT NULL DEFAULT 0;
CREATE INDEX requests_sent ON requests (retailer_id, last_sent_at);
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('requests', 'requests_sent', '100000 10000 2');
ANALYZE sqlite_schema;

-- throttled_until: when the silence after the last 429 ends, or ended.
ALTER TABLE work ADD COLUMN throttled_until INTEGER NOT NULL DEFAULT 0;

-- The calls of the last minutes to a company that are no posts: reads, and accounts that were created. fence: of the lease
-- that was given last when the call began, or ended.
CREATE TABLE calls (
    retailer_id TEXT    NOT NULL,
    call_id     TEXT    NOT NULL,
    realm_id    TEXT    NOT NULL,
    owner       TEXT    NOT NULL, -- who makes it; see work.owner
    fence       INTEGER NOT NULL,
    began_at    INTEGER NOT NULL,
    ended_at    INTEGER NOT NULL DEFAULT 0, -- 0: it is under way
    PRIMARY KEY (retailer_id, call_id)
) STRICT, WITHOUT ROWID;
