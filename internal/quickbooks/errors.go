package quickbooks

import (
	"fmt"
	"log/slog"
	"strings"
	"time"
	"unicode"

	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// Bounds of what an Error keeps of an answer.
const (
	maxDetailRunes = 500
	maxCodeRunes   = 40
	maxFaultErrors = 40
	maxTIDRunes    = 100
)

// throttlePause is how long Intuit wants a client to stay away after HTTP 429; its answers do not say it.
const throttlePause = 60 * time.Second

// Error is the failure of one call. Every error that a call of this package returns is one or wraps one:
// errors.AsType[*Error](err) gets at it. It holds no token, no key and no body.
type Error struct {
	// Op is what was tried, in words: "create journal entry".
	Op string
	// Realm is the company; empty for OAuth calls.
	Realm RealmID
	// HTTPStatus is 0 when there was no answer. A fault may come with status 200.
	HTTPStatus int
	// Code is Intuit's code without leading zeros ("6140"), or OAuth's ("invalid_grant"); may be empty.
	Code string
	// Cause is what callers decide by.
	Cause Cause
	// Outcome says whether a write may have been committed all the same.
	Outcome Outcome
	// RetryAfter is how long to stay away: what the answer said, at most 10 minutes, or 60 s when throttled; else 0.
	RetryAfter time.Duration
	// IntuitTID is Intuit's id of the call, which its support asks for.
	IntuitTID string
	// Detail is Intuit's text, cleaned and at most 500 characters. It is localized: show it, never match it.
	Detail string
	// Errors are all errors of the fault, at most 40, cleaned in the same way.
	Errors []wire.FaultError
	// ExistingID is the Id of the entry that has the DocNumber already, or of what has the name, when a 6140 or a 6240
	// says it.
	ExistingID string

	err error
}

// Error tells what failed, for which company, how, and with which intuit_tid.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("quickbooks: " + e.Op)
	if e.Realm != "" {
		b.WriteString(" for company " + string(e.Realm))
	}
	fmt.Fprintf(&b, ": %s", e.Cause)
	if e.HTTPStatus != 0 {
		fmt.Fprintf(&b, ", HTTP %d", e.HTTPStatus)
	}
	if e.Code != "" {
		b.WriteString(", code " + e.Code)
	}
	if e.Detail != "" {
		b.WriteString(": " + e.Detail)
	}
	if e.err != nil {
		b.WriteString(": " + e.err.Error())
	}
	if e.IntuitTID != "" {
		b.WriteString(" (intuit_tid " + e.IntuitTID + ")")
	}
	return b.String()
}

// Unwrap returns the error underneath, such as a network error; nil when Intuit answered with a fault.
func (e *Error) Unwrap() error { return e.err }

// Facts returns what follows from the cause; for the outcome of this very call use the field Outcome.
func (e *Error) Facts() Facts { return e.Cause.Facts() }

// LogValue gives the error to a structured log as a group.
func (e *Error) LogValue() slog.Value {
	attrs := []slog.Attr{
		slog.String("op", e.Op),
		slog.String("realm", string(e.Realm)),
		slog.Int("status", e.HTTPStatus),
		slog.String("code", e.Code),
		slog.String("cause", e.Cause.String()),
		slog.String("outcome", e.Outcome.String()),
		slog.String("detail", e.Detail),
		slog.String("intuit_tid", e.IntuitTID),
	}
	if e.err != nil {
		attrs = append(attrs, slog.String("err", e.err.Error()))
	}
	return slog.GroupValue(attrs...)
}

// refused returns the error of a call that was never sent because it could not be right.
func refused(op string, realm RealmID, cause Cause, err error) *Error {
	return &Error{Op: op, Realm: realm, Cause: cause, Outcome: OutcomeNotCommitted, err: err}
}

// clean makes a text of an answer fit for logs, errors and databases: valid UTF-8, no control characters, NUL among
// them, one line, at most so many runes, and none of the secrets.
func clean(text string, most int, secrets ...Secret) string {
	for _, secret := range secrets {
		if secret != "" {
			text = strings.ReplaceAll(text, secret.Reveal(), redacted)
		}
	}
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
	text = strings.TrimSpace(text)
	if len(text) <= most {
		return text
	}
	for i := range text {
		if most == 0 {
			return text[:i] + "..."
		}
		most--
	}
	return text
}
