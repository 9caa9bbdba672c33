-- The overview: what of an entry is added up per day, beside the entry itself.

-- +goose Up
-- txn_date, currency: the entry's. location_id: of the event's revision that it was made of. debits: their sum. clearing: what the entry puts into accounts where payments wait, as JSON of
-- store.clearingPart; empty: nothing.
ALTER TABLE entries ADD COLUMN txn_date TEXT NOT NULL DEFAULT '';
ALTER TABLE entries ADD COLUMN location_id TEXT NOT NULL DEFAULT '';
ALTER TABLE entries ADD COLUMN currency TEXT NOT NULL DEFAULT '';
ALTER TABLE entries ADD COLUMN debits INTEGER NOT NULL DEFAULT 0;
ALTER TABLE entries ADD COLUMN clearing TEXT NOT NULL DEFAULT '';
UPDATE entries SET txn_date = COALESCE(entry ->> 'txn_date', ''), location_id = e.location_id, currency = e.currency
FROM events e WHERE e.retailer_id = entries.retailer_id AND e.event_id = entries.event_id;
UPDATE entries SET debits = COALESCE((
    SELECT SUM(l.value ->> 'amount') FROM json_each(entry, '$.lines') AS l WHERE l.value ->> 'side' = 1), 0)
WHERE json_type(entry, '$.lines') = 'array';
-- Roles 1 and 14 are PAYMENT and CASH_DRAWER. Releases that kept no amounts of parts had one part in nearly every such line.
UPDATE entries SET clearing = c.parts
FROM (
    SELECT n.retailer_id, n.event_id, n.request_id, json_group_array(json_object('a', l.value ->> 'account',
        'r', p.value ->> 'role', 't', p.value ->> 'key',
        'n', COALESCE(p.value ->> 'amount',
            (l.value ->> 'amount') * CASE WHEN l.value ->> 'side' = 1 THEN 1 ELSE -1 END))) AS parts
    FROM entries n, json_each(n.entry, '$.lines') AS l, json_each(l.value, '$.slots') AS p
    WHERE p.type = 'object' AND p.value ->> 'role' IN (1, 14)
        AND (p.value ->> 'amount' IS NOT NULL OR json_array_length(l.value, '$.slots') = 1)
    GROUP BY n.retailer_id, n.event_id, n.request_id
) AS c
WHERE entries.retailer_id = c.retailer_id AND entries.event_id = c.event_id AND entries.request_id = c.request_id;

-- The entries that stand in QuickBooks, by day. An entry comes into it once, when it is settled.
CREATE INDEX entries_by_date ON entries (retailer_id, txn_date, event_id) WHERE quickbooks_id <> '';
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('entries', 'entries_by_date', '1000000 100000 300 1');
ANALYZE sqlite_schema;
