package quickbooks

// Cause says why a call failed. The set is closed: callers decide by it, never by a text, because Intuit's texts are
// localized and drift.
type Cause uint8

// The causes. The comment on each names the codes and answers that lead to it; Facts has what follows from it.
const (
	// CauseUnrecognized is an answer that fits nothing known. Nothing is assumed of it.
	CauseUnrecognized Cause = iota
	// CauseNetwork is a connection that could not be made, or broke.
	CauseNetwork
	// CauseTimeout is a call that reached its deadline, or HTTP 408.
	CauseTimeout
	// CauseCanceled is a call that the caller gave up.
	CauseCanceled
	// CauseServer is a failure inside Intuit: HTTP 5xx with any body, code 10000 and its neighbours.
	CauseServer
	// CauseDecode is an answer that is too large, cut off, not JSON, or lacks what it must have.
	CauseDecode
	// CauseRedirected is a redirect, which is never followed: a token must not leave for another address.
	CauseRedirected
	// CauseThrottled is HTTP 429 or code 3001.
	CauseThrottled
	// CauseTokenExpired is HTTP 401 or code 3200: the access token is expired, revoked or broken.
	CauseTokenExpired
	// CauseForbidden is HTTP 403, code 3100 or 3201: the token does not fit the company or the environment.
	CauseForbidden
	// CauseGrantDead is invalid_grant: the refresh token or the authorization code is of no use any more.
	CauseGrantDead
	// CauseClientRejected is invalid_client and its kin: the app's own keys are refused.
	CauseClientRejected
	// CauseUserNotAdmin is code 120: the person who connected is no longer an administrator of the company.
	CauseUserNotAdmin
	// CauseUserRemoved is invalid_grant with the reason user_not_in_realm: the person who connected was removed from the
	// company, which ends the grant as well.
	CauseUserRemoved
	// CausePermission is code 5020 or 5030: a right, or a feature of the company's plan, is missing.
	CausePermission
	// CauseSubscriptionLapsed is code 6190: the company may be read but not written to.
	CauseSubscriptionLapsed
	// CauseCompanyUnavailable is code 130, 140 or 150: the company is locked, moved or under maintenance.
	CauseCompanyUnavailable
	// CausePeriodClosed is code 6200 or 6210: the date lies in a closed period.
	CausePeriodClosed
	// CauseDuplicateDocNumber is code 6140: a document with this number exists; Error.ExistingID may say which.
	CauseDuplicateDocNumber
	// CauseDuplicateName is code 6240: an account, or another row of a list, has this name; Error.ExistingID may say which.
	CauseDuplicateName
	// CauseDuplicateRequestID is code 600: the requestid was used before, and the first answer is not repeated.
	CauseDuplicateRequestID
	// CauseAccountNotFound is code 2500: an account, or another object that is pointed at, does not exist.
	CauseAccountNotFound
	// CauseAccountInactive is code 610 on a create or an update: something that is pointed at was made inactive or
	// deleted. On an update it may also be the entry itself that is gone, which reading it tells.
	CauseAccountInactive
	// CauseUnbalanced is code 2300: debits and credits differ.
	CauseUnbalanced
	// CauseBusinessRule is code 6000, 6180, 6430 or 6540: a rule of QuickBooks, told in Error.Detail.
	CauseBusinessRule
	// CauseSavedAllTheSame is code 6000 with the one text that comes although the entry may have been saved, or as a
	// SystemFault.
	CauseSavedAllTheSame
	// CauseInvalidRequest is a request that QuickBooks cannot read: codes 2000 to 2999, 4000 to 4999 and others.
	CauseInvalidRequest
	// CauseStaleObject is code 5010: the object was changed by somebody else meanwhile.
	CauseStaleObject
	// CauseNotFound is HTTP 404, or code 610 on a read or a delete.
	CauseNotFound
)

// Outcome says what became of a write that failed. The zero value is the careful one.
type Outcome uint8

// The outcomes.
const (
	// OutcomeUnknown means that the write may have been committed. Only the same stored request may be sent again.
	OutcomeUnknown Outcome = iota
	// OutcomeNotCommitted means that nothing was written. It is also the outcome of every failed read.
	OutcomeNotCommitted
)

// String returns "unknown" or "not_committed".
func (o Outcome) String() string {
	if o == OutcomeNotCommitted {
		return "not_committed"
	}
	return "unknown"
}

// Actor says who has to do something before a failed call can succeed.
type Actor uint8

// The actors.
const (
	// ActorNobody means that it passes by itself, or is settled by this service.
	ActorNobody Actor = iota
	// ActorRetailer means that the retailer has to change something in QuickBooks or in its mapping.
	ActorRetailer
	// ActorOperator means that whoever runs this service has to look at it.
	ActorOperator
)

// String returns "nobody", "retailer" or "operator".
func (a Actor) String() string {
	switch a {
	case ActorRetailer:
		return "retailer"
	case ActorOperator:
		return "operator"
	case ActorNobody:
		return "nobody"
	default:
		return "nobody"
	}
}

