-- Whose turn it is where every worker is busy.

-- +goose Up
-- place_at: since when a retailer stands in line that was let go ahead because events came in for it; 0: it was not.
ALTER TABLE work ADD COLUMN place_at INTEGER NOT NULL DEFAULT 0;
