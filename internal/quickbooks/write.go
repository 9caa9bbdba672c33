package quickbooks

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// RequestKind says how a request travels, and so which of Intuit's limits it counts against.
type RequestKind uint8

// The kinds. Their numbers are stored by callers and do not change. Reads are paced as Single.
const (
	// Single is one object in a call of its own.
	Single RequestKind = 1
	// Batch is up to wire.MaxBatchItems operations in one call.
	Batch RequestKind = 2
)

// String returns "single", "batch" or "invalid".
func (k RequestKind) String() string {
	switch k {
	case Single:
		return "single"
	case Batch:
		return "batch"
	default:
		return "invalid"
	}
}

// Request is one write, complete: what is stored before it is sent, and sent again byte for byte if its outcome stays
// unknown. QuickBooks knows a repeat by ID (and in a batch by every bId as well) and gives the first answer again.
type Request struct {
	Kind RequestKind
	// ID is the requestid, unique in the company for ever: at most 50 characters, for a batch 36.
	ID string
	// Body is what EncodeJournalEntry or EncodeBatch returned: at most MaxRequestBytes.
	Body []byte
}

// ErrLimit says that something is longer or more than QuickBooks takes.
var ErrLimit = errors.New("over a limit of QuickBooks")

// Check returns an error that wraps ErrLimit, or says what else is wrong, if the request can never be sent. It does not
// look into the body.
func (r Request) Check() error {
	most := wire.MaxRequestID
	switch r.Kind {
	case Single:
	case Batch:
		most = wire.MaxBatchRequestID
	default:
		return fmt.Errorf("request %q: kind %d is neither Single nor Batch", r.ID, r.Kind)
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

// EncodeJournalEntry returns the body of a create. The same entry gives the same bytes. It fails with ErrLimit if a
// text is too long; whether the entry balances is not its business.
func EncodeJournalEntry(entry wire.JournalEntry) ([]byte, error) {
	if err := checkEntry(entry); err != nil {
		return nil, err
	}
	return encode(entry)
}

// EncodeBatch returns the body of a batch. The same items give the same bytes. It fails with ErrLimit for no item or
// more than wire.MaxBatchItems, for a bId of more than wire.MaxBID characters, and for texts that are too long; and it
// fails for a bId that is missing or used twice.
func EncodeBatch(items []wire.BatchItemRequest) ([]byte, error) {
	if len(items) == 0 || len(items) > wire.MaxBatchItems {
		return nil, fmt.Errorf("batch: %w: %d items, between 1 and %d are allowed", ErrLimit, len(items), wire.MaxBatchItems)
	}
	seen := make(map[string]bool, len(items))
	for _, item := range items {
		if item.BID == "" || seen[item.BID] {
			return nil, fmt.Errorf("batch: bId %q is empty or used twice", item.BID)
		}
		seen[item.BID] = true
		if err := atMost("bId", item.BID, wire.MaxBID); err != nil {
			return nil, err
		}
		if item.JournalEntry == nil {
			continue
		}
		if err := checkEntry(*item.JournalEntry); err != nil {
			return nil, fmt.Errorf("batch item %s: %w", item.BID, err)
		}
	}
	return encode(wire.BatchRequest{Items: items})
}

func checkEntry(entry wire.JournalEntry) error {
	if err := atMost("DocNumber", entry.DocNumber, wire.MaxDocNumber); err != nil {
		return err
	}
	if err := atMost("PrivateNote", entry.PrivateNote, wire.MaxPrivateNote); err != nil {
		return err
	}
	for i, line := range entry.Line {
		if err := atMost("Description", line.Description, wire.MaxLineDescription); err != nil {
			return fmt.Errorf("line %d: %w", i+1, err)
		}
	}
	return nil
}

// atMost counts in UTF-16 units, the strictest reading of Intuit's "characters". It refuses text that is not UTF-8,
// because encoding would silently change it.
func atMost(name, value string, most int) error {
	if !utf8.ValidString(value) {
		return fmt.Errorf("%s is not valid UTF-8", name)
	}
	if len(value) <= most {
		return nil
	}
	units := 0
	for _, r := range value {
		units += utf16.RuneLen(r)
	}
	if units > most {
		return fmt.Errorf("%s: %w: %d characters, %d are allowed", name, ErrLimit, units, most)
	}
	return nil
}

func encode(v any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return nil, fmt.Errorf("encoding a request: %w", err)
	}
	body := bytes.TrimRight(out.Bytes(), "\n")
	if len(body) > MaxRequestBytes {
		return nil, fmt.Errorf("request: %w: %d bytes, %d are allowed", ErrLimit, len(body), MaxRequestBytes)
	}
	return body, nil
}

// PostJournalEntry sends a request of kind Single that creates or updates a journal entry, and returns the entry as
// QuickBooks stored it. If the error's Outcome is OutcomeUnknown, only the same request may be sent again. The receipt holds what
// is known also when there is an error.
func (co *Company) PostJournalEntry(ctx context.Context, request Request) (wire.JournalEntry, Receipt, error) {
	const op = "create journal entry"
	check := func(env *envelope) string {
		return lacks(env.JournalEntry == nil || env.JournalEntry.ID == "", "JournalEntry with an Id")
	}
	env, receipt, err := co.post(ctx, op, "journalentry", nil, Single, request, check)
	if err != nil {
		return wire.JournalEntry{}, receipt, err
	}
	return *env.JournalEntry, receipt, nil
}

// PostBatch sends a request of kind Batch. Without an error, every item of the request is answered exactly once, in
// whatever order: by an object or by a Fault, which FaultError explains. An answer that leaves an item out, or has one
// twice, is an error with OutcomeUnknown for the whole batch; sending the same request again settles it.
func (co *Company) PostBatch(ctx context.Context, request Request) ([]wire.BatchItemResponse, Receipt, error) {
	const op = "post batch"
	check := func(env *envelope) string { return checkBatch(request.Body, env.BatchItemResponse) }
	env, receipt, err := co.post(ctx, op, "batch", nil, Batch, request, check)
	if err != nil {
		return nil, receipt, err
	}
	items := make([]wire.BatchItemResponse, 0, len(env.BatchItemResponse))
	for _, item := range env.BatchItemResponse {
		items = append(items, item.response())
	}
	return items, receipt, nil
}

func (co *Company) post(
	ctx context.Context, op, path string, values url.Values, kind RequestKind, request Request,
	check func(*envelope) string,
) (*envelope, Receipt, error) {
	if request.Kind != kind {
		err := fmt.Errorf("request %q is of kind %s", request.ID, request.Kind)
		return nil, Receipt{}, refused(op, co.realm, CauseInvalidRequest, err)
	}
	if err := request.Check(); err != nil {
		return nil, Receipt{}, refused(op, co.realm, CauseInvalidRequest, err)
	}
	if values == nil {
		values = url.Values{}
	}
	values.Set("requestid", request.ID)
	address, err := co.address(path, values)
	if err != nil {
		return nil, Receipt{}, refused(op, co.realm, CauseInvalidRequest, err)
	}
	cl := call{
		op: op, realm: co.realm, method: http.MethodPost, url: address, body: request.Body, write: true, check: check,
	}
	return co.client.do(ctx, cl, co.access)
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
	return i.Fault != nil || (i.JournalEntry != nil && i.JournalEntry.ID != "") || i.Account != nil || i.QueryResponse != nil
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
