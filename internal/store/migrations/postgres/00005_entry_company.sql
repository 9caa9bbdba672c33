-- An entry's company stands beside it: the ids of entries and accounts mean something only in the company that gave them.

-- +goose Up
-- realm_id: the company it was sent to.
ALTER TABLE entries ADD COLUMN realm_id TEXT NOT NULL DEFAULT '';
UPDATE entries SET realm_id = q.realm_id
FROM requests q WHERE q.retailer_id = entries.retailer_id AND q.request_id = entries.request_id;
