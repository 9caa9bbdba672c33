package simulator

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// fileStatements are the statements that write a file. Only its writer uses them, in a transaction.
type fileStatements struct {
	object, replay, company, authority, toggle, clock, old, many *sql.Stmt
}

// prepareStatements prepares them on the connection that holds the file.
func prepareStatements(ctx context.Context, conn *sql.Conn) (*fileStatements, error) {
	s := &fileStatements{}
	for _, statement := range []struct {
		into **sql.Stmt
		text string
	}{
		{&s.object, `INSERT INTO objects (company, object, id, sequence, operation, changed, value)
			VALUES (?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (company, object, id) DO UPDATE SET sequence = excluded.sequence, operation = excluded.operation,
				changed = excluded.changed, value = excluded.value
			WHERE excluded.sequence > objects.sequence`},
		{&s.replay, `INSERT OR REPLACE INTO replays (company, key, expires, hash, status, content_type, body)
			VALUES (?, ?, ?, ?, ?, ?, ?)`},
		{&s.company, `INSERT INTO companies (number, realm, state) VALUES (?, ?, ?)
			ON CONFLICT (number) DO UPDATE SET state = excluded.state`},
		{&s.authority, `INSERT INTO authority (id, state) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET state = excluded.state`},
		{&s.toggle, `INSERT INTO switches (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`},
		{&s.clock, `UPDATE simulator SET clock_offset = ?`},
		{&s.old, `DELETE FROM replays WHERE company = ? AND expires < ?`},
		{&s.many, `DELETE FROM replays WHERE company = ?1 AND (expires, number) <=
			(SELECT expires, number FROM replays WHERE company = ?1 ORDER BY expires DESC, number DESC LIMIT 1 OFFSET ?2)`},
	} {
		prepared, err := conn.PrepareContext(ctx, statement.text) //nolint:sqlclosecheck // close closes them all
		if err != nil {
			return nil, errors.Join(err, s.close())
		}
		*statement.into = prepared
	}
	return s, nil
}

func (s *fileStatements) close() error {
	var errs []error
	for _, statement := range []*sql.Stmt{s.object, s.replay, s.company, s.authority, s.toggle, s.clock, s.old, s.many} {
		if statement != nil {
			errs = append(errs, statement.Close())
		}
	}
	return errors.Join(errs...)
}

func (s *fileStatements) saveReplay(ctx context.Context, company int64, r *keptAnswer) error {
	_, err := s.replay.ExecContext(ctx, company, []byte(r.key), r.expires.UnixNano(), r.hash[:], r.answer.status,
		r.answer.contentType, r.answer.body)
	return about("save an answer for repeats", err)
}

// savedObject is an object as a change left it. value is its wire form as JSON; nil once it is deleted.
type savedObject struct {
	change

	json []byte
}

func (s *fileStatements) saveObject(ctx context.Context, company int64, o *savedObject) error {
	_, err := s.object.ExecContext(ctx, company, o.object, o.id, o.sequence, string(o.operation), o.at.UnixNano(), o.json)
	return about("save an object", err)
}

// saveChange saves an object as a change left it. What a company has one of is part of the company.
func (s *fileStatements) saveChange(ctx context.Context, c *company, o *savedObject) error {
	if o.object == objectCompanyInfo || o.object == objectPreferences {
		return s.saveCompany(ctx, c)
	}
	return s.saveObject(ctx, c.number, o)
}

// encodeObjects writes the changes of a call as JSON.
func encodeObjects(list []change) ([]savedObject, error) {
	saved := make([]savedObject, len(list))
	for i, c := range list {
		saved[i].change = c
		if c.value == nil || c.operation == opDeleted {
			continue
		}
		var err error
		if saved[i].json, err = json.Marshal(c.value); err != nil {
			return nil, fmt.Errorf("write %s %d as JSON: %w", c.object, c.id, err)
		}
	}
	return saved, nil
}

// savedCompany is what a company is, besides what it keeps.
type savedCompany struct {
	Settings    CompanyOptions   `json:"settings"`
	Info        wire.CompanyInfo `json:"info"`
	Preferences wire.Preferences `json:"preferences"` // those that the settings do not tell
	Changed     time.Time        `json:"changed"`     // the preferences
	SyncToken   int              `json:"syncToken"`   // of the preferences
	Created     time.Time        `json:"created"`
}

func (s *fileStatements) saveCompany(ctx context.Context, c *company) error {
	c.mu.RLock()
	state := savedCompany{
		Settings: c.settings, Info: *c.infoOnWire(), Preferences: c.stored, Created: c.created,
		SyncToken: c.preferencesRevision.syncToken, Changed: time.Unix(c.preferencesRevision.updated, 0),
	}
	c.mu.RUnlock()
	encoded, err := json.Marshal(state)
	if err != nil {
		return fmt.Errorf("write company %s as JSON: %w", c.realm, err)
	}
	_, err = s.company.ExecContext(ctx, c.number, c.realm, encoded)
	return about("save a company", err)
}

func (s *fileStatements) saveAuthority(ctx context.Context, state []byte) error {
	_, err := s.authority.ExecContext(ctx, state)
	return about("save the tokens", err)
}

func (s *fileStatements) saveSwitch(ctx context.Context, name Switch, value string) error {
	_, err := s.toggle.ExecContext(ctx, string(name), value)
	return about("save a switch", err)
}

func (s *fileStatements) saveClock(ctx context.Context, offset time.Duration) error {
	_, err := s.clock.ExecContext(ctx, int64(offset))
	return about("save the clock", err)
}

// forgetReplays deletes the answers of a company that have expired, and the oldest of those beyond limit.
func (s *fileStatements) forgetReplays(ctx context.Context, company, now int64, limit int) error {
	if _, err := s.old.ExecContext(ctx, company, now); err != nil {
		return about("delete old answers", err)
	}
	_, err := s.many.ExecContext(ctx, company, limit)
	return about("delete old answers", err)
}

func about(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", doing, err)
}
