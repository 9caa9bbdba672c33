package quickbooks

// words has what the retailer is told. It names no code and blames nobody; it says what will happen by itself, or
// else what to do and where.
func (c Cause) words() string {
	const byItself = " Nothing is lost, and it is tried again by itself."
	table := [...]string{
		CauseUnrecognized: "QuickBooks gave an answer that we do not know. We have to look at it; nothing is lost.",
		CauseNetwork:      "QuickBooks could not be reached." + byItself,
		CauseTimeout:      "QuickBooks did not answer in time." + byItself,
		CauseCanceled:     "The call to QuickBooks was stopped before it ended." + byItself,
		CauseServer:       "QuickBooks has a problem of its own at the moment." + byItself,
		CauseDecode:       "QuickBooks gave an answer that could not be read." + byItself,
		CauseRedirected: "The address of QuickBooks that is configured here sends us elsewhere. " +
			"We have to correct it; nothing is lost.",
		CauseThrottled:    "QuickBooks asks us to go slower. Posting goes on by itself in a minute.",
		CauseTokenExpired: "The connection to QuickBooks is being renewed. Posting goes on by itself.",
		CauseForbidden: "QuickBooks does not let us work with this company. We have to look at it; " +
			"if you disconnected the app in QuickBooks, connect again.",
		CauseGrantDead: "The connection to QuickBooks has ended. Connect again, as an administrator of the company; " +
			"everything that waits is posted then.",
		CauseClientRejected: "QuickBooks does not accept the keys of this service. We have to correct them; nothing is lost.",
		CauseUserNotAdmin: "The person who connected QuickBooks is no longer an administrator of the company. " +
			"Make that person an administrator again, or connect again as one.",
		CauseUserRemoved: "The person who connected QuickBooks does not belong to the company any more. " +
			"Connect again, as an administrator of the company; everything that waits is posted then.",
		CausePermission: "Your QuickBooks plan or user rights do not allow this. " +
			"Check the plan and the rights of the person who connected.",
		CauseSubscriptionLapsed: "Your QuickBooks subscription or trial has ended, so nothing can be added to the books. " +
			"Renew it in QuickBooks, then retry.",
		CauseCompanyUnavailable: "The QuickBooks company is locked or under maintenance at the moment." + byItself,
		CausePeriodClosed: "The books are closed for this date in QuickBooks. " +
			"Move or remove the closing date there, then retry, or skip the event.",
		CauseDuplicateDocNumber: "QuickBooks already has an entry with this journal number. " +
			"Check whether that entry is the same; if not, change its number in QuickBooks and retry.",
		CauseDuplicateName: "QuickBooks already has an account with this name, perhaps an inactive one. " +
			"Use that account, or choose another name.",
		CauseDuplicateRequestID: "QuickBooks says that it has had this request before. " +
			"Whether the entry is in the books is being checked; nothing is posted twice.",
		CauseAccountNotFound: "An account that this entry posts to, or a location, class or name on it, is not in QuickBooks. " +
			"Import the accounts again, correct the mapping, then retry.",
		CauseAccountInactive: "An account that this entry posts to, or a name on it, was made inactive in QuickBooks. " +
			"Make it active there, or map to another one, then retry.",
		CauseUnbalanced:   "QuickBooks found the debits and credits of this entry unequal. We have to look at it.",
		CauseBusinessRule: "A rule in QuickBooks does not allow this. See the message of QuickBooks, correct it, then retry.",
		CauseSavedAllTheSame: "QuickBooks reported an error but may have saved the entry. " +
			"This is being settled by itself; nothing is posted twice.",
		CauseInvalidRequest: "QuickBooks could not read what we sent. We have to look at it; nothing is lost.",
		CauseStaleObject:    "Somebody changed this in QuickBooks at the same moment. We have to look at it.",
		CauseNotFound:       "QuickBooks does not have what was asked for. We have to look at it.",
	}
	if int(c) >= len(table) {
		c = CauseUnrecognized
	}
	return table[c]
}
