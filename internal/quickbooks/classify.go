package quickbooks

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// FaultError makes an Error of the fault of one item of a batch, in the same way as for a single call. It returns nil
// for a nil fault. op is what the item asked for, in words. The fault does not say what the item was: for an update or a
// delete CauseAccountInactive may also mean that the entry itself is gone.
func FaultError(op string, fault *wire.Fault) *Error {
	if fault == nil {
		return nil
	}
	e := &Error{Op: op, HTTPStatus: http.StatusOK}
	e.fill(fault)
	e.RetryAfter = retryAfter(nil, e.HTTPStatus, e.Cause)
	return e
}

// answerError is the error of a whole answer that is not a success. fault is nil when its body had none.
func answerError(cl call, ans answer, fault *wire.Fault, secrets ...Secret) *Error {
	e := &Error{Op: cl.op, Realm: cl.realm, HTTPStatus: ans.status, IntuitTID: ans.tid()}
	e.fill(fault, secrets...)
	if fault == nil {
		e.err = fmt.Errorf("answer of %d bytes (%s) holds no fault",
			len(ans.body), clean(ans.header.Get("Content-Type"), maxCodeRunes))
	}
	if e.Cause == CauseAccountInactive && (!cl.write || cl.itself) {
		e.Cause = CauseNotFound
	}
	if !cl.write {
		e.Outcome = OutcomeNotCommitted
	}
	e.RetryAfter = retryAfter(ans.header, ans.status, e.Cause)
	return e
}

// fill sets the cause and the outcome of a write, and what goes with them, from a fault and from the HTTP status that is
// already set. fault is nil when the body had none.
func (e *Error) fill(fault *wire.Fault, secrets ...Secret) {
	e.fillCause(fault, secrets...)
	e.Outcome = e.Cause.Facts().Outcome
	if e.HTTPStatus >= http.StatusInternalServerError || (fault != nil && isSystem(fault.Type)) {
		// Whatever the code says: a server that failed may have failed after the commit.
		e.Outcome = OutcomeUnknown
	}
}

func (e *Error) fillCause(fault *wire.Fault, secrets ...Secret) {
	if fault == nil {
		e.Cause = causeOfStatus(e.HTTPStatus)
		if e.HTTPStatus == http.StatusBadRequest {
			// A 400 proves that nothing was written only if it can be read: one of its texts says the opposite.
			e.Cause = CauseDecode
		}
		return
	}
	var chosen wire.FaultError
	known := false
	for i, item := range fault.Error {
		if i == maxFaultErrors {
			break
		}
		cause, ok := causeOfCode(item, fault.Type)
		item = cleanFaultError(item, secrets)
		e.Errors = append(e.Errors, item)
		if id := existingID(item); id != "" && e.ExistingID == "" {
			e.ExistingID = id
		}
		if i == 0 || (ok && (!known || cause.Facts().rank > e.Cause.Facts().rank)) {
			chosen, e.Cause = item, cause
		}
		known = known || ok
	}
	if !known {
		e.Cause = causeOfType(fault.Type, e.HTTPStatus)
	}
	e.Code, e.Detail = chosen.Code, chosen.Detail
	if e.Detail == "" {
		e.Detail = chosen.Message
	}
}

// cleanFaultError bounds the texts of one error and takes the leading zeros off its code ("003001").
func cleanFaultError(item wire.FaultError, secrets []Secret) wire.FaultError {
	out := wire.FaultError{
		Message: clean(item.Message, maxDetailRunes, secrets...),
		Detail:  clean(item.Detail, maxDetailRunes, secrets...),
		Code:    trimCode(clean(item.Code, maxCodeRunes, secrets...)),
		Element: clean(item.Element, maxDetailRunes, secrets...),
	}
	if cause, _ := causeOfCode(item, ""); cause == CauseTokenExpired {
		// "Token expired: AB0..." repeats the head of the token.
		out.Detail, _, _ = strings.Cut(out.Detail, ":")
	}
	return out
}

func trimCode(code string) string {
	code = strings.TrimSpace(code)
	if trimmed := strings.TrimLeft(code, "0"); trimmed != "" {
		return trimmed
	}
	return code
}

// causeOfCode returns the cause that an error's code stands for, and whether the code says one at all. The text and the
// type of the fault are looked at in a single case, where one code stands for two things of which one is dangerous.
func causeOfCode(item wire.FaultError, faultType string) (Cause, bool) {
	code, err := strconv.Atoi(trimCode(item.Code))
	if err != nil || code <= 0 {
		return CauseUnrecognized, false
	}
	if cause, ok := causeOfConnectionCode(code); ok {
		return cause, true
	}
	if cause, ok := causeOfEntryCode(code); ok {
		return cause, true
	}
	switch {
	case code == 6000 && (isSystem(faultType) || savedAllTheSame(item)):
		return CauseSavedAllTheSame, true
	case code == 6000, code == 6180, code == 6430, code == 6540:
		return CauseBusinessRule, true
	case code >= 2000 && code <= 2999, code >= 4000 && code <= 4999, code >= 6000 && code <= 6999:
		return CauseInvalidRequest, true
	case code >= 10000 && code <= 10999:
		return CauseServer, true
	default:
		return CauseUnrecognized, false
	}
}

