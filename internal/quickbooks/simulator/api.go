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

// operation is what a path and method of the API ask for. repeatable says that it honours a requestid. Without run it is
// nothing.
type operation struct {
	kind       Kind
	repeatable bool
	run        func(s *Simulator, co *company, c *call) result
}

// serveAPI serves everything under /v3/company/.
func (s *Simulator) serveAPI(w http.ResponseWriter, r *http.Request) {
	realm, object, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, apiPrefix), "/")
	name, id, _ := strings.Cut(strings.TrimSuffix(object, "/"), "/")
	query := r.URL.Query()
	op := s.findOperation(r.Method, fold(name), id, query)
	c := &call{request: r, kind: op.kind, realm: realm, requestID: query.Get("requestid"), query: query}
	s.serve(r.Context(), w, c, func(ctx context.Context, c *call) answer { return s.answerAPI(ctx, c, op) })
}

// findOperation tells what is asked for. Object names are taken in any case.
func (s *Simulator) findOperation(method, name, id string, query url.Values) operation {
	switch {
	case name == "query" && id == "":
		return operation{kind: KindQuery, run: runQuery}
	case name == "batch" && id == "" && method == http.MethodPost:
		return operation{kind: KindBatch, repeatable: true, run: runBatch}
	}
	o := s.findObject(name)
	switch {
	case o == nil:
		return operation{kind: KindUnknownObject}
	case method == http.MethodGet && (id != "") != o.bare:
		return operation{kind: o.kind(actionRead), run: func(_ *Simulator, co *company, _ *call) result { return o.read(co, id) }}
	case method == http.MethodPost && id == "" && o.write != nil:
		return operation{kind: o.kind(fold(query.Get("operation"))), repeatable: true, run: o.run}
	}
	return operation{kind: KindUnknownObject}
}

// run is the write that a request asks for.
func (o *object) run(_ *Simulator, co *company, c *call) result {
	return o.write(co, &writing{
		operation: fold(c.query.Get("operation")), include: includeWords(c.query["include"]...), body: c.body,
		changes: &c.changes,
	})
}

// answerAPI takes a request past the gateway and runs it, or finds that its requestid has been seen.
func (s *Simulator) answerAPI(ctx context.Context, c *call, op operation) answer {
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
		r := op.run(s, co, c)
		return s.finish(r), r.fault == nil || s.switches.is(SwitchReplayFaults, switchOn)
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
	if r.fault != nil {
		return s.serviceFault(r.fault)
	}
	return s.resultAnswer(http.StatusOK, r)
}

// admit does the gateway's part: the token must work, and must be for this company.
func (s *Simulator) admit(c *call) (*company, gatewayError) {
	holder, err := s.holder(c)
	if err != nil {
		return nil, unauthenticated(err.Error())
	}
	co, err := s.company(c.realm)
	if err != nil || holder.realm != c.realm || !slices.Contains(holder.scopes, scopeAccounting) {
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
