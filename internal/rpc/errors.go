package rpc

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"connectrpc.com/connect/v2"
	"connectrpc.com/connect/v2/connectproto"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/protobuf/proto"

	"github.com/tillpost/tillpost/internal/posting"
	"github.com/tillpost/tillpost/internal/store"
)

// errorDomain is the domain of every google.rpc.ErrorInfo of this service.
const errorDomain = "tillpost"

// The reasons of errors. They are part of the API: a reason is never renamed and never gets another meaning. A mapping
// that is refused because of its account has the name of the ledger.Reason.
const (
	reasonTokenMissing          = "TOKEN_MISSING"
	reasonTokenInvalid          = "TOKEN_INVALID"
	reasonTokenExpired          = "TOKEN_EXPIRED"
	reasonKeysUnavailable       = "KEYS_UNAVAILABLE"
	reasonScopeMissing          = "SCOPE_MISSING"
	reasonRetailerNotAllowed    = "RETAILER_NOT_ALLOWED"
	reasonInvalidRequest        = "INVALID_REQUEST"
	reasonRequestTooLarge       = "REQUEST_TOO_LARGE"
	reasonPageTokenInvalid      = "PAGE_TOKEN_INVALID"
	reasonMethodUnknown         = "METHOD_UNKNOWN"
	reasonProtocolError         = "PROTOCOL_ERROR"
	reasonAccountNotFound       = "ACCOUNT_NOT_FOUND"
	reasonAccountInUse          = "ACCOUNT_IN_USE"
	reasonAccountNotCreated     = "ACCOUNT_NOT_CREATED"
	reasonLocationNotFound      = "LOCATION_NOT_FOUND"
	reasonClassNotFound         = "CLASS_NOT_FOUND"
	reasonSyncNotStarted        = "SYNC_NOT_STARTED"
	reasonOpeningStockUndecided = "OPENING_STOCK_UNDECIDED"
	reasonBackfillNotFound      = "BACKFILL_NOT_FOUND"
	reasonBackfillUnfinished    = "BACKFILL_UNFINISHED"
	reasonBackfillEnded         = "BACKFILL_ENDED"
	reasonEventNotFound         = "EVENT_NOT_FOUND"
	reasonReturnURLNotAllowed   = "RETURN_URL_NOT_ALLOWED"
	reasonAlreadyConnected      = "ALREADY_CONNECTED"
	reasonNotConnected          = "NOT_CONNECTED"
	reasonReauthorization       = "REAUTHORIZATION_REQUIRED"
	reasonOtherCompany          = "OTHER_COMPANY"
	reasonEntriesUnsettled      = "ENTRIES_UNSETTLED"
	reasonAuthorizationUnknown  = "AUTHORIZATION_UNKNOWN"
	reasonAuthorizationRefused  = "AUTHORIZATION_REFUSED"
	reasonQuickBooksUnavailable = "QUICKBOOKS_UNAVAILABLE"
	reasonSchemaMismatch        = "SCHEMA_MISMATCH"
	reasonServerStopping        = "SERVER_STOPPING"
	reasonCanceled              = "CANCELED"
	reasonDeadlineExceeded      = "DEADLINE_EXCEEDED"
	reasonInternal              = "INTERNAL"
)

const (
	metadataCorrelationID        = "correlation_id"
	messageTryAgain              = "nothing was lost; try again in a while"
	maxFieldViolations           = 20
	maxEventViolations           = 50
	correlationIDLength          = 16
	messageDeadlineExceeded      = "the call took longer than its deadline; it may have had its effect, and may be repeated"
	messageReauthorization       = "QuickBooks has ended the authorization: call Connect again; events keep and resume by themselves"
	messageQuickBooksUnavailable = "QuickBooks does not answer at present: " + messageTryAgain
)

// violation is one broken rule of a request or an event.
type violation struct{ field, description string }

// callError is an error as a caller is told of it. Its text is written for callers: no SQL, no secret, no stack.
type callError struct {
	code       connect.Code
	reason     string
	message    string
	metadata   map[string]string
	violations []violation
	// cause is for logs only.
	cause error
}

// Error returns the reason and the message.
func (e *callError) Error() string { return e.reason + ": " + e.message }

// Unwrap returns what is behind the error.
func (e *callError) Unwrap() error { return e.cause }

func newError(code connect.Code, reason, format string, args ...any) *callError {
	return &callError{code: code, reason: reason, message: fmt.Sprintf(format, args...)}
}

// with adds a fact for programs to the error.
func (e *callError) with(key, value string) *callError {
	e.metadata = maps.Clone(e.metadata)
	if e.metadata == nil {
		e.metadata = map[string]string{}
	}
	e.metadata[key] = value
	return e
}

// invalidRequest says which fields of a request are malformed.
func invalidRequest(violations ...violation) *callError {
	e := newError(connect.CodeInvalidArgument, reasonInvalidRequest, "the request is malformed: %s", violations[0])
	if n := len(violations) - 1; n > 0 {
		e.message += fmt.Sprintf(" (and %d more)", n)
	}
	e.violations = violations
	return e
}

// String names the field before the description.
func (v violation) String() string {
	if v.field == "" {
		return v.description
	}
	return v.field + ": " + v.description
}

func methodUnknown(procedure string) *callError {
	return newError(connect.CodeUnimplemented, reasonMethodUnknown,
		"there is no method %s in this release; reflection lists those that are", procedure)
}

func serverStopping() *callError {
	return newError(connect.CodeUnavailable, reasonServerStopping, "the server is stopping: connect again")
}

