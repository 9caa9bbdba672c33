package quickbooks

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// maxPages bounds every walk over query pages, against a server that never comes to an end.
const maxPages = 200

// Company is a handle for calls to one company with one access token. It is cheap: make a new one whenever the token
// changes. Its calls return *Error.
type Company struct {
	client *Client
	realm  RealmID
	access Secret
}

// Company returns a handle for the company realm. A realm id that ParseRealmID would refuse makes every call fail
// before anything is sent.
func (c *Client) Company(realm RealmID, access Secret) *Company {
	return &Company{client: c, realm: realm, access: access}
}

// envelope is any successful answer, and the fault that may come in its place.
type envelope struct {
	Fault             *jsonFault         `json:"Fault"`
	JournalEntry      *wire.JournalEntry `json:"JournalEntry"`
	CompanyInfo       *wire.CompanyInfo  `json:"CompanyInfo"`
	Preferences       *wire.Preferences  `json:"Preferences"`
	QueryResponse     *queryRows         `json:"QueryResponse"`
	Account           *accountRow        `json:"Account"`
	CDCResponse       []changedRows      `json:"CDCResponse"`
	BatchItemResponse []batchItem        `json:"BatchItemResponse"`
}

// queryRows is the part of a query's answer that this client asks for.
type queryRows struct {
	Account      []accountRow        `json:"Account"`
	JournalEntry []wire.JournalEntry `json:"JournalEntry"`
	Department   []wire.Department   `json:"Department"`
	Class        []wire.Class        `json:"Class"`
	TotalCount   *int                `json:"totalCount"`
}

// changedRows are the rows of change data capture, kind by kind.
type changedRows struct {
	QueryResponse []queryRows `json:"QueryResponse"`
}

// accountRow is an account whose balances do not count if they are no whole hundredths: such a balance, of an
// inventory account for example, must not keep the whole chart from being read.
type accountRow struct {
	wire.Account

	CurrentBalance                balance `json:"CurrentBalance"`
	CurrentBalanceWithSubAccounts balance `json:"CurrentBalanceWithSubAccounts"`
}

func (r accountRow) account() wire.Account {
	account := r.Account
	account.CurrentBalance = r.CurrentBalance.amount
	account.CurrentBalanceWithSubAccounts = r.CurrentBalanceWithSubAccounts.amount
	return account
}

type balance struct{ amount *wire.Decimal }

// UnmarshalJSON never fails: what is no amount counts as absent.
func (b *balance) UnmarshalJSON(data []byte) error {
	var amount *wire.Decimal
	if json.Unmarshal(data, &amount) == nil {
		b.amount = amount
	}
	return nil
}

// Info reads the company's name, country and properties. Intuit meters it as a read.
func (co *Company) Info(ctx context.Context) (wire.CompanyInfo, error) {
	env, err := co.read(ctx, "read company info", "companyinfo/"+url.PathEscape(string(co.realm)), nil,
		func(env *envelope) string { return lacks(env.CompanyInfo == nil, "CompanyInfo") })
	if err != nil {
		return wire.CompanyInfo{}, err
	}
	return *env.CompanyInfo, nil
}

// Preferences reads the company's settings, the closing date of the books among them. Intuit meters it as a read.
func (co *Company) Preferences(ctx context.Context) (wire.Preferences, error) {
	env, err := co.read(ctx, "read preferences", "preferences", nil,
		func(env *envelope) string { return lacks(env.Preferences == nil, "Preferences") })
	if err != nil {
		return wire.Preferences{}, err
	}
	return *env.Preferences, nil
}

// AccountsPage is one page of the chart of accounts.
type AccountsPage struct {
	// Accounts are at most wire.MaxPageRows accounts, ordered by Id, inactive ones included. A balance that is not a
	// whole number of hundredths is left out.
	Accounts []wire.Account
	// Fetched is how many accounts came so far, this page included; Total how many there are to come in all, as far as
	// is known: it was counted before the first page and never is less than Fetched.
	Fetched, Total int
}

// Accounts reads the whole chart of accounts, page by page: one read to count, and one for each page, all metered by
// Intuit. A company without accounts yields one empty page. An error ends the walk.
func (co *Company) Accounts(ctx context.Context) iter.Seq2[AccountsPage, error] {
	const from = " from Account where Active in (true,false)"
	return func(yield func(AccountsPage, error) bool) {
		env, err := co.query(ctx, "count accounts", "select count(*)"+from)
		if err != nil {
			yield(AccountsPage{}, err)
			return
		}
		page := AccountsPage{}
		if env.TotalCount != nil {
			page.Total = *env.TotalCount
		}
		for range maxPages {
			env, err := co.query(ctx, "list accounts", pageQuery("select *"+from, page.Fetched))
			if err != nil {
				yield(AccountsPage{}, err)
				return
			}
			page.Accounts = make([]wire.Account, 0, len(env.Account))
			for _, row := range env.Account {
				page.Accounts = append(page.Accounts, row.account())
			}
			page.Fetched += len(page.Accounts)
			page.Total = max(page.Total, page.Fetched)
			if len(page.Accounts) == 0 && page.Fetched > 0 {
				return
			}
			if !yield(page, nil) || lastPage(len(page.Accounts), page.Fetched, page.Total) {
				return
			}
		}
		yield(AccountsPage{}, co.endless("list accounts"))
	}
}

