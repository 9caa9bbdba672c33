-- The overview: what of an entry is added up per day, beside the entry itself.

-- +goose Up
-- txn_date, currency: the entry's. location_id: of the event's revision that it was made of. debits: their sum. clearing: what the entry puts into accounts where payments wait, as JSON of
-- store.clearingPart; empty: nothing.
ALTER TABLE entries
    ADD COLUMN txn_date    TEXT COLLATE "C" NOT NULL DEFAULT '',
    ADD COLUMN location_id TEXT COLLATE "C" NOT NULL DEFAULT '',
    ADD COLUMN currency    TEXT COLLATE "C" NOT NULL DEFAULT '',
    ADD COLUMN debits      BIGINT           NOT NULL DEFAULT 0,
    ADD COLUMN clearing    TEXT             NOT NULL DEFAULT '';
UPDATE entries SET txn_date = COALESCE(CAST(entry AS json) ->> 'txn_date', ''), location_id = e.location_id, currency = e.currency
FROM events e WHERE e.retailer_id = entries.retailer_id AND e.event_id = entries.event_id;
UPDATE entries SET debits = COALESCE((
    SELECT SUM(CAST(l ->> 'amount' AS BIGINT)) FROM json_array_elements(CAST(entry AS json) -> 'lines') AS l
    WHERE l ->> 'side' = '1'), 0)
WHERE json_typeof(CAST(entry AS json) -> 'lines') = 'array';
-- Roles 1 and 14 are PAYMENT and CASH_DRAWER. Releases that kept no amounts of parts had one part in nearly every such line.
UPDATE entries SET clearing = COALESCE((
    SELECT CAST(json_agg(json_build_object('a', l ->> 'account', 'r', p -> 'role', 't', p ->> 'key',
        'n', COALESCE(CAST(p ->> 'amount' AS BIGINT),
            CAST(l ->> 'amount' AS BIGINT) * CASE WHEN l ->> 'side' = '1' THEN 1 ELSE -1 END))) AS TEXT)
    FROM json_array_elements(CAST(entry AS json) -> 'lines') AS l, json_array_elements(l -> 'slots') AS p
    WHERE json_typeof(l -> 'slots') = 'array' AND p ->> 'role' IN ('1', '14')
        AND (p ->> 'amount' IS NOT NULL OR json_array_length(l -> 'slots') = 1)), '')
WHERE json_typeof(CAST(entry AS json) -> 'lines') = 'array';

-- The entries that stand in QuickBooks, by day. An entry comes into it once, when it is settled.
CREATE INDEX entries_by_date ON entries (retailer_id, txn_date, event_id) WHERE quickbooks_id <> '';
