package quickbooks

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// Company is a handle for calls to one company with one access token. It is cheap: make a new one whenever the token
// changes. Its calls wait for their turn, and return *Error.
type Company struct {
	client *Client
	realm  RealmID
	access Secret
	pace   Pace
}

// Company returns a handle for the company realm, each of whose calls waits for its pace. A realm id that ParseRealmID
// would refuse, or no pace, makes every call fail before anything is sent.
func (c *Client) Company(realm RealmID, access Secret, pace Pace) *Company {
	return &Company{client: c, realm: realm, access: access, pace: pace}
}

// envelope is any successful answer, and the fault that may come in its place.
type envelope struct {
	Fault             *jsonFault        `json:"Fault"`
	JournalEntry      *entryRow         `json:"JournalEntry"`
	CompanyInfo       *wire.CompanyInfo `json:"CompanyInfo"`
	Preferences       *wire.Preferences `json:"Preferences"`
	QueryResponse     *queryRows        `json:"QueryResponse"`
	Account           *accountRow       `json:"Account"`
	CDCResponse       []changedRows     `json:"CDCResponse"`
	BatchItemResponse []batchItem       `json:"BatchItemResponse"`
	Time              text              `json:"time"`
}

// changedRows are the rows of change data capture, a group for each object.
type changedRows struct {
	Fault         *jsonFault  `json:"Fault"`
	QueryResponse []queryRows `json:"QueryResponse"`
}

// fault returns the fault of the whole answer, or of a part without which the answer is not whole. Those of single items
// of a batch are not meant.
func (e *envelope) fault() *jsonFault {
	if e.Fault != nil {
		return e.Fault
	}
	if e.QueryResponse != nil && e.QueryResponse.Fault != nil {
		return e.QueryResponse.Fault
	}
	for _, group := range e.CDCResponse {
		if group.Fault != nil {
			return group.Fault
		}
		for i := range group.QueryResponse {
			if fault := group.QueryResponse[i].Fault; fault != nil {
				return fault
			}
		}
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

// ReadJournalEntry reads one journal entry by its Id. A deleted one, or one that never was, is CauseNotFound. One whose amounts
// are no whole hundredths comes without lines. It is a metered read.
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
	return env.JournalEntry.JournalEntry, nil
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
	env, _, err := co.call(ctx, Read, cl)
	return env, err
}

// call makes a call when its turn has come. Every call to a company goes through here, so that none can go beside the pace.
func (co *Company) call(ctx context.Context, kind RequestKind, cl call) (*envelope, Receipt, error) {
	if co.pace == nil {
		return nil, Receipt{}, refused(cl.op, co.realm, CauseInvalidRequest, errors.New("the company has no pace"))
	}
	done, err := co.turn(ctx, kind, cl.by)
	if err != nil {
		return nil, Receipt{}, refused(cl.op, co.realm, CauseCanceled, err)
	}
	env, receipt, err := co.client.do(ctx, cl, co.access)
	failure, _ := errors.AsType[*Error](err)
	done(failure)
	return env, receipt, err
}

// turn waits for the turn of a call, no longer than until the call must have left.
func (co *Company) turn(ctx context.Context, kind RequestKind, by time.Time) (func(*Error), error) {
	if by.IsZero() {
		return co.pace(ctx, kind)
	}
	ctx, cancel := context.WithDeadline(ctx, by)
	defer cancel()
	return co.pace(ctx, kind)
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

func lacks(missing bool, name string) string {
	if missing {
		return "it has no " + name
	}
	return ""
}
