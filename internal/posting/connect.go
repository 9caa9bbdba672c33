package posting

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/quickbooks"
	"github.com/tillpost/tillpost/internal/quickbooks/wire"
	"github.com/tillpost/tillpost/internal/store"
)

// authorizationTTL is how long a person has to decide at Intuit.
const authorizationTTL = 15 * time.Minute

const stateBytes = 32

// AuthorizationRequest is the wish to connect.
type AuthorizationRequest struct {
	// Caller is who asks, as remembered with the connection.
	Caller string
	// ReturnURL is where the browser goes afterwards; empty: nowhere.
	ReturnURL string
	// AllowOther says that a person has confirmed that the books may go on in another company than before.
	AllowOther bool
	// AbandonUnsettled says that a person gave up on the answers of requests to the company of before.
	AbandonUnsettled bool
}

// AuthorizeURL begins a connection: it returns the address at Intuit where a person authorizes it. It fails with
// ErrAlreadyConnected, unless the authorization ends soon: then connecting again renews it.
func (e *Engine) AuthorizeURL(ctx context.Context, r ledger.RetailerID, wish AuthorizationRequest) (string, error) {
	conn, err := e.Store.Connection(ctx, r)
	if err != nil {
		return "", fmt.Errorf("read the connection of %s: %w", r, err)
	}
	now := time.Now()
	if _, ending := ExpiryOf(conn.Lifetime, now); conn.State == store.Connected && !ending {
		return "", fmt.Errorf("%w: disconnect %s first", ErrAlreadyConnected, conn.CompanyName)
	}
	state, err := newState(r, wish)
	if err != nil {
		return "", err
	}
	err = e.Store.SaveAuthorization(ctx, r, store.Authorization{
		StateHash: hashState(state), Caller: wish.Caller, ReturnURL: wish.ReturnURL,
		CreatedAt: now, ExpiresAt: now.Add(authorizationTTL),
	})
	if err != nil {
		return "", fmt.Errorf("store the authorization of %s: %w", r, err)
	}
	address, err := e.QuickBooks.AuthorizeURL(ctx, state)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrQuickBooksUnavailable, err)
	}
	return address, nil
}

// allowsOther is in the state of an authorization for which another company was confirmed, and abandons where a person gave up
// on unsettled entries too. The hash of the whole state is stored, so nobody can add or remove them.
const (
	allowsOther = ".other"
	abandons    = ".abandon"
)

// newState makes the state of an authorization: the retailer, so that it can be looked up by tenant, a secret, and what was
// confirmed.
func newState(r ledger.RetailerID, wish AuthorizationRequest) (string, error) {
	secret := make([]byte, stateBytes)
	if _, err := rand.Read(secret); err != nil {
		return "", fmt.Errorf("make an authorization state: %w", err)
	}
	b64 := base64.RawURLEncoding
	state := b64.EncodeToString([]byte(r)) + "." + b64.EncodeToString(secret)
	if wish.AllowOther {
		state += allowsOther
	}
	if wish.AbandonUnsettled {
		state += abandons
	}
	return state, nil
}

func hashState(state string) []byte {
	sum := sha256.Sum256([]byte(state))
	return sum[:]
}

func retailerOf(state string) (ledger.RetailerID, bool) {
	head, _, ok := strings.Cut(state, ".")
	if !ok {
		return "", false
	}
	r, err := base64.RawURLEncoding.DecodeString(head)
	return ledger.RetailerID(r), err == nil && len(r) > 0
}

// Callback is what Intuit's redirect brings back.
type Callback struct {
	State, Code, Realm string
	// Error is set when nothing was authorized: "access_denied" for a person's refusal.
	Error string
}

// Completion tells how an authorization ended. Retailer and ReturnURL are set as soon as the state was recognised, also
// beside an error.
type Completion struct {
	Retailer    ledger.RetailerID
	ReturnURL   string
	CompanyName string
}

// CompleteAuthorization ends a connection attempt: it exchanges the code, reads the company and stores the sealed
// tokens. It fails with ErrAuthorizationUnknown, ErrAuthorizationRefused, ErrOtherCompany, ErrEntriesUnsettled or
// ErrQuickBooksUnavailable.
func (e *Engine) CompleteAuthorization(ctx context.Context, cb Callback) (Completion, error) {
	r, ok := retailerOf(cb.State)
	if !ok {
		return Completion{}, ErrAuthorizationUnknown
	}
	auth, err := e.Store.TakeAuthorization(ctx, r, hashState(cb.State), time.Now())
	if errors.Is(err, store.ErrNotFound) {
		return Completion{}, ErrAuthorizationUnknown
	}
	if err != nil {
		return Completion{}, fmt.Errorf("look up the authorization of %s: %w", r, err)
	}
	done := Completion{Retailer: r, ReturnURL: auth.ReturnURL}
	if cb.Error != "" {
		return done, fmt.Errorf("%w: %s", ErrAuthorizationRefused, cb.Error)
	}
	confirmed, abandon := strings.CutSuffix(cb.State, abandons)
	wish := given{caller: auth.Caller, allowOther: strings.HasSuffix(confirmed, allowsOther), abandon: abandon}
	done.CompanyName, err = e.acceptGrant(ctx, r, wish, cb)
	return done, err
}

