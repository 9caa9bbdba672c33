package store

import (
	"context"
	"errors"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
)

// ConnState says where the connection to QuickBooks stands. The numbers are stored: never renumber.
type ConnState uint8

// The states of a connection.
const (
	// NotConnected: never connected, or disconnected.
	NotConnected ConnState = 1
	// Connected: authorized, as far as is known.
	Connected ConnState = 2
	// ReauthorizationRequired: QuickBooks ended the authorization.
	ReauthorizationRequired ConnState = 3
)

// Connection is what is known of a retailer's link to QuickBooks.
type Connection struct {
	State ConnState
	// Environment names the QuickBooks of the connection, as SaveConnection was told.
	Environment string
	// Realm is the company; it is kept when the connection ends, and empty before the first one.
	Realm         ledger.RealmID
	CompanyName   string
	HomeCurrency  ledger.Currency
	Multicurrency bool
	BookCloseDate ledger.Date
	// TracksLocations and TracksClasses say what the company tracks, classes per line.
	TracksLocations, TracksClasses bool
	// CompanyReadAt is when the company was last read from QuickBooks.
	CompanyReadAt time.Time
	// ConnectedBy is the caller who asked for the connection.
	ConnectedBy string
	ConnectedAt time.Time
	// Problem is why the authorization was lost, in plain words; empty when all is well.
	Problem   string
	ProblemAt time.Time
	// SyncStarted is true between StartSync and PauseSync; FirstStartedAt is when StartSync was first called.
	SyncStarted    bool
	FirstStartedAt time.Time
	// AccountCount counts the accounts of the chart that are not deleted.
	AccountCount       int
	AccountsImportedAt time.Time
	Tokens             Tokens
	// Lifetime is zero unless Connected.
	Lifetime Lifetime
}

// Lifetime says when an authorization ends.
type Lifetime struct {
	// UnusedEnd is when it ends unless it is used before.
	UnusedEnd time.Time
	// FinalEnd is when it ends however much it is used.
	FinalEnd time.Time
}

// longestLife is how long Intuit lets an authorization live. It counts where Intuit did not say when one ends.
const longestLife = 5 * 365 * 24 * time.Hour

func lifetimeOf(state ConnState, connectedAt, refreshExpiresAt, hardExpiresAt int64) Lifetime {
	if state != Connected {
		return Lifetime{}
	}
	life := Lifetime{UnusedEnd: fromMicros(refreshExpiresAt), FinalEnd: fromMicros(hardExpiresAt)}
	if hardExpiresAt == 0 && connectedAt != 0 {
		life.FinalEnd = fromMicros(connectedAt).Add(longestLife)
	}
	return life
}

// Tokens are the sealed tokens of a connection.
type Tokens struct {
	AccessSealed, RefreshSealed       []byte
	AccessExpiresAt, RefreshExpiresAt time.Time
	// RefreshHardExpiresAt is when even a refresh token in use ends; zero when not known.
	RefreshHardExpiresAt time.Time
	// Version counts the changes of the tokens; SaveConnection and SwapTokens ignore it and set the next one.
	Version int64
}

// Company is what QuickBooks says of a company.
type Company struct {
	CompanyName   string
	HomeCurrency  ledger.Currency
	Multicurrency bool
	// BookCloseDate is empty while the books are open.
	BookCloseDate ledger.Date
	// TracksLocations and TracksClasses say what the company tracks, classes per line.
	TracksLocations, TracksClasses bool
}

// NewConnection is an authorization that was just given.
type NewConnection struct {
	Environment string
	Realm       ledger.RealmID
	// AllowOther says that a person has confirmed that the books go on in another company than before.
	AllowOther bool
	// AbandonUnsettled says that a person gave up on the answers of requests to the former company.
	AbandonUnsettled bool
	Company
	ConnectedBy string
	Tokens      Tokens
	Now         time.Time
}

