package simulator

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"
)

// load brings back all that a file holds.
func (s *Simulator) load(ctx context.Context) error {
	started := time.Now()
	if err := s.loadAll(ctx); err != nil {
		return fmt.Errorf("%w %s: read it: %w", ErrFile, s.file.path, err)
	}
	s.logger.LogAttrs(ctx, slog.LevelInfo, "the simulator's file was read", slog.String("file", s.file.path),
		slog.Int("companies", len(s.realms)), slog.Duration("took", time.Since(started)))
	return nil
}

func (s *Simulator) loadAll(ctx context.Context) error {
	if err := s.loadClockAndSwitches(ctx); err != nil {
		return err
	}
	numbers, companies, err := s.loadCompanies(ctx)
	if err != nil {
		return err
	}
	for i, state := range companies {
		if err := s.loadCompany(ctx, numbers[i], state); err != nil {
			return fmt.Errorf("company %s: %w", state.Settings.Realm, err)
		}
	}
	return s.loadAuthority(ctx)
}

// each calls a function for every row of a query.
func (f *file) each(ctx context.Context, row func(scan func(...any) error) error, query string, args ...any) error {
	rows, err := f.conn.QueryContext(ctx, query, args...)
	if err != nil {
		return err //nolint:wrapcheck // load says what it is about
	}
	defer func() { _ = rows.Close() }() // Err tells of what matters
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err() //nolint:wrapcheck // as above
}

// loadClockAndSwitches brings back the clock, and the switches that were turned while a simulator ran. Those that the
// options name are as the options say.
func (s *Simulator) loadClockAndSwitches(ctx context.Context) error {
	err := s.file.each(ctx, func(scan func(...any) error) error {
		var offset int64
		err := scan(&offset)
		s.clock.offset.Store(offset)
		return err
	}, "SELECT clock_offset FROM simulator")
	if err != nil {
		return err
	}
	return s.file.each(ctx, func(scan func(...any) error) error {
		var name, value string
		if err := scan(&name, &value); err != nil {
			return err
		}
		if _, named := s.options.Switches[Switch(name)]; named {
			return nil
		}
		if err := s.switches.set(Switch(name), value); err != nil {
			s.logger.LogAttrs(ctx, slog.LevelWarn, "a switch in the simulator's file has no meaning any more", slog.Any("error", err))
		}
		return nil
	}, "SELECT name, value FROM switches ORDER BY name")
}

func (s *Simulator) loadCompanies(ctx context.Context) (numbers []int64, companies []savedCompany, err error) {
	err = s.file.each(ctx, func(scan func(...any) error) error {
		var number int64
		var raw []byte
		if err := scan(&number, &raw); err != nil {
			return err
		}
		var state savedCompany
		if err := json.Unmarshal(raw, &state); err != nil {
			return fmt.Errorf("company %d: %w", number, err)
		}
		numbers, companies = append(numbers, number), append(companies, state)
		return nil
	}, "SELECT number, state FROM companies ORDER BY number")
	return numbers, companies, err
}

// loadCompany brings back one company with all it keeps. Nobody else knows of it yet.
func (s *Simulator) loadCompany(ctx context.Context, number int64, state savedCompany) error {
	if err := state.Settings.check(); err != nil {
		return err
	}
	c := s.emptyCompany(state.Settings)
	c.number, c.created = number, state.Created.In(s.clock.pacific)
	c.restoreSettings(&state)
	for _, o := range s.restoreOrder() {
		if err := s.loadObjects(ctx, c, o); err != nil {
			return err
		}
	}
	if err := c.checkRestored(); err != nil {
		return err
	}
	if err := s.loadTombstones(ctx, c); err != nil {
		return err
	}
	if err := s.loadReplays(ctx, c); err != nil {
		return err
	}
	s.companies[c.realm] = c
	s.realms = append(s.realms, c.realm)
	return nil
}

// restoreOrder is the objects that a file keeps; journal entries come last, as they point at all the others.
func (s *Simulator) restoreOrder() []*object {
	kept := slices.DeleteFunc(slices.Clone(s.objects), func(o *object) bool { return o.restore == nil })
	slices.SortStableFunc(kept, func(a, b *object) int {
		return int(flag(a.name == objectJournalEntry) - flag(b.name == objectJournalEntry))
	})
	return kept
}

// loadTombstones brings back which objects were deleted.
func (s *Simulator) loadTombstones(ctx context.Context, c *company) error {
	return s.file.each(ctx, func(scan func(...any) error) error {
		var name string
		var id int
		var at, sequence int64
		if err := scan(&name, &id, &at, &sequence); err != nil {
			return err
		}
		c.deleted = append(c.deleted, tombstone{object: name, id: id, at: time.Unix(0, at).Unix()})
		if o := s.findObject(name); o != nil && o.reserve != nil {
			o.reserve(c, id)
		}
		c.sequence = max(c.sequence, sequence)
		return nil
	}, "SELECT object, id, changed, sequence FROM objects WHERE company = ? AND value IS NULL ORDER BY sequence", c.number)
}

// loadReplays brings back the answers kept for repeats.
func (s *Simulator) loadReplays(ctx context.Context, c *company) error {
	if err := s.file.statements.forgetReplays(ctx, c.number, s.clock.now().UnixNano(), s.file.limit); err != nil {
		return err
	}
	return s.file.each(ctx, func(scan func(...any) error) error {
		var key []byte
		var expires int64
		var r keptAnswer
		var hash []byte
		if err := scan(&key, &expires, &hash, &r.answer.status, &r.answer.contentType, &r.answer.body); err != nil {
			return err
		}
		r.key, r.expires = string(key), time.Unix(0, expires)
		copy(r.hash[:], hash)
		c.replays.load(r)
		return nil
	}, `SELECT key, expires, hash, status, content_type, body FROM replays WHERE company = ? ORDER BY expires, number`, c.number)
}

func (s *Simulator) loadAuthority(ctx context.Context) error {
	var raw []byte
	err := s.file.conn.QueryRowContext(ctx, "SELECT state FROM authority").Scan(&raw)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err //nolint:wrapcheck // load says what it is about
	}
	var state authorityState
	if err := json.Unmarshal(raw, &state); err != nil {
		return fmt.Errorf("the tokens: %w", err)
	}
	s.authority.load(state)
	return nil
}
