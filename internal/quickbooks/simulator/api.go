package simulator

import (
	"context"
	"errors"
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
	c := &call{xml: wantsXML(r), request: r, kind: op.kind, realm: realm, requestID: query.Get("requestid"), query: query}
	s.serve(r.Context(), w, c, func(ctx context.Context, c *call) answer { return s.answerAPI(ctx, c, op) })
}

// findOperation tells what is asked for. Object names are taken in any case.
func (s *Simulator) findOperation(method, name, id string, query url.Values) operation {
	switch {
	case name == "query" && id == "":
		return operation{kind: KindQuery, run: runQuery}
	case name == "cdc" && id == "" && method == http.MethodGet:
		return operation{kind: KindChanges, run: runChanges}
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
	return o.save(co, &writing{
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
	done, ok := s.limiter.enter(c)
	if !ok {
		return s.throttledAnswer()
	}
	defer done()
	if fault := co.forsaken(); fault != nil {
		return s.serviceFault(fault)
	}
	if op.run == nil {
		return s.gatewayFault(noResource())
	}
	if fault := s.checkMinorVersion(c.query); fault != nil {
		return s.serviceFault(fault)
	}
	if !utf8.Valid(c.body) {
		return s.serviceFault(oneFault(codeUnsupported, "", detailNotUTF8))
	}
	if fault := c.readXML(); fault != nil {
		return s.serviceFault(fault)
	}
	var id replayID
	run := func() (answer, bool) { //nolint:contextcheck // what is done is saved and told even if the client goes away
		r, saved := s.effect(co, c, op)
		a, keep := s.finish(r), r.fault == nil || s.switches.is(SwitchReplayFaults, switchOn)
		var kept *keptAnswer
		if keep && id.key != "" {
			kept = co.replays.keeping(id, a, c.now)
		}
		if err := s.keep(co, c, saved, kept); err != nil {
			return s.notSaved(err), false
		}
		return a, keep
	}
	if !op.repeatable || c.requestID == "" {
		a, _ := run()
		return a
	}
	var fault *wire.Fault
	if id, fault = replayKey(c); fault != nil {
		return s.serviceFault(fault)
	}
	a, replayed, err := co.replays.do(ctx, id, c.now, run)
	if errors.Is(err, errDuplicateRequest) {
		return s.serviceFault(oneFault(codeDuplicateRequest, "requestid", "Duplicate Request ID : %s", clip(c.requestID)))
	}
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