// connectionRow is a retailer's rows in retailers, work and connections.
type connectionRow struct {
	State                ConnState       `db:"state"`
	Environment          string          `db:"environment"`
	Realm                ledger.RealmID  `db:"realm_id"`
	CompanyName          string          `db:"company_name"`
	HomeCurrency         ledger.Currency `db:"home_currency"`
	Multicurrency        bool            `db:"multicurrency"`
	BookCloseDate        ledger.Date     `db:"book_close_date"`
	TracksLocations      bool            `db:"tracks_locations"`
	TracksClasses        bool            `db:"tracks_classes"`
	CompanyReadAt        int64           `db:"company_read_at"`
	ConnectedBy          string          `db:"connected_by"`
	ConnectedAt          int64           `db:"connected_at"`
	Problem              string          `db:"problem"`
	ProblemAt            int64           `db:"problem_at"`
	AccountsImportedAt   int64           `db:"accounts_imported_at"`
	AccessSealed         []byte          `db:"access_sealed"`
	AccessExpiresAt      int64           `db:"access_expires_at"`
	RefreshSealed        []byte          `db:"refresh_sealed"`
	RefreshExpiresAt     int64           `db:"refresh_expires_at"`
	RefreshHardExpiresAt int64           `db:"refresh_hard_expires_at"`
	TokenVersion         int64           `db:"token_version"`
}

const connectionColumns = `state, environment, realm_id, company_name, home_currency, multicurrency, book_close_date,
	tracks_locations, tracks_classes, company_read_at, connected_by, connected_at, problem, problem_at,
	accounts_imported_at, access_sealed, access_expires_at, refresh_sealed, refresh_expires_at, refresh_hard_expires_at,
	token_version`

func (c *connectionRow) connection() Connection {
	return Connection{
		State: c.State, Environment: c.Environment, Realm: c.Realm, CompanyName: c.CompanyName,
		HomeCurrency: c.HomeCurrency, Multicurrency: c.Multicurrency, BookCloseDate: c.BookCloseDate,
		TracksLocations: c.TracksLocations, TracksClasses: c.TracksClasses, CompanyReadAt: fromMicros(c.CompanyReadAt),
		Lifetime:    lifetimeOf(c.State, c.ConnectedAt, c.RefreshExpiresAt, c.RefreshHardExpiresAt),
		ConnectedBy: c.ConnectedBy, ConnectedAt: fromMicros(c.ConnectedAt),
		Problem: c.Problem, ProblemAt: fromMicros(c.ProblemAt), AccountsImportedAt: fromMicros(c.AccountsImportedAt),
		Tokens: Tokens{
			AccessSealed: bytesOf(c.AccessSealed), AccessExpiresAt: fromMicros(c.AccessExpiresAt),
			RefreshSealed: bytesOf(c.RefreshSealed), RefreshExpiresAt: fromMicros(c.RefreshExpiresAt),
			RefreshHardExpiresAt: fromMicros(c.RefreshHardExpiresAt), Version: c.TokenVersion,
		},
	}
}

// Connection returns the retailer's connection. A retailer that was never heard of is NotConnected.
func (s *Store) Connection(ctx context.Context, r ledger.RetailerID) (Connection, error) {
	var c Connection
	err := s.inRead(ctx, "read the connection", func(t *tx) error {
		row := connectionRow{State: NotConnected}
		_, err := t.get(ctx, &row, `SELECT `+connectionColumns+` FROM connections WHERE retailer_id = $1`, r)
		if err != nil {
			return err
		}
		var rest struct {
			SyncStarted    bool  `db:"sync_started"`
			FirstStartedAt int64 `db:"first_started_at"`
			AccountCount   int   `db:"account_count"`
		}
		_, err = t.get(ctx, &rest, `SELECT w.sync_started, r.first_started_at,
				(SELECT COUNT(*) FROM accounts a WHERE a.retailer_id = r.retailer_id AND a.deleted_at = 0) AS account_count
			FROM retailers r JOIN work w ON w.retailer_id = r.retailer_id WHERE r.retailer_id = $1`, r)
		c = row.connection()
		c.SyncStarted, c.FirstStartedAt = rest.SyncStarted, fromMicros(rest.FirstStartedAt)
		c.AccountCount = rest.AccountCount
		return err
	})
	return c, err
}

