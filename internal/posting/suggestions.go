package posting

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/quickbooks"
	"github.com/tillpost/tillpost/internal/quickbooks/wire"
	"github.com/tillpost/tillpost/internal/store"
	"github.com/tillpost/tillpost/internal/suggest"
)

// ErrAccountNotCreated says that QuickBooks refused to create an account; the error's text says which and why.
var ErrAccountNotCreated = errors.New("QuickBooks refused to create the account")

// Suggestions are what the retailer's mapping lacks, and where it may come from.
type Suggestions struct {
	Found   []suggest.Suggestion
	Missing []suggest.NewAccount
}

// listPage is how many rows of a list are read at once.
const listPage = 1_000

// Suggest proposes accounts of the imported chart for the slots in use that have none, and new accounts for what the chart
// lacks.
func (e *Engine) Suggest(ctx context.Context, r ledger.RetailerID) (Suggestions, error) {
	needs, err := e.openSlots(ctx, r)
	if err != nil {
		return Suggestions{}, err
	}
	chart, err := e.chart(ctx, r)
	if err != nil {
		return Suggestions{}, err
	}
	return Suggestions{Found: suggest.Suggest(needs, chart), Missing: suggest.Missing(needs, chart)}, nil
}

// openSlots reads the slots in use that no mapping answers.
func (e *Engine) openSlots(ctx context.Context, r ledger.RetailerID) ([]ledger.Slot, error) {
	var slots []ledger.Slot
	query := store.SlotQuery{Limit: listPage, MissingOnly: true}
	for {
		page, next, err := e.Store.ListSlots(ctx, r, query, time.Now())
		if err != nil {
			return nil, fmt.Errorf("read the slots of %s: %w", r, err)
		}
		for i := range page {
			slots = append(slots, page[i].Slot)
		}
		if next == "" {
			return slots, nil
		}
		query.After = next
	}
}

// chart reads the imported chart.
func (e *Engine) chart(ctx context.Context, r ledger.RetailerID) ([]suggest.Account, error) {
	conn, err := e.Store.Connection(ctx, r)
	if err != nil {
		return nil, fmt.Errorf("read the connection of %s: %w", r, err)
	}
	var chart []suggest.Account
	query := store.AccountQuery{Limit: listPage}
	for {
		page, next, err := e.Store.ListAccounts(ctx, r, query)
		if err != nil {
			return nil, fmt.Errorf("read the accounts of %s: %w", r, err)
		}
		for i := range page {
			a := &page[i]
			chart = append(chart, suggest.Account{
				Account: a.Account, ShortName: a.ShortName, Number: a.Number, SubType: a.SubType, Parent: a.Parent,
				Foreign: a.Currency != "" && conn.HomeCurrency != "" && a.Currency != conn.HomeCurrency,
			})
		}
		if next == "" {
			return chart, nil
		}
		query.After = next
	}
}

// CreatedAccounts tells what CreateMissingAccounts did.
type CreatedAccounts struct {
	// Accounts are those that are there now; Created counts those that were not there before.
	Accounts []suggest.NewAccount
	Created  int
	// Mappings are the slots that were mapped to them, Released counts the events that went back to PENDING.
	Mappings []store.Mapping
	Released int64
}

// ChooseMissing returns the missing accounts of these fully qualified names, with the missing parents they need; without
// names all.
func ChooseMissing(missing []suggest.NewAccount, names []string) []suggest.NewAccount {
	if len(names) == 0 {
		return missing
	}
	wanted := map[string]bool{}
	for _, name := range names {
		for ; name != ""; name, _, _ = cutLast(name) {
			wanted[strings.ToLower(name)] = true
		}
	}
	var chosen []suggest.NewAccount
	for i := range missing {
		if wanted[strings.ToLower(missing[i].FullName())] {
			chosen = append(chosen, missing[i])
		}
	}
	return chosen
}

// cutLast cuts a fully qualified name at its last colon.
func cutLast(name string) (parent, own string, found bool) {
	if i := strings.LastIndexByte(name, ':'); i >= 0 {
		return name[:i], name[i+1:], true
	}
	return "", name, false
}

// CreateMissingAccounts creates accounts in QuickBooks, one by one, and maps the slots they are for. progress hears of each;
// its error ends the work. An account that is there already under its name is used when its type fits. What was created
// before a failure is stored and mapped. It fails with ErrAccountNotCreated, ErrNotConnected, ErrReauthorizationRequired or
// ErrQuickBooksUnavailable; calling again goes on.
func (e *Engine) CreateMissingAccounts(
	ctx context.Context, r ledger.RetailerID, accounts []suggest.NewAccount, actor string,
	progress func(done, total int) error,
) (CreatedAccounts, error) {
	chart, err := e.chart(ctx, r)
	if err != nil {
		return CreatedAccounts{}, err
	}
	made := creation{engine: e, retailer: r, ids: map[string]ledger.AccountID{}}
	for i := range chart {
		made.ids[strings.ToLower(chart[i].Name)] = chart[i].ID
	}
	failure := e.withCompany(ctx, r, func(co *quickbooks.Company, realm ledger.RealmID) error {
		for len(made.done.Accounts) < len(accounts) {
			if err := progress(len(made.done.Accounts), len(accounts)); err != nil {
				return err
			}
			if err := made.create(ctx, co, realm, accounts[len(made.done.Accounts)]); err != nil {
				return err
			}
		}
		return nil
	})
	if len(made.orders) > 0 {
		put, released, err := e.Store.PutMappings(ctx, r, made.orders, actor, time.Now())
		if err != nil {
			return made.done, errors.Join(failure, fmt.Errorf("map the new accounts of %s: %w", r, err))
		}
		made.done.Mappings, made.done.Released = put, released
		e.Wake(r)
	}
	return made.done, failure
}