// given is an authorization that a person gave, as far as it is not Intuit's.
type given struct {
	caller              string
	allowOther, abandon bool
}

// acceptGrant turns a code into a stored connection. A grant that cannot be kept is revoked, so that nothing is left
// open at Intuit, unless the retailer is connected to this very company: Intuit may take the end of one grant for the end of
// all, and so end the connection that was to be renewed. It is also what there is when only the answer of the database was lost.
func (e *Engine) acceptGrant(ctx context.Context, r ledger.RetailerID, wish given, cb Callback) (string, error) {
	realm, err := quickbooks.ParseRealmID(cb.Realm)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrAuthorizationUnknown, err)
	}
	token, err := e.QuickBooks.Exchange(ctx, cb.Code)
	if err != nil {
		return "", grantError(err)
	}
	name, err := e.storeGrant(ctx, r, wish, realm, token)
	if err != nil {
		if !e.mayBeConnectedTo(ctx, r, realm) {
			e.tokens.revokeQuietly(ctx, r, token.Refresh)
		}
		return "", err
	}
	e.Log.InfoContext(ctx, "connected to QuickBooks", "retailer", string(r), "realm", string(realm),
		"caller", wish.caller, "abandon_unsettled", wish.abandon)
	e.Wake(r)
	return name, nil
}

func (e *Engine) mayBeConnectedTo(ctx context.Context, r ledger.RetailerID, realm quickbooks.RealmID) bool {
	conn, err := e.Store.Connection(context.WithoutCancel(ctx), r)
	return err != nil || (conn.State == store.Connected && conn.Realm == ledger.RealmID(realm))
}

func (e *Engine) storeGrant(
	ctx context.Context, r ledger.RetailerID, wish given, realm quickbooks.RealmID, token quickbooks.Token,
) (string, error) {
	company, err := readCompany(ctx, e.companyAt(r, ledger.RealmID(realm), token.Access))
	if err != nil {
		return "", grantError(err)
	}
	sealed, err := e.tokens.seal(r, ledger.RealmID(realm), token)
	if err != nil {
		return "", err
	}
	err = e.Store.SaveConnection(ctx, r, store.NewConnection{
		Environment: e.Environment, Realm: ledger.RealmID(realm), Company: company, ConnectedBy: wish.caller, Tokens: sealed,
		AllowOther: wish.allowOther, AbandonUnsettled: wish.abandon, Now: time.Now(),
	})
	if err != nil {
		return "", fmt.Errorf("store the connection of %s: %w", r, err)
	}
	return company.CompanyName, nil
}

// readCompany reads what the ledger must know of a company.
func readCompany(ctx context.Context, co *quickbooks.Company) (store.Company, error) {
	info, err := co.Info(ctx)
	if err != nil {
		return store.Company{}, fmt.Errorf("read the company: %w", err)
	}
	prefs, err := co.Preferences(ctx)
	if err != nil {
		return store.Company{}, fmt.Errorf("read the company's preferences: %w", err)
	}
	company := companyOf(prefs)
	company.CompanyName = info.CompanyName
	return company, nil
}

// companyOf is what the preferences say of a company.
func companyOf(prefs wire.Preferences) store.Company {
	return store.Company{
		HomeCurrency:    ledger.Currency(prefs.CurrencyPrefs.HomeCurrency.Value),
		Multicurrency:   prefs.CurrencyPrefs.MultiCurrencyEnabled,
		BookCloseDate:   ledger.Date(prefs.AccountingInfoPrefs.BookCloseDate),
		TracksLocations: prefs.AccountingInfoPrefs.TrackDepartments,
		TracksClasses:   prefs.AccountingInfoPrefs.ClassTrackingPerTxnLine,
	}
}

// grantError tells a code that Intuit refused from an Intuit that does not answer.
func grantError(err error) error {
	var fault *quickbooks.Error
	if errors.As(err, &fault) && fault.Facts().Reconnect {
		return fmt.Errorf("%w: %w", ErrAuthorizationUnknown, err)
	}
	return fmt.Errorf("%w: %w", ErrQuickBooksUnavailable, err)
}

// Disconnect revokes the authorization at Intuit and forgets the tokens. revoked is false when Intuit could not be told;
// the tokens are forgotten all the same. A retailer that is not connected stays so.
func (e *Engine) Disconnect(ctx context.Context, r ledger.RetailerID) (revoked bool, err error) {
	conn, err := e.Store.Connection(ctx, r)
	if err != nil {
		return false, fmt.Errorf("read the connection of %s: %w", r, err)
	}
	refresh, err := e.tokens.openRefresh(r, conn)
	if err != nil {
		e.Log.WarnContext(ctx, "the grant cannot be revoked at Intuit", "retailer", string(r), "error", err)
	}
	if err := e.Store.Disconnect(ctx, r, time.Now()); err != nil {
		return false, fmt.Errorf("disconnect %s: %w", r, err)
	}
	e.Log.InfoContext(ctx, "disconnected from QuickBooks", "retailer", string(r), "realm", string(conn.Realm))
	if refresh == "" {
		return false, nil
	}
	return e.tokens.revokeQuietly(ctx, r, refresh), nil
}
