-- What is left behind in a company that the retailer was connected to before.

-- +goose Up
-- outcome_lost: a request with the event was given up when its company was left; it waits until a person vouches for it.
ALTER TABLE events ADD COLUMN outcome_lost INTEGER NOT NULL DEFAULT 0;

CREATE TABLE former_companies (
    retailer_id  TEXT    NOT NULL REFERENCES retailers,
    realm_id     TEXT    NOT NULL,
    company_name TEXT    NOT NULL,
    left_at      INTEGER NOT NULL,
    left_by      TEXT    NOT NULL,
    PRIMARY KEY (retailer_id, realm_id)
) STRICT, WITHOUT ROWID;
