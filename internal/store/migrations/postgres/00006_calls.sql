-- What several servers must know of each other to keep a company's limits together.

-- +goose Up
-- fence: of the lease under which it was sent last.
ALTER TABLE requests ADD COLUMN fence BIGINT NOT NULL DEFAULT 0;
CREATE INDEX requests_sent ON requests (retailer_id, last_sent_at);

-- throttled_until: when the silence after the last 429 ends, or ended.
ALTER TABLE work ADD COLUMN throttled_until BIGINT NOT NULL DEFAULT 0;

-- The calls of the last minutes to a company that are no posts: reads, and accounts that were created. fence: of the lease
-- that was given last when the call began, or ended.
CREATE TABLE calls (
    retailer_id TEXT COLLATE "C" NOT NULL,
    call_id     TEXT COLLATE "C" NOT NULL,
    realm_id    TEXT             NOT NULL,
    owner       TEXT             NOT NULL, -- who makes it; see work.owner
    fence       BIGINT           NOT NULL,
    began_at    BIGINT           NOT NULL,
    ended_at    BIGINT           NOT NULL DEFAULT 0, -- 0: it is under way
    PRIMARY KEY (retailer_id, call_id)
) WITH (fillfactor = 50);