// creation is a run of CreateMissingAccounts.
type creation struct {
	engine   *Engine
	retailer ledger.RetailerID
	ids      map[string]ledger.AccountID // by fully qualified name in small letters
	done     CreatedAccounts
	orders   []store.MappingOrder
}

func (m *creation) create(
	ctx context.Context, co *quickbooks.Company, realm ledger.RealmID, account suggest.NewAccount,
) error {
	body, err := quickbooks.EncodeAccount(quickbooks.NewAccount{
		Name: account.Name, Type: account.Type.String(), SubType: account.SubType,
		Parent: string(m.ids[strings.ToLower(account.Parent)]),
	})
	if err != nil {
		return fmt.Errorf("%w: %q: %w", ErrAccountNotCreated, account.FullName(), err)
	}
	stored, receipt, err := co.PostAccount(ctx, quickbooks.Request{
		Kind: quickbooks.AccountCreate, ID: accountRequestID(realm, account), Body: body,
	})
	m.engine.Log.InfoContext(ctx, "account creation attempt", "retailer", string(m.retailer), "account", account.FullName(),
		"status", receipt.HTTPStatus, "intuit_tid", receipt.IntuitTID, "ok", err == nil)
	created := err == nil
	if err != nil {
		if stored, err = m.existing(ctx, co, account, err); err != nil {
			return err
		}
	}
	return m.keep(ctx, realm, account, stored, created)
}

// accountRequestID makes the same id for the same account, so that a call after a lost answer creates nothing twice.
func accountRequestID(realm ledger.RealmID, account suggest.NewAccount) string {
	name := strings.Join([]string{string(realm), account.FullName(), account.Type.String(), account.SubType}, "\n")
	return uuid.NewSHA1(accountNamespace, []byte(name)).String()
}

var accountNamespace = uuid.MustParse("5d0a7d86-2f0b-4c8e-9a55-2c3a6e4b7f10") //nolint:gochecknoglobals // never changes

// existing judges a refusal: an account of the name may be there already, made by a person or by a call whose answer was
// lost.
func (m *creation) existing(
	ctx context.Context, co *quickbooks.Company, account suggest.NewAccount, refusal error,
) (wire.Account, error) {
	var fault *quickbooks.Error
	if !errors.As(refusal, &fault) || fault.Facts().Transient || fault.Outcome == quickbooks.OutcomeUnknown ||
		fault.Facts().Reconnect || fault.Cause == quickbooks.CauseTokenExpired {
		return wire.Account{}, refusal
	}
	if fault.Cause != quickbooks.CauseDuplicateName {
		// Not to be told as QuickBooks being away: the fault ends here.
		return wire.Account{}, fmt.Errorf("%w: %q: %s", ErrAccountNotCreated, account.FullName(), fault.Facts().Words)
	}
	for page, err := range co.Accounts(ctx) {
		if err != nil {
			return wire.Account{}, fmt.Errorf("look for the account %q: %w", account.FullName(), err)
		}
		for _, known := range page.Rows {
			if strings.EqualFold(known.FullyQualifiedName, account.FullName()) &&
				ledger.ParseAccountType(known.AccountType) == account.Type && (known.Active == nil || *known.Active) {
				return known, nil
			}
		}
	}
	return wire.Account{}, fmt.Errorf("%w: the name %q is taken in QuickBooks, by an account of another type or an inactive one",
		ErrAccountNotCreated, account.FullName())
}

// keep stores an account that is there now, and notes what it is for.
func (m *creation) keep(
	ctx context.Context, realm ledger.RealmID, account suggest.NewAccount, stored wire.Account, created bool,
) error {
	now := time.Now()
	row := accountFromWire(stored, now)
	if err := m.engine.Store.PutAccounts(ctx, m.retailer, realm, []store.Account{row}, now); err != nil {
		return fmt.Errorf("store the account %q: %w", account.FullName(), err)
	}
	m.ids[strings.ToLower(account.FullName())] = row.ID
	m.done.Accounts = append(m.done.Accounts, account)
	if created {
		m.done.Created++
	}
	for _, slot := range account.Slots {
		m.orders = append(m.orders, store.MappingOrder{Slot: slot, Account: row.ID})
	}
	return nil
}