// causeOfConnectionCode knows the codes that are about the app, the user or the company as a whole.
func causeOfConnectionCode(code int) (Cause, bool) {
	switch code {
	case 120:
		return CauseUserNotAdmin, true
	case 130, 140, 150:
		return CauseCompanyUnavailable, true
	case 3001:
		return CauseThrottled, true
	case 3100, 3201:
		return CauseForbidden, true
	case 3200, 3202:
		return CauseTokenExpired, true
	case 5020, 5030:
		return CausePermission, true
	case 6190:
		return CauseSubscriptionLapsed, true
	default:
		return CauseUnrecognized, false
	}
}

// causeOfEntryCode knows the codes that are about what was sent.
func causeOfEntryCode(code int) (Cause, bool) {
	switch code {
	case 500, 620, 630, 700, 800, 900, 1040:
		return CauseInvalidRequest, true
	case 600:
		return CauseDuplicateRequestID, true
	case 610:
		return CauseAccountInactive, true
	case 2300:
		return CauseUnbalanced, true
	case 2500:
		return CauseAccountNotFound, true
	case 5010:
		return CauseStaleObject, true
	case 6140:
		return CauseDuplicateDocNumber, true
	case 6200, 6210:
		return CausePeriodClosed, true
	case 6240:
		return CauseDuplicateName, true
	default:
		return CauseUnrecognized, false
	}
}

// savedAllTheSame recognises the one 6000 that comes although the entry may have been saved. Nothing but its text tells
// it from the many rules that share the code, and in a company that does not speak English the text is another one, which
// nobody has recorded.
//
// Such a 6000 counts as refused. To take every 6000 in a strange language for an unknown outcome would be no safer: the
// same request would be sent again and again, and the rule that it breaks, for which a 6000 nearly always stands, would
// never be shown to the one person who can do something about it. What remains is an entry that was saved and is retried
// by a person under a new requestid: its DocNumber is the same, which QuickBooks refuses if it warns of duplicates.
// Callers that retry after a 6000 should look for the DocNumber first.
func savedAllTheSame(item wire.FaultError) bool {
	const sign = "unexpected error occurred while accessing or saving"
	return strings.Contains(strings.ToLower(item.Detail+" "+item.Message), sign)
}

// causeOfType judges a fault whose codes say nothing: first by a status that leaves no doubt, then by the fault's
// type in Intuit's many spellings, then by the rest of the status.
func causeOfType(faultType string, status int) Cause {
	switch {
	case status == http.StatusUnauthorized, status == http.StatusForbidden, status == http.StatusTooManyRequests,
		status >= http.StatusInternalServerError:
		return causeOfStatus(status)
	case isSystem(faultType):
		return CauseServer
	}
	switch strings.ToLower(strings.TrimSpace(faultType)) {
	case "authentication", "authenticationfault", "applicationauthenticationfailed":
		return CauseTokenExpired
	case "authorization", "authorizationfault", "authorizatonfault":
		return CausePermission
	case "validation", "validationfault":
		return CauseInvalidRequest
	default:
		return causeOfStatus(status)
	}
}

// isSystem reports whether a fault's type says that the server itself failed.
func isSystem(faultType string) bool {
	return strings.EqualFold(strings.TrimSpace(faultType), "SystemFault")
}

func causeOfStatus(status int) Cause {
	switch {
	case status == http.StatusUnauthorized:
		return CauseTokenExpired
	case status == http.StatusForbidden:
		return CauseForbidden
	case status == http.StatusNotFound:
		return CauseNotFound
	case status == http.StatusRequestTimeout:
		return CauseTimeout
	case status == http.StatusTooManyRequests:
		return CauseThrottled
	case status >= 500:
		return CauseServer
	case status >= 400:
		return CauseInvalidRequest
	case status >= 300:
		return CauseRedirected
	default:
		return CauseUnrecognized
	}
}

// existingID reads the Id of the present owner of a DocNumber out of a 6140, "... is assigned to TxnType=Journal Entry
// with TxnId=3632", and of a name out of a 6240, "The name supplied already exists. : Id=1209". The sentences are
// localized; the marks in front of the Ids were not seen to be.
func existingID(item wire.FaultError) string {
	var mark string
	switch item.Code {
	case "6140":
		mark = "TxnId="
	case "6240":
		mark = " Id="
	default:
		return ""
	}
	_, rest, _ := strings.Cut(item.Detail, mark)
	end := 0
	for end < len(rest) && rest[end] >= '0' && rest[end] <= '9' {
		end++
	}
	return rest[:end]
}

// retryAfter reads the header Retry-After, in seconds or as a date, within [0, 10 min]. Longer waits are the caller's to
// decide on: a header must not be able to silence a company for a day.
func retryAfter(header http.Header, status int, cause Cause) time.Duration {
	const most = 10 * time.Minute
	value := strings.TrimSpace(header.Get("Retry-After"))
	var wait time.Duration
	if seconds, err := strconv.ParseUint(value, 10, 32); err == nil {
		wait = time.Duration(seconds) * time.Second
	} else if date, err := http.ParseTime(value); err == nil {
		wait = time.Until(date)
	}
	switch {
	case wait <= 0 && cause == CauseThrottled:
		return throttlePause
	case status < http.StatusBadRequest:
		return 0
	default:
		return min(max(wait, 0), most)
	}
}
