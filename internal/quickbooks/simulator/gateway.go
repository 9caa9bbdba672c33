package simulator

import (
	"fmt"
	"net/http"
)

// gatewayError is an error that Intuit's gateway answers before the service is reached. Its envelope differs from the
// service's in everything: lower-case keys, other type names, and a time in milliseconds since 1970.
type gatewayError struct {
	status  int
	kind    string
	code    string
	message string
	detail  string
}

type gatewayEnvelope struct {
	Warnings           *struct{}    `json:"warnings"`
	IntuitObject       *struct{}    `json:"intuitObject"`
	Fault              gatewayFault `json:"fault"`
	Report             *struct{}    `json:"report"`
	QueryResponse      *struct{}    `json:"queryResponse"`
	BatchItemResponse  []struct{}   `json:"batchItemResponse"`
	AttachableResponse []struct{}   `json:"attachableResponse"`
	SyncErrorResponse  *struct{}    `json:"syncErrorResponse"`
	RequestID          *struct{}    `json:"requestId"`
	Time               int64        `json:"time"`
	Status             *struct{}    `json:"status"`
	CDCResponse        []struct{}   `json:"cdcresponse"`
}

type gatewayFault struct {
	Error []gatewayFaultError `json:"error"`
	Type  string              `json:"type"`
}

type gatewayFaultError struct {
	Message string  `json:"message"`
	Detail  *string `json:"detail"`
	Code    string  `json:"code"`
	Element *string `json:"element"`
}

func gatewayMessage(name, code string, status int) string {
	return fmt.Sprintf("message=%s; errorCode=%s; statusCode=%d", name, code, status)
}

// unauthenticated is the answer to a token that does not work.
func unauthenticated(detail string) gatewayError {
	return gatewayError{
		status: http.StatusUnauthorized, kind: "AUTHENTICATION", code: "3200", detail: detail,
		message: gatewayMessage("AuthenticationFailed", "003200", http.StatusUnauthorized),
	}
}

// unauthorized is the answer to a token that is good, but not for this company.
func unauthorized() gatewayError {
	return gatewayError{
		status: http.StatusForbidden, kind: "SERVICE", code: "3100",
		message: gatewayMessage("ApplicationAuthorizationFailed", "003100", http.StatusForbidden),
	}
}

// throttled is the answer beyond the request limits.
func throttled() gatewayError {
	return gatewayError{
		status: http.StatusTooManyRequests, kind: "SERVICE", code: "3001",
		detail:  "The request limit was reached.  Try again later",
		message: gatewayMessage("ThrottleExceeded", "003001", http.StatusTooManyRequests),
	}
}

// noResource is the answer to a path that is nothing.
func noResource() gatewayError {
	return gatewayError{
		status: http.StatusNotFound, kind: "SERVICE", code: "404",
		message: gatewayMessage("NotFound", "000404", http.StatusNotFound),
	}
}

// gatewayFault answers with the gateway's envelope.
func (s *Simulator) gatewayFault(e gatewayError) answer {
	fault := gatewayFaultError{Message: e.message, Code: e.code}
	if e.detail != "" {
		fault.Detail = &e.detail
	}
	a := s.jsonAnswer(e.status, gatewayEnvelope{
		Fault:             gatewayFault{Error: []gatewayFaultError{fault}, Type: e.kind},
		BatchItemResponse: []struct{}{}, AttachableResponse: []struct{}{}, CDCResponse: []struct{}{},
		Time: s.clock.now().UnixMilli(),
	})
	if e.status == http.StatusUnauthorized {
		a.header = http.Header{"Www-Authenticate": {`Bearer realm="Intuit", error="invalid_token"`}}
	}
	return a
}