// answer is what a caller is told when err ended a call.
func answer(err error) *callError {
	if e, ok := errors.AsType[*callError](err); ok {
		return e
	}
	if e, ok := errors.AsType[*connect.Error](err); ok && e != nil {
		return transportError(e)
	}
	return domainError(err)
}

// transportError adds a reason to an error that the transport made before a handler saw the request.
func transportError(err *connect.Error) *callError {
	// It may quote what it could not read.
	message := strings.ToValidUTF8(err.Message(), "?")
	e := &callError{code: err.Code(), reason: reasonProtocolError, message: message, cause: err}
	switch err.Code() {
	case connect.CodeResourceExhausted:
		e.reason = reasonRequestTooLarge
		e.message = "the request is larger than this server takes (" + message + "): send it in smaller parts"
	case connect.CodeInvalidArgument:
		return invalidRequest(violation{description: message})
	case connect.CodeCanceled:
		e.reason = reasonCanceled
	case connect.CodeDeadlineExceeded:
		e.reason, e.message = reasonDeadlineExceeded, messageDeadlineExceeded
	default:
	}
	return e
}

// domainRule says how callers are told of an error of the packages below.
type domainRule struct {
	target  error
	code    connect.Code
	reason  string
	message string
}

func domainRules() []domainRule {
	const precondition = connect.CodeFailedPrecondition
	return []domainRule{
		{context.DeadlineExceeded, connect.CodeDeadlineExceeded, reasonDeadlineExceeded, messageDeadlineExceeded},
		{context.Canceled, connect.CodeCanceled, reasonCanceled, "the caller ended the call"},
		{
			posting.ErrNotConnected, precondition, reasonNotConnected,
			"the retailer is not connected to QuickBooks: call Connect first",
		},
		{
			store.ErrNotConnected, precondition, reasonNotConnected,
			"the retailer is not connected to QuickBooks: call Connect first",
		},
		{
			store.ErrSyncNotStarted, precondition, reasonSyncNotStarted,
			"sync was never started for the retailer: call StartSync first",
		},
		{
			store.ErrBackfillEnded, precondition, reasonBackfillEnded,
			"this backfill has ended: SyncPastEvents starts another",
		},
		{posting.ErrReauthorizationRequired, precondition, reasonReauthorization, messageReauthorization},
		{
			posting.ErrAlreadyConnected, precondition, reasonAlreadyConnected,
			"the retailer is connected to QuickBooks already: call Disconnect first to connect anew",
		},
		{
			store.ErrOtherCompany, precondition, reasonOtherCompany,
			"the retailer's books are in another QuickBooks company: connect that one, or confirm that they go on in this one",
		},
		{
			posting.ErrAuthorizationRefused, precondition, reasonAuthorizationRefused,
			"the connection was not authorized at QuickBooks: call Connect to try again",
		},
		{
			posting.ErrAuthorizationUnknown, precondition, reasonAuthorizationUnknown,
			"this authorization is unknown, used already or expired: call Connect for a new one",
		},
		{posting.ErrQuickBooksUnavailable, connect.CodeUnavailable, reasonQuickBooksUnavailable, messageQuickBooksUnavailable},
		{store.ErrCursor, connect.CodeInvalidArgument, reasonPageTokenInvalid, messagePageToken},
		{
			store.ErrSchemaOld, connect.CodeUnavailable, reasonSchemaMismatch,
			"the server's database must be migrated first: tell its operator",
		},
		{
			store.ErrSchemaNew, connect.CodeUnavailable, reasonSchemaMismatch,
			"the server is older than its database: tell its operator",
		},
	}
}

// domainError finds the words for an error of the packages below. One that has none is INTERNAL, with an id that the log
// has too, and none of its text.
func domainError(err error) *callError {
	if inUse, ok := errors.AsType[*store.AccountInUseError](err); ok {
		return accountInUse(inUse)
	}
	if unfinished, ok := errors.AsType[*store.BackfillUnfinishedError](err); ok {
		return backfillUnfinished(unfinished)
	}
	if unsettled, ok := errors.AsType[*store.EntriesUnsettledError](err); ok {
		return entriesUnsettled(unsettled, time.Now())
	}
	if errors.Is(err, posting.ErrAccountNotCreated) {
		return accountNotCreated(err)
	}
	for _, rule := range domainRules() {
		if errors.Is(err, rule.target) {
			return &callError{code: rule.code, reason: rule.reason, message: rule.message, cause: err}
		}
	}
	id := rand.Text()[:correlationIDLength]
	e := newError(connect.CodeInternal, reasonInternal,
		"something went wrong inside the server; its log says more under %s", id)
	e.cause = err
	return e.with(metadataCorrelationID, id)
}

// wire makes the error that the transports send.
func (e *callError) wire() *connect.Error {
	out := connect.NewError(e.code, e.message).WithCause(e)
	out = withDetail(out, &errdetails.ErrorInfo{Reason: e.reason, Domain: errorDomain, Metadata: e.metadata})
	if len(e.violations) > 0 {
		out = withDetail(out, badRequest(e.violations))
	}
	return out
}

func badRequest(violations []violation) *errdetails.BadRequest {
	bad := &errdetails.BadRequest{}
	for _, v := range violations[:min(len(violations), maxFieldViolations)] {
		bad.FieldViolations = append(bad.FieldViolations,
			&errdetails.BadRequest_FieldViolation{Field: v.field, Description: v.description})
	}
	return bad
}

// withDetail adds a detail. Packing fails only for text that is not UTF-8; the error then goes without it.
func withDetail(err *connect.Error, message proto.Message) *connect.Error {
	detail, packErr := connectproto.NewErrorDetail(message)
	if packErr != nil {
		return err
	}
	return err.WithDetail(detail)
}
