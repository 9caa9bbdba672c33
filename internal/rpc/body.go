package rpc

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"connectrpc.com/connect/v2/connecthttp"
)

const (
	// framingBytes is what the protocols put around a message, and more.
	framingBytes = 64 << 10
	// drainBytes and drainTime bound what is read of a request that was answered before its end: a client that is still
	// writing when the connection closes may never see the answer.
	drainBytes = 16 << 20
	drainTime  = 5 * time.Second
)

// boundedMux registers handlers behind a bound on the bytes of a request, whatever protocol frames them.
type boundedMux struct {
	mux   connecthttp.ServeMux
	limit int64
}

// Handle registers a handler. Reflection is a long conversation, not a request, and stays as it is.
func (m boundedMux) Handle(pattern string, handler http.Handler) {
	if isOpen(pattern) || isOpen(strings.TrimSuffix(pattern, "/")+"/") {
		m.mux.Handle(pattern, handler)
		return
	}
	m.mux.Handle(pattern, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Body != nil && r.Body != http.NoBody {
			r.Body = &drainedBody{
				bounded: http.MaxBytesReader(nil, r.Body, m.limit+framingBytes), whole: r.Body,
				control: http.NewResponseController(w),
			}
		}
		handler.ServeHTTP(w, r)
	}))
}

// drainedBody is a request body that is read to its end when it is closed, within bounds.
type drainedBody struct {
	bounded io.Reader
	whole   io.ReadCloser
	control *http.ResponseController
	ended   bool
}

// Read reads what the bound allows.
func (b *drainedBody) Read(p []byte) (int, error) {
	n, err := b.bounded.Read(p)
	b.ended = errors.Is(err, io.EOF)
	return n, err //nolint:wrapcheck // the transport reads io.EOF and http.MaxBytesError as they are
}

// Close reads what is left and closes the body.
func (b *drainedBody) Close() error {
	if b.ended {
		return b.whole.Close() //nolint:wrapcheck // the body's own error
	}
	if err := b.control.SetReadDeadline(time.Now().Add(drainTime)); err == nil {
		_, _ = io.CopyN(io.Discard, b.whole, drainBytes) // it is read for the client's sake only
		_ = b.control.SetReadDeadline(time.Time{})
	}
	return b.whole.Close() //nolint:wrapcheck // the body's own error
}
