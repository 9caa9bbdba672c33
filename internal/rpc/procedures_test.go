package rpc_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"google.golang.org/protobuf/reflect/protoreflect"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
	integrationv1 "github.com/tillpost/tillpost/gen/go/tillpost/integration/v1"
	"github.com/tillpost/tillpost/internal/rpc"
)

func services() []protoreflect.ServiceDescriptor {
	return []protoreflect.ServiceDescriptor{
		financialv1.File_tillpost_financial_v1_financial_service_proto.Services().Get(0),
		integrationv1.File_tillpost_integration_v1_integration_service_proto.Services().Get(0),
	}
}

// Every RPC takes the scope that its comment in the proto file promises.
func TestEveryProcedureHasItsScope(t *testing.T) {
	t.Parallel()
	pattern := regexp.MustCompile(`Scope:\s+(?://\s+)?(\w+)\.\s+rpc (\w+)\(`)
	for _, service := range services() {
		text := must(os.ReadFile(filepath.Join("..", "..", "proto", service.ParentFile().Path())))(t)
		promised := map[string]rpc.Scope{}
		for _, match := range pattern.FindAllStringSubmatch(string(text), -1) {
			promised[match[2]] = rpc.Scope(match[1])
		}
		for i := range service.Methods().Len() {
			method := service.Methods().Get(i).Name()
			procedure := "/" + string(service.FullName()) + "/" + string(method)
			scope, ok := rpc.ScopeOf(procedure)
			if !ok || scope == "" || scope != promised[string(method)] {
				t.Errorf("%s takes the scope %q; its comment says %q", procedure, scope, promised[string(method)])
			}
		}
	}
}

// Every request names its retailer, since that is how a token is held to its tenants, and holds no map, since the check
// for control characters does not look into maps.
func TestEveryRequestCanBeChecked(t *testing.T) {
	t.Parallel()
	for _, service := range services() {
		for i := range service.Methods().Len() {
			input := service.Methods().Get(i).Input()
			field := input.Fields().ByName("retailer_id")
			if field == nil || field.Kind() != protoreflect.StringKind || field.Cardinality() == protoreflect.Repeated {
				t.Errorf("%s has no retailer_id", input.FullName())
			}
			walkMessages(input, map[protoreflect.FullName]bool{}, func(f protoreflect.FieldDescriptor) {
				if f.IsMap() {
					t.Errorf("%s is a map: teach walkText about it", f.FullName())
				}
			})
		}
	}
}

func walkMessages(
	m protoreflect.MessageDescriptor, seen map[protoreflect.FullName]bool, visit func(protoreflect.FieldDescriptor),
) {
	if seen[m.FullName()] {
		return
	}
	seen[m.FullName()] = true
	for i := range m.Fields().Len() {
		field := m.Fields().Get(i)
		visit(field)
		if field.Message() != nil {
			walkMessages(field.Message(), seen, visit)
		}
	}
}