// Facts says what follows from a cause.
type Facts struct {
	// Name is the stable name of the cause in lower case, fit for storing: "period_closed".
	Name string
	// Transient means that the same call may succeed later although nobody changed anything; for CauseTokenExpired,
	// with a fresh access token.
	Transient bool
	// Outcome is that of a write whose request reached Intuit. Error.Outcome has the outcome of the very call, which is
	// better when no connection was made, and worse when the answer came as HTTP 5xx.
	Outcome Outcome
	// Actor has to act before it can succeed.
	Actor Actor
	// Reconnect means that the grant is dead: no refresh helps any more, only a new consent of the retailer.
	Reconnect bool
	// Words tell the retailer in plain language what happened and what to do.
	Words string
	// rank orders the causes when one fault carries several codes: the highest wins.
	rank uint8
}

// Ranks of causes within one fault. What makes the outcome unknown beats everything; what concerns the connection
// beats what concerns the one entry; what says precisely what is wrong beats what says only that something is.
const (
	rankNone uint8 = iota
	rankVague
	rankRule
	rankPrecise
	rankConnection
	rankUnsure
)

// Facts returns what follows from the cause. A value outside the set counts as CauseUnrecognized.
func (c Cause) Facts() Facts {
	const (
		again, never         = true, false
		unknown, notDone     = OutcomeUnknown, OutcomeNotCommitted
		none, retailer, oper = ActorNobody, ActorRetailer, ActorOperator
	)
	table := [...]Facts{
		CauseUnrecognized:       {Name: "unrecognized", Transient: never, Outcome: unknown, Actor: oper, rank: rankNone},
		CauseNetwork:            {Name: "network", Transient: again, Outcome: unknown, Actor: none, rank: rankUnsure},
		CauseTimeout:            {Name: "timeout", Transient: again, Outcome: unknown, Actor: none, rank: rankUnsure},
		CauseCanceled:           {Name: "canceled", Transient: again, Outcome: unknown, Actor: none, rank: rankUnsure},
		CauseServer:             {Name: "server", Transient: again, Outcome: unknown, Actor: none, rank: rankUnsure},
		CauseDecode:             {Name: "decode", Transient: again, Outcome: unknown, Actor: none, rank: rankUnsure},
		CauseRedirected:         {Name: "redirected", Transient: never, Outcome: unknown, Actor: oper, rank: rankUnsure},
		CauseThrottled:          {Name: "throttled", Transient: again, Outcome: notDone, Actor: none, rank: rankConnection},
		CauseTokenExpired:       {Name: "token_expired", Transient: again, Outcome: notDone, Actor: none, rank: rankConnection},
		CauseForbidden:          {Name: "forbidden", Transient: never, Outcome: notDone, Actor: oper, rank: rankConnection},
		CauseGrantDead:          {Name: "grant_dead", Transient: never, Outcome: notDone, Actor: retailer, rank: rankConnection},
		CauseClientRejected:     {Name: "client_rejected", Transient: never, Outcome: notDone, Actor: oper, rank: rankConnection},
		CauseUserNotAdmin:       {Name: "user_not_admin", Transient: never, Outcome: notDone, Actor: retailer, rank: rankConnection},
		CauseUserRemoved:        {Name: "user_removed", Transient: never, Outcome: notDone, Actor: retailer, rank: rankConnection},
		CausePermission:         {Name: "permission", Transient: never, Outcome: notDone, Actor: retailer, rank: rankConnection},
		CauseSubscriptionLapsed: {Name: "subscription_lapsed", Transient: never, Outcome: notDone, Actor: retailer, rank: rankConnection},
		CauseCompanyUnavailable: {Name: "company_unavailable", Transient: again, Outcome: notDone, Actor: none, rank: rankConnection},
		CausePeriodClosed:       {Name: "period_closed", Transient: never, Outcome: notDone, Actor: retailer, rank: rankPrecise},
		CauseDuplicateDocNumber: {Name: "duplicate_doc_number", Transient: never, Outcome: notDone, Actor: retailer, rank: rankPrecise},
		CauseDuplicateName:      {Name: "duplicate_name", Transient: never, Outcome: notDone, Actor: retailer, rank: rankPrecise},
		CauseDuplicateRequestID: {Name: "duplicate_request_id", Transient: never, Outcome: unknown, Actor: none, rank: rankUnsure},
		CauseAccountNotFound:    {Name: "account_not_found", Transient: never, Outcome: notDone, Actor: retailer, rank: rankPrecise},
		CauseAccountInactive:    {Name: "account_inactive", Transient: never, Outcome: notDone, Actor: retailer, rank: rankPrecise},
		CauseUnbalanced:         {Name: "unbalanced", Transient: never, Outcome: notDone, Actor: oper, rank: rankPrecise},
		CauseBusinessRule:       {Name: "business_rule", Transient: never, Outcome: notDone, Actor: retailer, rank: rankRule},
		CauseSavedAllTheSame:    {Name: "saved_all_the_same", Transient: again, Outcome: unknown, Actor: none, rank: rankUnsure},
		CauseInvalidRequest:     {Name: "invalid_request", Transient: never, Outcome: notDone, Actor: oper, rank: rankVague},
		CauseStaleObject:        {Name: "stale_object", Transient: never, Outcome: notDone, Actor: oper, rank: rankPrecise},
		CauseNotFound:           {Name: "not_found", Transient: never, Outcome: notDone, Actor: oper, rank: rankVague},
	}
	if int(c) >= len(table) {
		c = CauseUnrecognized
	}
	facts := table[c]
	facts.Reconnect = c == CauseGrantDead || c == CauseUserRemoved
	facts.Words = c.words()
	return facts
}

// String returns the stable name of the cause: "period_closed".
func (c Cause) String() string { return c.Facts().Name }
