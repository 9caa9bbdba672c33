// Package architecture_test holds the house together: it owns the table of which package of this module may import
// which, and fails when a file, tests included, breaks it. Imports point down only, from the server to the ledger, so
// that the accounting can be read and tested alone, and the demo can check the books without the code that made them.
// It reads import clauses only; it never builds or runs what it reads.
package architecture_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// module is the path of this module, which begins every import of one of its packages.
const module = "github.com/tillpost/tillpost"

// gen stands for every generated package under gen/go.
const gen = "gen/go"

// rule says what a package may import.
type rule struct {
	// ours lists packages of this module, by their folder; gen allows all generated ones.
	ours []string
	// inTests lists what its tests may import besides. A package's own folder and the test support are always allowed.
	inTests []string
	// alone allows no package of anybody else than the standard library, except in tests.
	alone bool
	// support allows test support outside of tests, in a program that is no part of the product.
	support bool
}

// rules returns the rule of every folder that holds Go code written by hand. A new package needs a line here, and one
// under depguard in .golangci.yml, which shows the same in an editor.
func rules() map[string]rule {
	return map[string]rule{
		"internal/ledger":          {alone: true},
		"internal/quickbooks/wire": {alone: true},
		"internal/seal":            {ours: []string{"internal/ledger"}},
		"internal/store":           {ours: []string{"internal/ledger"}},
		"internal/suggest":         {ours: []string{"internal/ledger"}},
		"internal/quickbooks": {
			ours:    []string{"internal/ledger", "internal/quickbooks/wire"},
			inTests: []string{"internal/quickbooks/simulator"},
		},
		"internal/quickbooks/simulator": {ours: []string{"internal/quickbooks/wire"}},
		"internal/posting": {
			ours: []string{
				"internal/ledger", "internal/quickbooks", "internal/quickbooks/wire", "internal/seal", "internal/store",
				"internal/suggest",
			},
			inTests: []string{"internal/quickbooks/simulator"},
		},
		"internal/rpc": {
			ours: []string{
				gen, "internal/ledger", "internal/posting", "internal/quickbooks", "internal/seal", "internal/store",
				"internal/suggest",
			},
			inTests: []string{"internal/demo", "internal/quickbooks/simulator", "internal/quickbooks/wire"},
		},
		"internal/app": {
			ours: []string{
				gen, "client/console", "internal/ledger", "internal/posting", "internal/quickbooks",
				"internal/quickbooks/simulator", "internal/rpc", "internal/seal", "internal/store",
			},
			inTests: []string{"client"},
		},
		// Not the ledger and not the posting: the demo's check of the books has to be independent of them.
		"internal/demo": {ours: []string{gen, "client", "internal/app", "internal/quickbooks/simulator"}},
		"client":        {ours: []string{gen}},
		// It hands out files and knows nothing of what the page does.
		"client/console": {alone: true},
		// The simulator and the migrations are commands of their own.
		"server": {
			ours: []string{
				gen, "client", "internal/app", "internal/demo", "internal/quickbooks/simulator", "internal/store",
			},
			inTests: []string{"internal/quickbooks/wire"},
		},
		// It reads descriptors, and knows no more of the API than they say.
		"internal/apidoc": {inTests: []string{gen}},
		// It measures from outside: the server as a process, the simulator through its admin API.
		"internal/bench": {ours: []string{gen, "client"}, support: true},
		// Test support, and this test.
		"internal/postgrestest":    {},
		"internal/store/storetest": {ours: []string{"internal/ledger", "internal/store"}},
		"internal/architecture":    {},
	}
}

// testSupport returns the packages that only tests, measurements and each other may import.
func testSupport() []string {
	return []string{"internal/postgrestest", "internal/store/storetest"}
}

// clientLibraries returns the module paths that the client may pull into the programs of those who use it.
func clientLibraries() []string {
	return []string{
		"buf.build/gen/go", "connectrpc.com", "golang.org/x/net", "google.golang.org/genproto", "google.golang.org/grpc",
		"google.golang.org/protobuf",
	}
}

// clause is one import in one file.
type clause struct {
	file     string // relative to the root, with slashes
	imported string // the path as written
}

func (c clause) folder() string { return path.Dir(c.file) }
func (c clause) inTest() bool   { return strings.HasSuffix(c.file, "_test.go") }

func TestImportsPointDown(t *testing.T) {
	t.Parallel()
	clauses := readImports(t)
	if len(clauses) == 0 {
		t.Fatal("no import was found: this test looks in the wrong place")
	}
	for _, c := range clauses {
		if reason := broken(c); reason != "" {
			t.Errorf("%s imports %s: %s", c.file, c.imported, reason)
		}
	}
}

