package simulator

import (
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Intuit's published limits.
const (
	requestsPerMinute   = 500 // of a company
	requestsPerSecond   = 10  // of an app in a company
	requestsAtOnce      = 10  // of an app in a company, as an older page has it
	batchesPerMinute    = 40  // of an app in a company
	allBatchesPerMinute = 120 // of a company
	longestRequest      = 120 * time.Second
)

// limiter counts the requests of companies and apps against Intuit's limits. A request that is refused counts for
// nothing, so that a client that goes on asking is not shut out for good.
type limiter struct {
	switches *switchboard

	mu    sync.Mutex
	realm map[string]*realmLoad
	app   map[appRealm]*appLoad
}

type appRealm struct{ app, realm string }

type realmLoad struct{ requests, batches window }

type appLoad struct {
	requests, batches window
	atOnce            int
}

func newLimiter(switches *switchboard) *limiter {
	return &limiter{switches: switches, realm: map[string]*realmLoad{}, app: map[appRealm]*appLoad{}}
}

// enter lets a request in, or reports that it is one too many. done must be called when a request that was let in ends.
func (l *limiter) enter(c *call) (done func(), ok bool) {
	if l.switches.is(SwitchLimits, switchOff) {
		return func() {}, true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	ofRealm, ofApp := l.loads(c)
	reading := l.switches.value(SwitchTen)
	tooMany := ofRealm.requests.full(c.now, time.Minute, requestsPerMinute) ||
		(reading != concurrent && ofApp.requests.full(c.now, time.Second, requestsPerSecond)) ||
		(reading != perSecond && ofApp.atOnce >= requestsAtOnce) ||
		(c.kind == KindBatch && (ofApp.batches.full(c.now, time.Minute, batchesPerMinute) ||
			ofRealm.batches.full(c.now, time.Minute, allBatchesPerMinute)))
	if tooMany {
		return nil, false
	}
	ofRealm.requests.add(c.now)
	ofApp.requests.add(c.now)
	if c.kind == KindBatch {
		ofRealm.batches.add(c.now)
		ofApp.batches.add(c.now)
	}
	ofApp.atOnce++
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		ofApp.atOnce--
	}, true
}

func (l *limiter) loads(c *call) (*realmLoad, *appLoad) {
	ofRealm := l.realm[c.realm]
	if ofRealm == nil {
		ofRealm = &realmLoad{}
		l.realm[c.realm] = ofRealm
	}
	key := appRealm{c.app, c.realm}
	ofApp := l.app[key]
	if ofApp == nil {
		ofApp = &appLoad{}
		l.app[key] = ofApp
	}
	return ofRealm, ofApp
}

// window is the times of the latest requests; no more are kept than its limit lets in.
type window struct{ at []time.Time }

// full says whether as many requests as allowed came within a span that ends now.
func (w *window) full(now time.Time, span time.Duration, most int) bool {
	old := 0
	for old < len(w.at) && !w.at[old].After(now.Add(-span)) {
		old++
	}
	w.at = append(w.at[:0], w.at[old:]...)
	return len(w.at) >= most
}

func (w *window) add(now time.Time) { w.at = append(w.at, now) }

// throttledAnswer is the answer to one request too many, in the form that the switches choose.
func (s *Simulator) throttledAnswer() answer {
	a := s.throttledIn(s.switches.value(SwitchThrottleBody))
	if after := s.switches.duration(SwitchRetryAfter); after > 0 {
		if a.header == nil {
			a.header = http.Header{}
		}
		a.header.Set("Retry-After", strconv.Itoa(int(after.Round(time.Second)/time.Second)))
	}
	return a
}

// throttledIn is a 429 in one of its three forms. The XML is as it was recorded, sent to a client that asked for JSON.
func (s *Simulator) throttledIn(form string) answer {
	e := throttled()
	switch form {
	case serviceJSON:
		return s.resultAnswer(e.status, refused(e.asFault()))
	case anXML:
		return answer{status: e.status, contentType: "application/xml;charset=UTF-8", body: []byte(
			`<?xml version="1.0" encoding="UTF-8" standalone="yes"?><IntuitResponse time="` +
				s.clock.now().Format(envelopeTime) + `"><Fault type="SERVICE"><Error code="3001"><Message>` + e.message +
				`</Message><Detail>` + e.detail + `</Detail></Error></Fault></IntuitResponse>`)}
	}
	return s.gatewayFault(e)
}