// SaveConnection stores a connection as Connected and wakes the retailer's work, also out of a backoff. ErrOtherCompany
// when the retailer was connected to another company before, unless that is allowed: then sync is paused, everything that
// belongs to the former company is put away, and an EntriesUnsettledError when that cannot be done.
func (s *Store) SaveConnection(ctx context.Context, r ledger.RetailerID, c NewConnection) error {
	return s.inWrite(ctx, "save the connection", func(t *tx) error {
		w, err := t.lockNew(ctx, r, c.Now)
		if err != nil {
			return err
		}
		err = t.ofCompany(ctx, r, c.Realm)
		if errors.Is(err, ErrOtherCompany) && c.AllowOther {
			err = t.leaveCompany(ctx, &w, &c)
		}
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		err = t.insert(ctx, `INSERT INTO connections (retailer_id, state, environment, realm_id, company_name,
				home_currency, multicurrency, book_close_date, tracks_locations, tracks_classes, company_read_at,
				connected_by, connected_at, access_sealed, access_expires_at, refresh_sealed, refresh_expires_at,
				refresh_hard_expires_at, token_version)`,
			[][]any{{
				r, Connected, c.Environment, c.Realm, foreign(c.CompanyName), c.HomeCurrency, c.Multicurrency,
				c.BookCloseDate, c.TracksLocations, c.TracksClasses, micros(c.Now), c.ConnectedBy, micros(c.Now),
				blob(c.Tokens.AccessSealed),
				micros(c.Tokens.AccessExpiresAt), blob(c.Tokens.RefreshSealed), micros(c.Tokens.RefreshExpiresAt),
				micros(c.Tokens.RefreshHardExpiresAt), 1,
			}},
			`ON CONFLICT (retailer_id) DO UPDATE SET state = excluded.state, environment = excluded.environment,
				realm_id = excluded.realm_id, company_name = excluded.company_name,
				home_currency = excluded.home_currency, multicurrency = excluded.multicurrency,
				book_close_date = excluded.book_close_date, tracks_locations = excluded.tracks_locations,
				tracks_classes = excluded.tracks_classes, company_read_at = excluded.company_read_at,
				connected_by = excluded.connected_by,
				connected_at = excluded.connected_at, access_sealed = excluded.access_sealed,
				access_expires_at = excluded.access_expires_at, refresh_sealed = excluded.refresh_sealed,
				refresh_expires_at = excluded.refresh_expires_at,
				refresh_hard_expires_at = excluded.refresh_hard_expires_at,
				token_version = connections.token_version + 1, refresh_owner = '', refresh_lease_until = 0,
				problem = '', problem_at = 0`)
		if err != nil {
			return err
		}
		_, err = t.exec(ctx, `UPDATE work SET connected = TRUE, due_at = $2, failures = 0, problem = '', retry_at = 0,
			books_version = books_version + 1 WHERE retailer_id = $1`, r, micros(c.Now))
		if err != nil {
			return err
		}
		w.DueAt, w.RetryAt = micros(c.Now), 0
		return t.rejudgeCompany(ctx, w, c.Now)
	})
}

// rejudgeCompany sends the events that wait because of what the company is back to PENDING.
func (t *tx) rejudgeCompany(ctx context.Context, w work, now time.Time) error {
	_, err := t.moveEvents(ctx, w, move{
		from: []ledger.State{ledger.StateActionRequired}, to: ledger.StatePending,
		reasons: []ledger.Reason{ledger.ReasonCurrencyMismatch, ledger.ReasonPeriodClosed},
		note:    "the company was read from QuickBooks", at: now,
	})
	return err
}

// ofCompany fails with ErrNotFound when the retailer was never connected, and with ErrOtherCompany when its books are in
// another company than realm.
func (t *tx) ofCompany(ctx context.Context, r ledger.RetailerID, realm ledger.RealmID) error {
	var present ledger.RealmID
	found, err := t.get(ctx, &present, `SELECT realm_id FROM connections WHERE retailer_id = $1`, r)
	switch {
	case err != nil:
		return err
	case !found:
		return ErrNotFound
	case present != realm:
		return ErrOtherCompany
	default:
		return nil
	}
}