// The table is only worth something if it refuses what it should.
func TestRulesRefuse(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		clause clause
		ok     bool
	}{
		"down":                         {clause{"internal/rpc/a.go", module + "/internal/ledger"}, true},
		"up":                           {clause{"internal/ledger/a.go", module + "/internal/store"}, false},
		"up in a test":                 {clause{"internal/ledger/a_test.go", module + "/internal/store"}, false},
		"sideways":                     {clause{"internal/store/a.go", module + "/internal/quickbooks"}, false},
		"a package's own tests":        {clause{"internal/ledger/a_test.go", module + "/internal/ledger"}, true},
		"library in the ledger":        {clause{"internal/ledger/a.go", "golang.org/x/sync/errgroup"}, false},
		"library in a ledger test":     {clause{"internal/ledger/a_test.go", "pgregory.net/rapid"}, true},
		"standard library":             {clause{"internal/ledger/a.go", "encoding/json"}, true},
		"protos in the engine":         {clause{"internal/posting/a.go", module + "/gen/go/tillpost/financial/v1"}, false},
		"protos in the handlers":       {clause{"internal/rpc/a.go", module + "/gen/go/tillpost/financial/v1"}, true},
		"ledger in the demo":           {clause{"internal/demo/a.go", module + "/internal/ledger"}, false},
		"client in the simulator":      {clause{"internal/quickbooks/simulator/a.go", module + "/internal/quickbooks"}, false},
		"simulator in the engine":      {clause{"internal/posting/a.go", module + "/internal/quickbooks/simulator"}, false},
		"simulator in an engine test":  {clause{"internal/posting/a_test.go", module + "/internal/quickbooks/simulator"}, true},
		"test support in production":   {clause{"internal/app/a.go", module + "/internal/postgrestest"}, false},
		"test support in a test":       {clause{"internal/app/a_test.go", module + "/internal/postgrestest"}, true},
		"test support in test support": {clause{"internal/store/storetest/a.go", module + "/internal/postgrestest"}, true},
		"test support in measurements": {clause{"internal/bench/a.go", module + "/internal/postgrestest"}, true},
		"the engine in measurements":   {clause{"internal/bench/a.go", module + "/internal/posting"}, false},
		"database library in client":   {clause{"client/a.go", "github.com/lib/pq"}, false},
		"connect in client":            {clause{"client/a.go", "connectrpc.com/connect/v2"}, true},
		"a package without a rule":     {clause{"internal/util/a.go", "fmt"}, false},
	} {
		if reason := broken(test.clause); (reason == "") != test.ok {
			t.Errorf("%s: allowed is %v, want %v (%s)", name, !test.ok, test.ok, reason)
		}
	}
}

// broken says which rule an import breaks, or nothing.
func broken(c clause) string {
	r, known := rules()[c.folder()]
	if !known {
		return "the folder has no rule; give it its place in the table of this test and in .golangci.yml"
	}
	ours, own := strings.CutPrefix(c.imported, module+"/")
	switch {
	case own:
		return brokenByOurs(c, r, ours)
	case isStandard(c.imported) || c.inTest():
		return ""
	case r.alone:
		return "this package stands on the standard library alone"
	case c.folder() == "client" && !slices.ContainsFunc(clientLibraries(), func(l string) bool { return within(c.imported, l) }):
		return "the client brings only the API's libraries into other people's programs"
	default:
		return ""
	}
}

// brokenByOurs judges the import of a package of this module, named by its folder.
func brokenByOurs(c clause, r rule, imported string) string {
	if slices.Contains(testSupport(), imported) {
		if c.inTest() || r.support || slices.Contains(testSupport(), c.folder()) {
			return ""
		}
		return "test support is for tests only"
	}
	if within(imported, gen) {
		imported = gen
	}
	switch {
	case slices.Contains(r.ours, imported):
		return ""
	case c.inTest() && (imported == c.folder() || slices.Contains(r.inTests, imported)):
		return ""
	default:
		return "imports point down only; see docs/architecture.md"
	}
}

// isStandard tells whether an import path belongs to the standard library: the first element has no dot.
func isStandard(imported string) bool {
	first, _, _ := strings.Cut(imported, "/")
	return !strings.Contains(first, ".")
}

// within tells whether a slash-separated path is root or lies under it.
func within(name, root string) bool {
	return name == root || strings.HasPrefix(name, root+"/")
}

// readImports returns every import of every Go file written by hand in this module.
func readImports(t *testing.T) []clause {
	t.Helper()
	root := os.DirFS(filepath.Join("..", ".."))
	var clauses []clause
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && foreign(root, name):
			return fs.SkipDir
		case entry.IsDir() || path.Ext(name) != ".go":
			return nil
		}
		clauses = append(clauses, importsOf(t, root, name)...)
		return nil
	})
	if err != nil {
		t.Fatalf("read the sources of the module: %v", err)
	}
	return clauses
}

// foreign tells whether a folder holds no Go code of ours: generated, fetched, hidden, or a module of its own.
func foreign(root fs.FS, folder string) bool {
	if folder == "." {
		return false
	}
	base := path.Base(folder)
	if folder == "gen" || base == "node_modules" || base == "third_party" || base == "testdata" || base[0] == '.' || base[0] == '_' {
		return true
	}
	_, err := fs.Stat(root, path.Join(folder, "go.mod"))
	return err == nil
}

func importsOf(t *testing.T, root fs.FS, name string) []clause {
	t.Helper()
	source, err := fs.ReadFile(root, name)
	if err != nil {
		t.Fatalf("read %s: %v", name, err)
	}
	file, err := parser.ParseFile(token.NewFileSet(), name, source, parser.ImportsOnly)
	if err != nil {
		t.Fatalf("parse %s: %v", name, err)
	}
	clauses := make([]clause, 0, len(file.Imports))
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatalf("parse an import of %s: %v", name, err)
		}
		clauses = append(clauses, clause{file: name, imported: imported})
	}
	return clauses
}
