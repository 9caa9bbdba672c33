package quickbooks

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// RequestKind says what a request does and how it travels, and so which of Intuit's limits it counts against.
type RequestKind uint8

// The kinds. Their numbers are stored by callers and do not change.
const (
	// Single creates one journal entry in a call of its own.
	Single RequestKind = 1
	// Batch is up to wire.MaxBatchItems operations in one call.
	Batch RequestKind = 2
	// AccountCreate creates one account.
	AccountCreate RequestKind = 3
	// EntryUpdate changes one journal entry.
	EntryUpdate RequestKind = 4
	// EntryDelete deletes one journal entry.
	EntryDelete RequestKind = 5
	// Read is any call that changes nothing. It is paced, and never a Request.
	Read RequestKind = 6
)

// String returns the kind in words, or "invalid".
func (k RequestKind) String() string {
	switch k {
	case Single:
		return "single"
	case Batch:
		return "batch"
	case AccountCreate:
		return "account create"
	case EntryUpdate:
		return "entry update"
	case EntryDelete:
		return "entry delete"
	case Read:
		return "read"
	default:
		return "invalid"
	}
}

func (k RequestKind) known() bool { return k >= Single && k <= Read }

// Request is one write, complete: what is stored before it is sent, and sent again byte for byte if its outcome stays
// unknown. QuickBooks knows a repeat by ID (and in a batch by every bId as well) and gives the first answer again.
type Request struct {
	Kind RequestKind
	// ID is the requestid, unique in the company for ever: at most 50 characters, for a batch 36.
	ID string
	// Body is what the encoder of the kind returned: at most MaxRequestBytes.
	Body []byte
	// By is when it must have left; zero: whenever. Whoever settles an unknown outcome counts on it: a program that was
	// suspended, and goes on when others have long looked for the entry and not found it, must not send it then.
	By time.Time
}

// Check returns an error that wraps ErrLimit, or says what else is wrong, if the request can never be sent. It does not
// look into the body.
func (r Request) Check() error {
	if !r.Kind.known() || r.Kind == Read {
		return fmt.Errorf("request %q: there is no kind %d", r.ID, r.Kind)
	}
	most := wire.MaxRequestID
	if r.Kind == Batch {
		most = wire.MaxBatchRequestID
	}
	if r.ID == "" {
		return errors.New("a request without an id: it could not be repeated safely")
	}
	if err := atMost("requestid", r.ID, most); err != nil {
		return err
	}
	if len(r.Body) == 0 || len(r.Body) > MaxRequestBytes {
		return fmt.Errorf("request %s: %w: its body has %d bytes, between 1 and %d are allowed",
			r.ID, ErrLimit, len(r.Body), MaxRequestBytes)
	}
	return nil
}

// PostJournalEntry sends a request of kind Single, EntryUpdate or EntryDelete, and returns the entry as QuickBooks stored
// it; of a deleted one that is only the Id. If the error's Outcome is OutcomeUnknown, only the same request may be sent
// again. The receipt holds what is known also when there is an error. CauseStaleObject says that somebody changed the
// entry since its SyncToken was read, CauseNotFound that the entry to delete is gone already.
func (co *Company) PostJournalEntry(ctx context.Context, request Request) (wire.JournalEntry, Receipt, error) {
	to := target{op: "create journal entry", path: "journalentry", check: func(env *envelope) string {
		return lacks(env.JournalEntry == nil || env.JournalEntry.ID == "" || env.JournalEntry.inexact,
			"JournalEntry with an Id and with amounts in whole hundredths")
	}}
	switch request.Kind {
	case EntryUpdate:
		to.op = "update journal entry"
	case EntryDelete:
		to.op, to.operation = "delete journal entry", wire.OperationDelete
		to.check = func(env *envelope) string {
			return lacks(env.JournalEntry == nil || env.JournalEntry.Status != statusDeleted, "JournalEntry with the status Deleted")
		}
	default: // a create, or refused below
	}
	env, receipt, err := co.post(ctx, to, request, Single, EntryUpdate, EntryDelete)
	if err != nil {
		return wire.JournalEntry{}, receipt, err
	}
	return env.JournalEntry.JournalEntry, receipt, nil
}

