package simulator

// Kind says what a request asks for.
type Kind string

// The kinds of request that the simulator tells apart.
const (
	KindDiscovery     Kind = "discovery"
	KindAuthorize     Kind = "authorize" // the consent page and the decision taken on it
	KindToken         Kind = "token"     // exchange and refresh
	KindRevoke        Kind = "revoke"
	KindCompanyInfo   Kind = "companyinfo"
	KindPreferences   Kind = "preferences"
	KindQuery         Kind = "query"
	KindAccountRead   Kind = "account.read"
	KindAccountWrite  Kind = "account.write" // create and update, told apart by the body
	KindEntryRead     Kind = "journalentry.read"
	KindEntryCreate   Kind = "journalentry.create"
	KindEntryDelete   Kind = "journalentry.delete"
	KindBatch         Kind = "batch"
	KindUnknownObject Kind = "unknown" // a path under /v3/company/ that is nothing
)

// writes says whether a request of this kind changes books: Intuit meters those as Core, reads as CorePlus, and does
// not meter the rest. A batch is what its items are.
func (k Kind) writes() bool {
	switch k {
	case KindAccountWrite, KindEntryCreate, KindEntryDelete:
		return true
	case KindDiscovery, KindAuthorize, KindToken, KindRevoke, KindCompanyInfo, KindPreferences, KindQuery,
		KindAccountRead, KindEntryRead, KindBatch, KindUnknownObject:
	}
	return false
}

// reads says whether a request of this kind reads books.
func (k Kind) reads() bool {
	switch k {
	case KindCompanyInfo, KindPreferences, KindQuery, KindAccountRead, KindEntryRead:
		return true
	case KindDiscovery, KindAuthorize, KindToken, KindRevoke, KindAccountWrite, KindEntryCreate, KindEntryDelete,
		KindBatch, KindUnknownObject:
	}
	return false
}
