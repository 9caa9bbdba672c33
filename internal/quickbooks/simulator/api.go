package simulator

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

const apiPrefix = "/v3/company/"

// result is the service's envelope: one of its objects, or a Fault.
type result struct {
	QueryResponse *wire.QueryResponse      `json:"QueryResponse,omitempty"`
	JournalEntry  *wire.JournalEntry       `json:"JournalEntry,omitempty"`
	Account       *wire.Account            `json:"Account,omitempty"`
	CompanyInfo   *wire.CompanyInfo        `json:"CompanyInfo,omitempty"`
	Preferences   *wire.Preferences        `json:"Preferences,omitempty"`
	BatchItems    []wire.BatchItemResponse `json:"BatchItemResponse,omitempty"`
	Fault         *wire.Fault              `json:"Fault,omitempty"`
	Time          string                   `json:"time"`
}

// operation is what a path and method of the API ask for. repeatable says that it honours a requestid.
type operation struct {
	kind       Kind
	repeatable bool
	run        func(s *Simulator, co *company, c *call, id string) result
}

// serveAPI serves everything under /v3/company/.
func (s *Simulator) serveAPI(w http.ResponseWriter, r *http.Request) {
	realm, object, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, apiPrefix), "/")
	name, id, _ := strings.Cut(strings.TrimSuffix(object, "/"), "/")
	query := r.URL.Query()
	op := findOperation(r.Method, fold(name), id, query)
	c := &call{request: r, kind: op.kind, realm: realm, requestID: query.Get("requestid"), query: query}
	s.serve(r.Context(), w, c, func(ctx context.Context, c *call) answer { return s.answerAPI(ctx, c, op, id) })
}

// findOperation tells what is asked for. Object names are taken in any case.
func findOperation(method, object, id string, query url.Values) operation {
	asked := method + " " + object
	if id != "" {
		asked += "/id"
	}
	switch asked {
	case "GET companyinfo/id":
		return operation{kind: KindCompanyInfo, run: readCompanyInfo}
	case "GET preferences":
		return operation{kind: KindPreferences, run: readPreferences}
	case "GET query", "POST query":
		return operation{kind: KindQuery, run: runQuery}
	case "GET account/id":
		return operation{kind: KindAccountRead, run: readAccount}
	case "POST account":
		return operation{kind: KindAccountWrite, repeatable: true, run: writeAccount}
	case "GET journalentry/id":
		return operation{kind: KindEntryRead, run: readEntry}
	case "POST journalentry":
		if query.Get("operation") == operationDelete {
			return operation{kind: KindEntryDelete, repeatable: true, run: deleteEntry}
		}
		return operation{kind: KindEntryCreate, repeatable: true, run: createEntry}
	case "POST batch":
		return operation{kind: KindBatch, repeatable: true, run: runBatch}
	}
	return operation{kind: KindUnknownObject}
}

// answerAPI takes a request past the gateway and runs it, or finds that its requestid has been seen.
func (s *Simulator) answerAPI(ctx context.Context, c *call, op operation, id string) answer {
	co, refused := s.admit(c)
	if co == nil {
		return s.gatewayFault(refused)
	}
	if op.run == nil {
		return s.gatewayFault(noResource())
	}
	if !utf8.Valid(c.body) {
		return s.serviceFault(oneFault(codeUnsupported, "", detailNotUTF8))
	}
	run := func() (answer, bool) {
		r := op.run(s, co, c, id)
		return s.finish(r), r.Fault == nil || s.options.ReplayFaults
	}
	if !op.repeatable || c.requestID == "" {
		a, _ := run()
		return a
	}
	key, fault := replayKey(c)
	if fault != nil {
		return s.serviceFault(fault)
	}
	a, replayed, err := co.replays.do(ctx, key, c.now, run)
	if err != nil {
		return answer{status: http.StatusServiceUnavailable, contentType: plainText, body: []byte("stream timeout")}
	}
	c.replayed = replayed
	return a
}

// finish makes the answer of a result.
func (s *Simulator) finish(r result) answer {
	if r.Fault != nil {
		return s.serviceFault(r.Fault)
	}
	r.Time = s.clock.now().Format(envelopeTime)
	return s.jsonAnswer(http.StatusOK, r)
}

// admit does the gateway's part: the token must work, and must be for this company.
func (s *Simulator) admit(c *call) (*company, gatewayError) {
	scheme, token, _ := strings.Cut(c.request.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "bearer") {
		return nil, unauthenticated(errMalformed.Error())
	}
	realm, accounting, err := s.authority.check(strings.TrimSpace(token), c.now)
	if err != nil {
		return nil, unauthenticated(err.Error())
	}
	co, err := s.company(c.realm)
	if err != nil || realm != c.realm || !accounting {
		return nil, unauthorized()
	}
	return co, gatewayError{}
}

// replayKey returns what a repeat is known by: the requestid, and for a batch the bIds of all items as well, so that
// the same requestid with other bIds is a new request.
func replayKey(c *call) (string, *wire.Fault) {
	if c.kind != KindBatch {
		if len(c.requestID) > wire.MaxRequestID {
			return "", badRequestID(wire.MaxRequestID)
		}
		return c.requestID, nil
	}
	if len(c.requestID) > wire.MaxBatchRequestID {
		return "", badRequestID(wire.MaxBatchRequestID)
	}
	items, fault := c.batchItems()
	if fault != nil {
		return "", fault
	}
	ids := make([]string, len(items))
	for i, item := range items {
		ids[i] = item.id
		if len(item.id) > wire.MaxBID {
			return "", oneFault(codeRequestID, "bId",
				"Invalid Request Id Format : with a requestid a bId has at most %d characters", wire.MaxBID)
		}
	}
	slices.Sort(ids)
	return c.requestID + "\x00" + strings.Join(ids, "\x00"), nil
}

func badRequestID(most int) *wire.Fault {
	return oneFault(codeRequestID, "requestid", "Invalid Request Id Format : at most %d characters", most)
}