// PostAccount sends a request of kind AccountCreate and returns the account as QuickBooks stored it. CauseDuplicateName
// says that there is an account of this name. If the error's Outcome is OutcomeUnknown, only the same request may be sent
// again. The receipt holds what is known also when there is an error.
func (co *Company) PostAccount(ctx context.Context, request Request) (wire.Account, Receipt, error) {
	to := target{op: "create account", path: "account", check: func(env *envelope) string {
		return lacks(env.Account == nil || env.Account.ID == "", "Account with an Id")
	}}
	env, receipt, err := co.post(ctx, to, request, AccountCreate)
	if err != nil {
		return wire.Account{}, receipt, err
	}
	return env.Account.account(), receipt, nil
}

// PostBatch sends a request of kind Batch. Without an error, every item of the request is answered exactly once, in
// whatever order: by an object or by a Fault, which FaultError explains. An answer that leaves an item out, or has one
// twice, is an error with OutcomeUnknown for the whole batch; sending the same request again settles it.
func (co *Company) PostBatch(ctx context.Context, request Request) ([]wire.BatchItemResponse, Receipt, error) {
	to := target{op: "post batch", path: "batch", check: func(env *envelope) string {
		return checkBatch(request.Body, env.BatchItemResponse)
	}}
	env, receipt, err := co.post(ctx, to, request, Batch)
	if err != nil {
		return nil, receipt, err
	}
	items := make([]wire.BatchItemResponse, 0, len(env.BatchItemResponse))
	for _, item := range env.BatchItemResponse {
		items = append(items, item.response())
	}
	return items, receipt, nil
}

// target is where a write goes, and what its answer must have.
type target struct {
	op, path, operation string
	check               func(*envelope) string
}

// post sends a request if it is of one of the kinds.
func (co *Company) post(ctx context.Context, to target, request Request, kinds ...RequestKind) (*envelope, Receipt, error) {
	if !slices.Contains(kinds, request.Kind) {
		err := fmt.Errorf("request %q is of kind %s", request.ID, request.Kind)
		return nil, Receipt{}, refused(to.op, co.realm, CauseInvalidRequest, err)
	}
	if err := request.Check(); err != nil {
		return nil, Receipt{}, refused(to.op, co.realm, CauseInvalidRequest, err)
	}
	values := url.Values{"requestid": {request.ID}}
	if to.operation != "" {
		values.Set("operation", to.operation)
	}
	address, err := co.address(to.path, values)
	if err != nil {
		return nil, Receipt{}, refused(to.op, co.realm, CauseInvalidRequest, err)
	}
	cl := call{
		op: to.op, realm: co.realm, method: http.MethodPost, url: address, body: request.Body, by: request.By, write: true,
		itself: request.Kind == EntryDelete, check: to.check,
	}
	return co.call(ctx, request.Kind, cl)
}

// batchItem is the answer to one item, with a fault of any shape.
type batchItem struct {
	wire.BatchItemResponse

	Fault *jsonFault `json:"Fault"`
}

func (i batchItem) response() wire.BatchItemResponse {
	out := i.BatchItemResponse
	if i.Fault != nil {
		out.Fault = i.Fault.wire()
	}
	return out
}

func (i batchItem) answered() bool {
	return i.Fault != nil || i.QueryResponse != nil ||
		(i.JournalEntry != nil && i.JournalEntry.ID != "") || (i.Account != nil && i.Account.ID != "")
}

// checkBatch says what keeps the answers from being one for every item of the request.
func checkBatch(body []byte, answers []batchItem) string {
	var request struct {
		Items []struct {
			BID string `json:"bId"`
		} `json:"BatchItemRequest"`
	}
	if err := json.Unmarshal(body, &request); err != nil {
		return "the request is not a batch: " + err.Error()
	}
	open := make(map[string]bool, len(request.Items))
	for _, item := range request.Items {
		open[item.BID] = true
	}
	for _, item := range answers {
		if !open[item.BID] {
			return fmt.Sprintf("it answers bId %q, which was not asked or is answered already", clean(item.BID, maxCodeRunes))
		}
		if !item.answered() {
			return fmt.Sprintf("its item %q has neither an object nor a fault", item.BID)
		}
		delete(open, item.BID)
	}
	if len(open) > 0 {
		return fmt.Sprintf("it leaves out %d of %d items", len(open), len(request.Items))
	}
	return ""
}
