package simulator

import (
	"mime"
	"net/http"
	"strings"

	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// The values of the operation parameter, and of a batch item's operation. None is a create, or an update where the
// body says so.
const (
	operationCreate = "create"
	operationUpdate = "update"
	operationDelete = "delete"
)

func readCompanyInfo(_ *Simulator, co *company, _ *call, id string) result {
	if id != co.realm && id != "1" {
		return result{Fault: oneFault(codeNotFound, "", detailInactive)}
	}
	return result{CompanyInfo: co.info()}
}

func readPreferences(_ *Simulator, co *company, _ *call, _ string) result {
	return result{Preferences: co.preferences()}
}

func readAccount(_ *Simulator, co *company, _ *call, id string) result {
	a, fault := co.readAccount(id)
	return result{Account: a, Fault: fault}
}

func writeAccount(_ *Simulator, co *company, c *call, _ string) result {
	switch name := c.query.Get("operation"); name {
	case "", operationCreate, operationUpdate:
	default:
		return result{Fault: unsupportedOperation(name)}
	}
	var in accountInput
	if fault := decode(c.body, &in); fault != nil {
		return result{Fault: fault}
	}
	a, fault := co.writeAccount(in)
	return result{Account: a, Fault: fault}
}

func readEntry(_ *Simulator, co *company, _ *call, id string) result {
	e, fault := co.readEntry(id)
	return result{JournalEntry: e, Fault: fault}
}

func createEntry(_ *Simulator, co *company, c *call, _ string) result {
	switch name := c.query.Get("operation"); name {
	case "", operationCreate:
	default:
		return result{Fault: unsupportedOperation(name)}
	}
	var in entryInput
	if fault := decode(c.body, &in); fault != nil {
		return result{Fault: fault}
	}
	e, fault := co.createEntry(&in, allowsDuplicate(c.query["include"]))
	return result{JournalEntry: e, Fault: fault}
}

func deleteEntry(_ *Simulator, co *company, c *call, _ string) result {
	var in entryInput
	if fault := decode(c.body, &in); fault != nil {
		return result{Fault: fault}
	}
	e, fault := co.deleteEntry(in)
	return result{JournalEntry: e, Fault: fault}
}

// allowsDuplicate says whether the include parameter overrides WarnDuplicateJournalNumber. It may be repeated or hold
// a list.
func allowsDuplicate(include []string) bool {
	for _, list := range include {
		for word := range strings.SplitSeq(list, ",") {
			if strings.EqualFold(strings.TrimSpace(word), "allowduplicatedocnum") {
				return true
			}
		}
	}
	return false
}

func unsupportedOperation(name string) *wire.Fault {
	return oneFault(codeUnsupported, "", "Operation %s is not supported.", clip(name))
}

// runQuery runs the statement of the query parameter, or of a body of type application/text.
func runQuery(_ *Simulator, co *company, c *call, _ string) result {
	text := c.query.Get("query")
	if c.request.Method == http.MethodPost && text == "" {
		media, _, _ := mime.ParseMediaType(c.request.Header.Get("Content-Type"))
		if media != "application/text" {
			return result{Fault: oneFault(codeQueryParse, "", "QueryParserError: null")}
		}
		text = string(c.body)
	}
	response, fault := co.query(text)
	return result{QueryResponse: response, Fault: fault}
}
