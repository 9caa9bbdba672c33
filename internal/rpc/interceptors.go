package rpc

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"connectrpc.com/connect/v2"
)

// logCalls writes one line per RPC, never its contents, and turns every error into what callers are told. What happened
// inside is logged beside it, under the correlation id that the caller got.
func (s *Service) logCalls(next connect.ServerFunc) connect.ServerFunc {
	return func(ctx context.Context, spec connect.Spec, stream connect.ServerStream) error {
		started := time.Now()
		c := &call{}
		err := next(withCall(ctx, c), spec, stream)
		code, reason := "ok", ""
		var told *callError
		if err != nil {
			told = answer(err)
			code, reason = told.code.String(), told.reason
		}
		s.log.LogAttrs(ctx, callLevel(spec, told), "rpc",
			slog.String("procedure", spec.Procedure),
			slog.String("protocol", protocolOf(ctx)),
			slog.String("retailer", string(c.retailer)),
			slog.String("caller", c.caller.Subject),
			slog.String("code", code),
			slog.String("reason", reason),
			slog.Duration("duration", time.Since(started)))
		if told == nil {
			return nil
		}
		s.logCause(ctx, spec, told)
		return told.wire()
	}
}

// logCause writes down what a caller was not told.
func (s *Service) logCause(ctx context.Context, spec connect.Spec, told *callError) {
	if told.reason != reasonInternal && told.code != connect.CodeUnavailable {
		return
	}
	s.log.LogAttrs(ctx, slog.LevelError, "rpc failed",
		slog.String("procedure", spec.Procedure),
		slog.String("reason", told.reason),
		slog.String("correlation_id", told.metadata[metadataCorrelationID]),
		slog.Any("error", told.cause))
}

// callLevel keeps reflection out of the ordinary log and lifts the server's own failures.
func callLevel(spec connect.Spec, told *callError) slog.Level {
	switch {
	case told != nil && (told.code == connect.CodeInternal || told.code == connect.CodeUnavailable):
		return slog.LevelError
	case isOpen(spec.Procedure):
		return slog.LevelDebug
	default:
		return slog.LevelInfo
	}
}

// protocolOf names the wire protocol; calls of the same process have none.
func protocolOf(ctx context.Context) string {
	if info, ok := connect.CallInfoForServerContext(ctx); ok && info.Protocol != "" {
		return info.Protocol
	}
	return "in-process"
}

// panicError is a panic as an error; its text, with the stack, is for the log.
type panicError struct {
	value any
	stack []byte
}

// Error tells what was thrown, and where.
func (e *panicError) Error() string { return fmt.Sprintf("panic: %v\n%s", e.value, e.stack) }

// recoverPanics turns a panic in a handler into an INTERNAL error of that call alone.
func (s *Service) recoverPanics(next connect.ServerFunc) connect.ServerFunc {
	return func(ctx context.Context, spec connect.Spec, stream connect.ServerStream) (err error) {
		defer func() {
			if thrown := recover(); thrown != nil {
				err = &panicError{value: thrown, stack: debug.Stack()}
			}
		}()
		return next(ctx, spec, stream)
	}
}

// limitTime gives calls with one answer a deadline. An error that came of a context that had ended is told as that end,
// whatever a database driver calls it.
func (s *Service) limitTime(next connect.ServerFunc) connect.ServerFunc {
	return func(ctx context.Context, spec connect.Spec, stream connect.ServerStream) error {
		if spec.StreamType == connect.StreamTypeUnary {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, s.cfg.UnaryTimeout)
			defer cancel()
		}
		err := next(ctx, spec, stream)
		if err == nil || ctx.Err() == nil {
			return err
		}
		if _, told := errors.AsType[*callError](err); told {
			return err
		}
		told := domainError(ctx.Err())
		told.cause = err
		return told
	}
}

// authenticate lets a call through when its token is good and has the scope that the procedure takes. It runs before a
// byte of the request is decoded. Reflection is open.
func (s *Service) authenticate(next connect.ServerFunc) connect.ServerFunc {
	return func(ctx context.Context, spec connect.Spec, stream connect.ServerStream) error {
		if isOpen(spec.Procedure) {
			return next(ctx, spec, stream)
		}
		token, err := bearerToken(ctx)
		if err != nil {
			return err
		}
		caller, err := s.cfg.Authenticator.Authenticate(ctx, token)
		if err != nil {
			return authError(err)
		}
		callOf(ctx).caller = caller
		if info, ok := connect.CallInfoForServerContext(ctx); ok {
			info.ResponseHeader().Set("Cache-Control", "no-store") // reads may come by GET
		}
		scope, known := procedureScopes()[spec.Procedure]
		if !known {
			return methodUnknown(spec.Procedure)
		}
		if !caller.Has(scope) {
			return newError(connect.CodePermissionDenied, reasonScopeMissing,
				"this call takes a token with the scope %q", scope).with("scope", string(scope))
		}
		return next(ctx, spec, stream)
	}
}

// checkRequests looks at every message that a handler receives, before the handler does.
func (s *Service) checkRequests(next connect.ServerFunc) connect.ServerFunc {
	return func(ctx context.Context, spec connect.Spec, stream connect.ServerStream) error {
		if !isOpen(spec.Procedure) {
			stream = &checkedStream{ServerStream: stream, checker: s.checker, call: callOf(ctx)}
		}
		return next(ctx, spec, stream)
	}
}
