-- What is left behind in a company that the retailer was connected to before.

-- +goose Up
-- outcome_lost: a request with the event was given up when its company was left; it waits until a person vouches for it.
ALTER TABLE events ADD COLUMN outcome_lost BOOLEAN NOT NULL DEFAULT FALSE;

CREATE TABLE former_companies (
    retailer_id  TEXT COLLATE "C" NOT NULL REFERENCES retailers,
    realm_id     TEXT COLLATE "C" NOT NULL,
    company_name TEXT             NOT NULL,
    left_at      BIGINT           NOT NULL,
    left_by      TEXT             NOT NULL,
    PRIMARY KEY (retailer_id, realm_id)
);
