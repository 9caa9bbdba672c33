package client

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"time"

	"connectrpc.com/connect/v2"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/protobuf/proto"
)

const (
	backoffBase = 100 * time.Millisecond
	backoffCap  = 5 * time.Second
	// maxServerDelay is the longest wait that a server may ask for; beyond it the caller decides.
	maxServerDelay = 30 * time.Second
)

// retryInterceptor repeats calls that may be repeated; see WithRetries for the rules.
func retryInterceptor(retries int) connect.ClientInterceptor {
	return func(next connect.ClientFunc) connect.ClientFunc {
		return func(ctx context.Context, spec connect.Spec) (connect.ClientStream, error) {
			if retries == 0 || !repeatable(spec) {
				return next(ctx, spec)
			}
			ctx, cancel := context.WithCancel(ctx)
			stream, err := next(ctx, spec)
			if err != nil {
				cancel()
				return nil, err
			}
			return &retryStream{ctx: ctx, cancel: cancel, spec: spec, open: next, left: retries, stream: stream}, nil
		}
	}
}

// repeatable reports whether the API declares a call free of side effects or idempotent, and whether it has one
// request, which is what can be sent again.
func repeatable(spec connect.Spec) bool {
	if spec.StreamType&connect.StreamTypeClient != 0 {
		return false
	}
	return spec.IdempotencyLevel == connect.IdempotencyNoSideEffects ||
		spec.IdempotencyLevel == connect.IdempotencyIdempotent
}

// retryStream is one call and its repetitions: it keeps the request, and opens the call anew when an attempt fails
// before its first message.
type retryStream struct {
	ctx    context.Context //nolint:containedctx // a stream binds its call's context when it is opened
	cancel context.CancelFunc
	spec   connect.Spec
	open   connect.ClientFunc

	request   any // the one request message
	sendEnded bool
	received  bool // a message has arrived: no more repetitions
	tried     int  // failed attempts so far
	left      int  // repetitions left

	mu        sync.Mutex // Close may run beside Receive
	stream    connect.ClientStream
	reopening bool // Receive waits for, or opens, the next attempt
}

// SendHeaders implements connect.ClientStream.
func (s *retryStream) SendHeaders() error {
	return s.attempt(connect.ClientStream.SendHeaders)
}

// Send implements connect.ClientStream.
func (s *retryStream) Send(msg any) error {
	// A server stream outlives the call that sent its request, and its caller may change the message meanwhile.
	if message, ok := msg.(proto.Message); ok && s.spec.StreamType == connect.StreamTypeServer {
		msg = proto.Clone(message)
	}
	err := s.attempt(func(stream connect.ClientStream) error { return stream.Send(msg) })
	s.request = msg
	return err
}

// CloseSend implements connect.ClientStream.
func (s *retryStream) CloseSend() error {
	err := s.attempt(connect.ClientStream.CloseSend)
	s.sendEnded = true
	return err
}

// Receive implements connect.ClientStream.
func (s *retryStream) Receive(msg any) error {
	err := s.attempt(func(stream connect.ClientStream) error { return stream.Receive(msg) })
	s.received = s.received || err == nil
	return err
}

// Close implements connect.ClientStream.
func (s *retryStream) Close() error {
	s.mu.Lock()
	stream, reopening := s.stream, s.reopening
	s.mu.Unlock()
	if reopening {
		s.cancel() // ends the wait, or the request that is being sent
	}
	err := stream.Close()
	s.cancel()
	return err //nolint:wrapcheck // a stream hands on the errors of the stream it wraps
}

// attempt does one step of the call, and repeats the call up to and with this step as long as that is allowed.
func (s *retryStream) attempt(step func(connect.ClientStream) error) error {
	err := step(s.current())
	for err != nil && s.mayRepeat(err) {
		var over bool
		if over, err = s.repeat(err); over {
			break
		}
		if err == nil {
			err = step(s.current())
		}
	}
	if err != nil {
		s.cancel() // the call has ended, and not every caller closes it then
	}
	return err
}

func (s *retryStream) current() connect.ClientStream {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stream
}

func (s *retryStream) mayRepeat(err error) bool {
	return !s.received && s.left > 0 && s.ctx.Err() == nil && isTransient(err)
}

// repeat waits, opens the call anew and sends again what was sent. It reports whether the call is over with the
// returned error: with cause, when there is no time left for another attempt.
func (s *retryStream) repeat(cause error) (over bool, err error) {
	wait, ok := backoff(cause, s.tried)
	deadline, bounded := s.ctx.Deadline()
	if !ok || bounded && time.Until(deadline) <= wait {
		return true, cause
	}
	s.tried++
	s.left--

	s.setReopening(true)
	defer s.setReopening(false)
	_ = s.current().Close() // it has failed already, and cause says how
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-s.ctx.Done():
		return true, cause
	case <-timer.C:
	}
	stream, err := s.open(s.ctx, s.spec)
	if err != nil {
		return true, err
	}
	s.mu.Lock()
	s.stream = stream
	s.mu.Unlock()
	return false, s.replay(stream)
}

func (s *retryStream) setReopening(reopening bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reopening = reopening
}

// replay sends again what the call has sent so far.
func (s *retryStream) replay(stream connect.ClientStream) error {
	if s.request == nil {
		return nil
	}
	if err := stream.Send(s.request); err != nil {
		return err //nolint:wrapcheck // a stream hands on the errors of the stream it wraps
	}
	if !s.sendEnded {
		return nil
	}
	return stream.CloseSend() //nolint:wrapcheck // a stream hands on the errors of the stream it wraps
}

// isTransient reports whether the same call may succeed when it is sent again.
func isTransient(err error) bool {
	failure, ok := errors.AsType[*connect.Error](err)
	if !ok {
		return false
	}
	if _, refused := errors.AsType[*tls.CertificateVerificationError](err); refused {
		return false // it looks like an outage, and waiting does not help
	}
	switch code := failure.Code(); code {
	case connect.CodeUnavailable, connect.CodeAborted:
		return true
	case connect.CodeResourceExhausted:
		_, named := serverDelay(err)
		return named
	default:
		return !failure.IsRemote() && isNetworkError(err)
	}
}

// isNetworkError reports whether err tells of a connection that failed, rather than of a server's answer.
func isNetworkError(err error) bool {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return true
	}
	if _, ok := errors.AsType[streamResetError](err); ok {
		return true
	}
	_, ok := errors.AsType[net.Error](err)
	return ok
}

// streamResetError is an HTTP/2 stream that the other side broke off. It has the fields of net/http's own unexported error,
// which fills in any type that does.
type streamResetError struct {
	StreamID uint32
	Code     uint32
	Cause    error
}

// Error implements error.
func (r streamResetError) Error() string {
	return fmt.Sprintf("HTTP/2 stream %d was reset: %v", r.StreamID, r.Cause)
}

// backoff returns how long to wait after the given number of failed attempts; false when the server asks for more
// patience than a call has. The random part spreads callers that failed together.
func backoff(err error, tried int) (time.Duration, bool) {
	ceiling := min(backoffBase<<min(tried, 10), backoffCap)
	wait := rand.N(ceiling) + 1 //nolint:gosec // jitter needs no secrecy
	if asked, ok := serverDelay(err); ok {
		wait += asked
	}
	return wait, wait <= maxServerDelay
}

// serverDelay returns the wait that the server asks for.
func serverDelay(err error) (time.Duration, bool) {
	for info := range details[*errdetails.RetryInfo](err) {
		if delay := info.GetRetryDelay(); delay.IsValid() {
			return max(delay.AsDuration(), 0), true
		}
	}
	return 0, false
}