// SaveCompany updates what is known of the connected company, as read from QuickBooks at now. Where its currencies or its
// closing date changed, events that wait because of them go back to PENDING, to be judged again. ErrNotFound when the
// retailer was never connected, ErrOtherCompany when realm is not its company.
func (s *Store) SaveCompany(
	ctx context.Context, r ledger.RetailerID, realm ledger.RealmID, c Company, now time.Time,
) error {
	return s.inWrite(ctx, "save the company", func(t *tx) error {
		w, _, err := t.lock(ctx, r)
		if err != nil {
			return err
		}
		if err := t.ofCompany(ctx, r, realm); err != nil {
			return err
		}
		before, err := t.bookCompany(ctx, r)
		if err != nil {
			return err
		}
		_, err = t.exec(ctx, `UPDATE connections SET company_name = $2, home_currency = $3, multicurrency = $4,
				book_close_date = $5, tracks_locations = $6, tracks_classes = $7, company_read_at = $8
			WHERE retailer_id = $1`, r, foreign(c.CompanyName), c.HomeCurrency, c.Multicurrency, c.BookCloseDate,
			c.TracksLocations, c.TracksClasses, micros(now))
		after := companyRow{c.HomeCurrency, c.Multicurrency, c.BookCloseDate, c.TracksLocations, c.TracksClasses}
		if err != nil || after == before {
			return err
		}
		if err := t.bumpBooks(ctx, r); err != nil {
			return err
		}
		return t.rejudgeCompany(ctx, w, now)
	})
}

// Disconnect forgets the tokens. The company, the mappings and all history stay. A retailer that is not connected stays
// so.
func (s *Store) Disconnect(ctx context.Context, r ledger.RetailerID, _ time.Time) error {
	return s.inWrite(ctx, "disconnect", func(t *tx) error {
		if _, found, err := t.lock(ctx, r); err != nil || !found {
			return err
		}
		_, err := t.exec(ctx, `UPDATE connections SET state = $2, access_sealed = $3, access_expires_at = 0,
				refresh_sealed = $3, refresh_expires_at = 0, refresh_hard_expires_at = 0,
				token_version = token_version + 1, refresh_owner = '', refresh_lease_until = 0, problem = '', problem_at = 0
			WHERE retailer_id = $1`, r, NotConnected, blob(nil))
		if err != nil {
			return err
		}
		_, err = t.exec(ctx, `UPDATE work SET connected = FALSE WHERE retailer_id = $1`, r)
		return err
	})
}

// StartSync lets the retailer's events be posted and wakes its work, also out of a backoff. ErrNotConnected before the
// first connection and after Disconnect; a lost authorization does not hinder it.
func (s *Store) StartSync(ctx context.Context, r ledger.RetailerID, now time.Time) error {
	return s.inWrite(ctx, "start sync", func(t *tx) error {
		w, _, err := t.lock(ctx, r)
		if err != nil {
			return err
		}
		if w.Backfill != 0 && !w.SyncStarted {
			if err := t.forgetPace(ctx, r); err != nil {
				return err
			}
		}
		var state ConnState
		found, err := t.get(ctx, &state, `SELECT state FROM connections WHERE retailer_id = $1`, r)
		if err != nil {
			return err
		}
		if !found || state == NotConnected {
			return ErrNotConnected
		}
		_, err = t.exec(ctx, `UPDATE retailers SET first_started_at = $2 WHERE retailer_id = $1 AND first_started_at = 0`,
			r, micros(now))
		if err != nil {
			return err
		}
		_, err = t.exec(ctx, `UPDATE work SET sync_started = TRUE, due_at = $2, retry_at = 0 WHERE retailer_id = $1`,
			r, micros(now))
		return err
	})
}

// PauseSync stops posting. Requests under way are still settled.
func (s *Store) PauseSync(ctx context.Context, r ledger.RetailerID, _ time.Time) error {
	return s.inWrite(ctx, "pause sync", func(t *tx) error {
		_, err := t.exec(ctx, `UPDATE work SET sync_started = FALSE WHERE retailer_id = $1`, r)
		return err
	})
}
