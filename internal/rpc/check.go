package rpc

import (
	"errors"
	"fmt"
	"slices"

	"buf.build/go/protovalidate"
	"connectrpc.com/connect/v2"
	"google.golang.org/protobuf/proto"

	"github.com/tillpost/tillpost/internal/ledger"
)

// checker knows the rules that the proto files state, and those that they cannot.
type checker struct {
	validator protovalidate.Validator
}

func newChecker() (*checker, error) {
	validator, err := protovalidate.New()
	if err != nil {
		return nil, fmt.Errorf("rpc: read the validation rules of the API: %w", err)
	}
	return &checker{validator: validator}, nil
}

// violations returns the rules that a message breaks: control characters first, then what the proto files say. A field
// is named once.
func (c *checker) violations(message proto.Message) ([]violation, error) {
	found := controlCharacters(message.ProtoReflect())
	err := c.validator.Validate(message)
	if err == nil {
		return found, nil
	}
	broken, ok := errors.AsType[*protovalidate.ValidationError](err)
	if !ok {
		return nil, fmt.Errorf("validate %s: %w", message.ProtoReflect().Descriptor().FullName(), err)
	}
	for _, b := range broken.Violations {
		field := protovalidate.FieldPathString(b.Proto.GetField())
		if !slices.ContainsFunc(found, func(v violation) bool { return v.field == field }) {
			found = append(found, violation{field: field, description: description(b)})
		}
	}
	return found, nil
}

// description says in words what is wrong with a field.
func description(b *protovalidate.Violation) string {
	if message := b.Proto.GetMessage(); message != "" {
		return message
	}
	return "breaks the rule " + b.Proto.GetRuleId()
}

// checkedStream hands on only requests that are well formed and whose retailer the caller may act for.
type checkedStream struct {
	connect.ServerStream

	checker *checker
	call    *call
}

// tenanted is what every request of the API is.
type tenanted interface {
	proto.Message
	GetRetailerId() string
}

// Receive reads the next request and checks it.
func (s *checkedStream) Receive(msg any) error {
	if err := s.ServerStream.Receive(msg); err != nil {
		return err //nolint:wrapcheck // io.EOF and transport errors are read as they are
	}
	request, ok := msg.(tenanted)
	if !ok {
		return fmt.Errorf("a request of type %T names no retailer", msg)
	}
	violations, err := s.checker.violations(request)
	if err != nil {
		return err
	}
	if len(violations) > 0 {
		return invalidRequest(violations...)
	}
	return s.checkRetailer(ledger.RetailerID(request.GetRetailerId()))
}

func (s *checkedStream) checkRetailer(r ledger.RetailerID) error {
	s.call.retailer = r
	if !s.call.caller.MayActFor(r) {
		return newError(connect.CodePermissionDenied, reasonRetailerNotAllowed,
			"this token does not allow the retailer %q", r).with("retailer_id", string(r))
	}
	return nil
}
