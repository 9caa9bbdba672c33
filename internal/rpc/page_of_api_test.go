package rpc_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/rpc"
)

func apiPage(t *testing.T) string {
	t.Helper()
	return string(must(os.ReadFile(filepath.Join("..", "..", "docs", "api.md")))(t))
}

// docs/api.md tells of every RPC, with the scope that the server demands.
func TestThePageTellsEveryScope(t *testing.T) {
	t.Parallel()
	page := apiPage(t)
	for _, service := range services() {
		for i := range service.Methods().Len() {
			name := service.Methods().Get(i).Name()
			procedure := fmt.Sprintf("/%s/%s", service.FullName(), name)
			scope, _ := rpc.ScopeOf(procedure)
			if want := fmt.Sprintf("\n### %s\n\n`%s` · scope `%s` · ", name, procedure, scope); !strings.Contains(page, want) {
				t.Errorf("docs/api.md lacks %q", want)
			}
		}
	}
}

// The table of errors in docs/api.md has every reason that this package knows and no other, each with its code.
func TestThePageTellsEveryReason(t *testing.T) {
	t.Parallel()
	told := map[string]string{}
	row := regexp.MustCompile("(?m)^\\| `([A-Z_]+)` \\| `?([A-Za-z_]+)`? \\| [^|]+ \\|$")
	for _, match := range row.FindAllStringSubmatch(apiPage(t), -1) {
		told[match[1]] = match[2]
	}
	for reason, code := range answeredReasons(t) {
		if told[reason] != code {
			t.Errorf("docs/api.md says %q of %s; the server answers %q", told[reason], reason, code)
		}
		delete(told, reason)
	}
	for reason := range told {
		t.Errorf("docs/api.md tells of %s, which the server never answers", reason)
	}
}

// answeredReasons finds the reasons in the package's source, and the codes that stand beside them.
func answeredReasons(t *testing.T) map[string]string {
	t.Helper()
	var source strings.Builder
	for _, name := range must(filepath.Glob("*.go"))(t) {
		if !strings.HasSuffix(name, "_test.go") {
			source.Write(must(os.ReadFile(name))(t))
		}
	}
	beside := map[string]string{}
	pair := regexp.MustCompile(`(?:connect\.Code(\w+)|precondition),\s+(reason\w+)`)
	for _, match := range pair.FindAllStringSubmatch(source.String(), -1) {
		code := match[1]
		if code == "" {
			code = "FailedPrecondition"
		}
		words := regexp.MustCompile(`\B([A-Z])`).ReplaceAllString(code, "_$1")
		beside[match[2]] = strings.ToUpper(words)
	}
	// These get their codes where no literal stands beside them: from the transport, or for a mapping that is refused.
	beside["reasonProtocolError"], beside["reasonRequestTooLarge"] = "any", "RESOURCE_EXHAUSTED"
	reasons := map[string]string{}
	for _, reason := range []ledger.Reason{
		ledger.ReasonAccountTypeRefused, ledger.ReasonAccountDeleted, ledger.ReasonAccountInactive,
	} {
		reasons[reason.String()] = "FAILED_PRECONDITION"
	}
	constant := regexp.MustCompile(`(?m)^\t(reason\w+)\s+= "([A-Z_]+)"$`)
	for _, match := range constant.FindAllStringSubmatch(source.String(), -1) {
		reasons[match[2]] = beside[match[1]]
	}
	return reasons
}
