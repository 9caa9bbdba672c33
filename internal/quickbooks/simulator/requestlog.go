package simulator

import (
	"bytes"
	"encoding/json"
	"mime"
	"net/url"
	"slices"
	"sync"
	"time"
)

// RequestRecord is a request that was received, and what was answered.
type RequestRecord struct {
	Number int64     `json:"number"`
	Time   time.Time `json:"time"`
	// App is the client id of the app, as far as it is known; Realm the company in the path.
	App    string `json:"app,omitempty"`
	Realm  string `json:"realm,omitempty"`
	Kind   Kind   `json:"kind"`
	Method string `json:"method"`
	// Target is the path with its query.
	Target string `json:"target"`
	// RequestBody and AnswerBody are at most 16 KiB each; tokens, codes and secrets in them are left out.
	RequestBody []byte `json:"-"`
	AnswerBody  []byte `json:"-"`
	// Status is the HTTP status sent; 0 for a connection that was cut.
	Status int `json:"status"`
	// Took is how long it took, TransactionID the intuit_tid of the answer.
	Took          time.Duration `json:"took"`
	TransactionID string        `json:"intuitTid"`
	RequestID     string        `json:"requestId,omitempty"`
	// Replayed says that the answer was kept from an earlier request; Fault is the id of the rule that it met.
	Replayed bool   `json:"replayed,omitempty"`
	Fault    string `json:"fault,omitempty"`
}

// MarshalJSON writes the record with its bodies as text.
func (r RequestRecord) MarshalJSON() ([]byte, error) {
	type plain RequestRecord
	//nolint:wrapcheck // of the package's own types
	return json.Marshal(struct {
		plain

		Request string `json:"request,omitempty"`
		Answer  string `json:"answer,omitempty"`
	}{plain(r), string(r.RequestBody), string(r.AnswerBody)})
}

// longestLogged is how much of a body is kept.
const longestLogged = 16 << 10

// requestLog keeps the latest requests.
type requestLog struct {
	limit int

	mu   sync.Mutex
	ring []RequestRecord
	next int
}

func (l *requestLog) add(r *RequestRecord) {
	if l.limit <= 0 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.ring) < l.limit {
		l.ring = append(l.ring, *r)
		return
	}
	l.ring[l.next] = *r
	l.next = (l.next + 1) % l.limit
}

// RequestLog returns the latest requests, the newest first.
func (s *Simulator) RequestLog() []RequestRecord {
	l := s.log
	l.mu.Lock()
	defer l.mu.Unlock()
	all := slices.Concat(l.ring[l.next:], l.ring[:l.next])
	slices.Reverse(all)
	return all
}

// record keeps a request for the log.
func (s *Simulator) record(c *call, reply *answer, status int, tid string, took time.Duration) {
	if s.log.limit <= 0 {
		return
	}
	r := RequestRecord{
		Number: c.number, Time: c.now, App: c.app, Realm: c.realm, Kind: c.kind, Method: c.request.Method,
		Target: c.request.URL.RequestURI(), RequestBody: clipBody(c.body), AnswerBody: clipBody(reply.body), Status: status,
		Took: took, TransactionID: tid, RequestID: c.requestID, Replayed: c.replayed, Fault: c.metFault,
	}
	if c.kind == KindToken || c.kind == KindRevoke || c.kind == KindAuthorize {
		media, _, _ := mime.ParseMediaType(c.request.Header.Get("Content-Type"))
		r.RequestBody, r.AnswerBody = withoutSecrets(r.RequestBody, media), withoutSecrets(r.AnswerBody, "application/json")
	}
	s.log.add(&r)
}

func clipBody(body []byte) []byte {
	if len(body) <= longestLogged {
		return body
	}
	return bytes.Clone(body[:longestLogged]) // the rest must not be held on to
}

// left is what stands where a secret was.
const left = "(left out)"

// withoutSecrets returns a form or a JSON object without what opens anything. What is neither is left out whole.
func withoutSecrets(body []byte, media string) []byte {
	secrets := []string{
		"token", "access_token", "refresh_token", "id_token", "code", "code_verifier", "client_secret",
	}
	if len(body) == 0 {
		return nil
	}
	if media == "application/json" {
		var members map[string]any
		if json.Unmarshal(body, &members) != nil {
			return []byte(left)
		}
		for _, name := range secrets {
			if _, there := members[name]; there {
				members[name] = left
			}
		}
		clean, err := json.Marshal(members)
		if err != nil {
			return []byte(left)
		}
		return clean
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return []byte(left)
	}
	for _, name := range secrets {
		if form.Has(name) {
			form.Set(name, left)
		}
	}
	return []byte(form.Encode())
}