// FindJournalEntries returns the journal entries whose DocNumber is docNumber, ordered by Id; none is not an error.
// DocNumbers need not be unique in QuickBooks. It is a metered read: use it only to settle an unknown outcome.
func (co *Company) FindJournalEntries(ctx context.Context, docNumber string) ([]wire.JournalEntry, error) {
	const op = "find journal entries"
	if docNumber == "" {
		err := errors.New("the DocNumber is empty, which would match every entry without one")
		return nil, refused(op, co.realm, CauseInvalidRequest, err)
	}
	statement := "select * from JournalEntry where DocNumber = " + quote(docNumber)
	var found []wire.JournalEntry
	for range maxPages {
		rows, err := co.query(ctx, op, pageQuery(statement, len(found)))
		if err != nil {
			return nil, err
		}
		found = append(found, rows.JournalEntry...)
		if lastPage(len(rows.JournalEntry), len(found), 0) {
			return found, nil
		}
	}
	return nil, co.endless(op)
}

// ReadJournalEntry reads one journal entry by its Id. A deleted one, or one that never was, is CauseNotFound. It is a
// metered read.
func (co *Company) ReadJournalEntry(ctx context.Context, id string) (wire.JournalEntry, error) {
	const op = "read journal entry"
	if id == "" || id == "." || id == ".." {
		err := fmt.Errorf("%q is not the Id of a journal entry", id)
		return wire.JournalEntry{}, refused(op, co.realm, CauseInvalidRequest, err)
	}
	env, err := co.read(ctx, op, "journalentry/"+url.PathEscape(id), nil,
		func(env *envelope) string {
			return lacks(env.JournalEntry == nil || env.JournalEntry.ID == "", "JournalEntry with an Id")
		})
	if err != nil {
		return wire.JournalEntry{}, err
	}
	return *env.JournalEntry, nil
}

// query runs one statement. No rows is an empty answer, not a missing one.
func (co *Company) query(ctx context.Context, op, statement string) (*queryRows, error) {
	env, err := co.read(ctx, op, "query", url.Values{"query": {statement}},
		func(env *envelope) string { return lacks(env.QueryResponse == nil, "QueryResponse") })
	if err != nil {
		return nil, err
	}
	return env.QueryResponse, nil
}

func (co *Company) read(
	ctx context.Context, op, path string, values url.Values, check func(*envelope) string,
) (*envelope, error) {
	address, err := co.address(path, values)
	if err != nil {
		return nil, refused(op, co.realm, CauseInvalidRequest, err)
	}
	cl := call{op: op, realm: co.realm, method: http.MethodGet, url: address, check: check}
	env, _, err := co.client.do(ctx, cl, co.access)
	return env, err
}

// address returns the address of a resource of the company. path is escaped already.
func (co *Company) address(path string, values url.Values) (string, error) {
	if _, err := ParseRealmID(string(co.realm)); err != nil {
		return "", err
	}
	if values == nil {
		values = url.Values{}
	}
	values.Set("minorversion", minorVersion)
	return co.client.apiBase + "/v3/company/" + string(co.realm) + "/" + path + "?" + values.Encode(), nil
}

func (co *Company) endless(op string) *Error {
	err := fmt.Errorf("more than %d pages", maxPages)
	return &Error{Op: op, Realm: co.realm, Cause: CauseDecode, Outcome: OutcomeNotCommitted, err: err}
}

// pageQuery asks for the page after so many rows. Without an order pages may overlap.
func pageQuery(statement string, fetched int) string {
	return statement + " orderby Id startposition " + strconv.Itoa(fetched+1) +
		" maxresults " + strconv.Itoa(wire.MaxPageRows)
}

// lastPage reports whether no page follows one of so many rows: it was empty, or it was not full and nothing is known
// to be missing. A server that caps its pages lower than asked is walked to the end in this way.
func lastPage(rows, fetched, total int) bool {
	return rows == 0 || (rows < wire.MaxPageRows && fetched >= total)
}

// quote writes a text as a value of the query language, which escapes with a backslash and refuses a doubled quote.
func quote(value string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(value) + "'"
}

func lacks(missing bool, name string) string {
	if missing {
		return "it has no " + name
	}
	return ""
}
