package simulator

import "strings"

// Kind says what a request asks for.
type Kind string

// The kinds of request that the simulator tells apart.
const (
	KindDiscovery     Kind = "discovery"
	KindAuthorize     Kind = "authorize" // the consent page and the decision taken on it
	KindToken         Kind = "token"     // exchange and refresh
	KindRevoke        Kind = "revoke"
	KindUserInfo      Kind = "userinfo"
	KindKeys          Kind = "jwks" // the keys that id tokens are signed with
	KindCompanyInfo   Kind = "companyinfo.read"
	KindPreferences   Kind = "preferences.read"
	KindQuery         Kind = "query"
	KindChanges       Kind = "cdc"
	KindAccountRead   Kind = "account.read"
	KindAccountWrite  Kind = "account.write" // create and update, which the body tells apart
	KindEntryRead     Kind = "journalentry.read"
	KindEntryWrite    Kind = "journalentry.write"
	KindEntryDelete   Kind = "journalentry.delete"
	KindBatch         Kind = "batch"
	KindUnknownObject Kind = "unknown" // a path under /v3/company/ that is nothing
)

// What is done to an object, as the second half of a Kind.
const (
	actionRead  = "read"
	actionWrite = "write"
)

// kind returns the Kind of a request about an object: "account.write". An operation that is not a create or an update has
// a kind of its own.
func (o *object) kind(action string) Kind {
	switch action {
	case "", operationCreate, operationUpdate:
		action = actionWrite
	}
	return Kind(fold(o.name) + "." + action)
}

// reads says whether a request of this kind reads books, so that Intuit meters it as CorePlus. A batch is what its items
// are.
func (k Kind) reads() bool {
	return k == KindQuery || k == KindChanges || strings.HasSuffix(string(k), "."+actionRead)
}

// writes says whether a request of this kind changes books, so that Intuit meters it as Core.
func (k Kind) writes() bool { return strings.Contains(string(k), ".") && !k.reads() }
