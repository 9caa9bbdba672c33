package simulator

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// maxBody is the most bytes of a request body that are read.
const maxBody = 4 << 20

const (
	jsonUTF8  = "application/json;charset=UTF-8"
	plainText = "text/plain;charset=UTF-8"
	htmlPage  = "text/html; charset=utf-8"
)

// call is one request on its way through the simulator.
type call struct {
	request   *http.Request
	xml       bool // the answer is to be in XML
	kind      Kind
	number    int64
	app       string // the client id of the app that calls, once it is known
	realm     string
	requestID string
	query     url.Values
	body      []byte
	now       time.Time
	// fault is the rule for faults that the call meets; truncate is after how many bytes its answer breaks off, if it does.
	fault    *activeRule
	metFault string // the id of the rule that the call or one of its items met
	truncate int
	started  time.Time
	tid      string // the intuit_tid
	// changes is what the call did to the books.
	changes changes
	// items are the items of a batch, once they have been read.
	items []batchItem
	// For the meter: how many items of a batch read and wrote, and whether the answer was kept from an earlier request.
	batchReads  int
	batchWrites int
	replayed    bool
}

// answer is a response before it is written.
type answer struct {
	status      int
	contentType string
	header      http.Header
	body        []byte
}

// handler does what a request asks for and says what to answer. ctx ends when the client goes away.
type handler func(ctx context.Context, c *call) answer

// endpoint makes an http.HandlerFunc of a handler that has one kind.
func (s *Simulator) endpoint(kind Kind, handle handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.serve(r.Context(), w, &call{request: r, kind: kind}, handle)
	}
}

// serve is the course of every request that is Intuit's: read, intercept, handle, intercept, write.
func (s *Simulator) serve(ctx context.Context, w http.ResponseWriter, c *call, handle handler) {
	c.started, c.now = time.Now(), s.clock.now()
	c.number = s.meter.next()
	c.tid = s.random.transactionID(c.now)
	w.Header().Set("Intuit_tid", c.tid)

	reply, done := s.readBody(w, c)
	if !done {
		reply = s.respond(ctx, c, handle)
	}
	if c.xml {
		reply = s.inXML(reply)
	}
	took := time.Since(c.started)
	s.record(c, &reply, reply.status, c.tid, took)
	if c.truncate > 0 {
		writePart(w, reply, c.truncate)
	}
	write(w, reply)
	s.logger.LogAttrs(ctx, slog.LevelDebug, "request served",
		slog.String("kind", string(c.kind)), slog.String("realm", c.realm), slog.Int("status", reply.status),
		slog.Bool("replayed", c.replayed), slog.Duration("took", took), slog.String("intuit_tid", c.tid))
}

// respond runs a request that has been read between the two stages of interception.
func (s *Simulator) respond(ctx context.Context, c *call, handle handler) answer {
	if reply, done := s.intercept(ctx, c, BeforeCommit, 0); done {
		s.meter.count(c, reply.status, 0)
		return reply
	}
	reply := handle(ctx, c)
	instead, done := s.intercept(ctx, c, AfterCommit, reply.status)
	if !done {
		s.meter.count(c, reply.status, reply.status)
		return reply
	}
	s.meter.count(c, instead.status, reply.status)
	return instead
}

// readBody reads the body whole, or returns the answer to one that is too long or broken off.
func (s *Simulator) readBody(w http.ResponseWriter, c *call) (answer, bool) {
	body, err := io.ReadAll(http.MaxBytesReader(w, c.request.Body, maxBody))
	if err == nil {
		c.body = body
		return answer{}, false
	}
	status, text := http.StatusBadRequest, "the body could not be read"
	if tooLong := new(http.MaxBytesError); errors.As(err, &tooLong) {
		status, text = http.StatusRequestEntityTooLarge, "the body is longer than 4 MiB"
	}
	s.meter.count(c, status, 0)
	return answer{status: status, contentType: plainText, body: []byte(text)}, true
}

// write sends an answer with the headers that Intuit puts on everything and clients copy.
func write(w http.ResponseWriter, a answer) {
	header := w.Header()
	maps.Copy(header, a.header)
	header.Set("Cache-Control", "max-age=0, no-cache, no-store, must-revalidate, private")
	header.Set("Expires", "0")
	header.Set("Qbo-Version", "simulator")
	header.Set("Server", "nginx")
	if a.contentType != "" {
		header.Set("Content-Type", a.contentType)
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // The client went away: nobody is left to tell.
}

// writePart sends the beginning of an answer and closes the connection: its client has been told of a longer one.
func writePart(w http.ResponseWriter, a answer, most int) {
	w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	a.body = a.body[:min(most, max(len(a.body)-1, 0))]
	write(w, a)
	_ = http.NewResponseController(w).Flush() // what cannot be flushed is not sent, which is as broken
	cut()
}

// resultAnswer makes an answer of what the service found.
func (s *Simulator) resultAnswer(status int, r result) answer {
	body, err := r.envelope(s.clock.now().Format(envelopeTime))
	return s.encoded(status, body, err)
}

// jsonAnswer makes an answer of a value that always marshals: the package's own types, without channels or floats.
func (s *Simulator) jsonAnswer(status int, value any) answer {
	body, err := json.Marshal(value)
	return s.encoded(status, body, err)
}

func (s *Simulator) encoded(status int, body []byte, err error) answer {
	if err != nil {
		s.logger.Error("an answer could not be written as JSON", slog.Any("error", err))
		return answer{status: http.StatusInternalServerError, contentType: plainText, body: []byte("stream timeout")}
	}
	return answer{status: status, contentType: jsonUTF8, body: body}
}
