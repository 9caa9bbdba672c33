package client

import (
	"errors"

	"connectrpc.com/connect/v2"
	"connectrpc.com/connect/v2/connectproto"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
)

// errorDomain marks the reasons that are Tillpost's own, as opposed to those of a proxy on the way.
const errorDomain = "tillpost"

// Violation is one field of a request that breaks a rule.
type Violation struct {
	// Field is the path of the field within the request: "slot.key".
	Field string
	// Description says what is wrong with it.
	Description string
}

// Reason returns the stable reason of a failed call, "ACCOUNT_IN_USE" for instance, or "" when err carries none: a
// broken connection, a proxy's answer, an error of another kind. The code is connect.CodeOf(err).
func Reason(err error) string {
	for info := range details[*errdetails.ErrorInfo](err) {
		if info.GetDomain() == errorDomain {
			return info.GetReason()
		}
	}
	return ""
}

// Violations returns the fields that made the server refuse a malformed request, in its order; nil when err carries
// none.
func Violations(err error) []Violation {
	var violations []Violation
	for request := range details[*errdetails.BadRequest](err) {
		for _, v := range request.GetFieldViolations() {
			violations = append(violations, Violation{Field: v.GetField(), Description: v.GetDescription()})
		}
	}
	return violations
}

// details yields the details of type T that err carries.
func details[T any](err error) func(yield func(T) bool) {
	return func(yield func(T) bool) {
		failure, ok := errors.AsType[*connect.Error](err)
		if !ok {
			return
		}
		for _, packed := range failure.Details() {
			message, err := connectproto.UnmarshalErrorDetail(packed)
			if err != nil {
				continue // a detail of a type that this program does not know
			}
			if detail, ok := message.(T); ok && !yield(detail) {
				return
			}
		}
	}
}
