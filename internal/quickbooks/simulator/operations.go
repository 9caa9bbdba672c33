package simulator

import (
	"encoding/json"
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
	operationVoid   = "void"
)

// companyInfoObject and preferencesObject are what a company has one of.
func companyInfoObject() *object {
	return &object{
		name: objectCompanyInfo, write: writeCompanyInfo,
		changed: func(co *company, since int64) []any { return co.infoRevision.since(since, co.infoOnWire()) },
		read: func(co *company, id string) result {
			if id != co.realm && id != "1" {
				return refused(oneFault(codeNotFound, "", detailInactive))
			}
			return found(objectCompanyInfo, co.info())
		},
		query: func(co *company, q *statement) result {
			return querySingle(co, q, objectCompanyInfo, func() any { return []wire.CompanyInfo{*co.info()} })
		},
	}
}

func preferencesObject() *object {
	return &object{
		name: objectPreferences, bare: true, write: writePreferences,
		changed: func(co *company, since int64) []any {
			return co.preferencesRevision.since(since, co.preferencesOnWire())
		},
		read: func(co *company, _ string) result { return found(objectPreferences, co.preferences()) },
		query: func(co *company, q *statement) result {
			return querySingle(co, q, objectPreferences, func() any { return []wire.Preferences{*co.preferences()} })
		},
	}
}

// save is the way of every write, that of a request and that of a batch's item.
func (o *object) save(co *company, w *writing) result {
	if fault := co.lapsed(); fault != nil {
		return refused(fault)
	}
	return o.write(co, w)
}

// accountObject is the chart of accounts.
func accountObject() *object {
	return &object{
		name: objectAccount,
		read: func(co *company, id string) result {
			a, fault := co.readAccount(id)
			return foundOr(objectAccount, a, fault)
		},
		write:   writeAccount,
		query:   (*company).queryAccounts,
		changed: (*company).changedAccounts,
		rows:    accountRows, plural: "accounts", restore: restoreAccount,
	}
}

func writeAccount(co *company, w *writing) result {
	if fault := w.onlyUpserts(); fault != nil {
		return refused(fault)
	}
	var in accountInput
	if fault := decode(w.body, &in); fault != nil {
		return refused(fault)
	}
	a, fault := co.writeAccount(&in, w)
	return foundOr(objectAccount, a, fault)
}

// entryObject is the journal.
func entryObject() *object {
	return &object{
		name: objectJournalEntry,
		read: func(co *company, id string) result {
			e, fault := co.readEntry(id)
			return foundOr(objectJournalEntry, e, fault)
		},
		write:   writeEntry,
		query:   (*company).queryEntries,
		changed: (*company).changedEntries,
		rows:    entryRows, plural: "journal", restore: restoreEntry, reserve: reserveEntry,
	}
}

func writeEntry(co *company, w *writing) result {
	var in entryInput
	save := func() (*wire.JournalEntry, *wire.Fault) { return co.saveEntry(&in, w) }
	switch w.operation {
	case "", operationCreate, operationUpdate:
	case operationDelete:
		save = func() (*wire.JournalEntry, *wire.Fault) { return co.deleteEntry(&in, w.changes) }
	default:
		return refused(unsupportedOperation(w.operation)) // An entry cannot be voided.
	}
	if fault := decode(w.body, &in); fault != nil {
		return refused(fault)
	}
	e, fault := save()
	return foundOr(objectJournalEntry, e, fault)
}

// onlyUpserts is the fault of an operation that lists do not offer: their rows are made inactive, never deleted.
func (w *writing) onlyUpserts() *wire.Fault {
	switch w.operation {
	case "", operationCreate, operationUpdate:
		return nil
	}
	return unsupportedOperation(w.operation)
}

func unsupportedOperation(name string) *wire.Fault {
	return oneFault(codeUnsupported, "", "Operation %s is not supported.", clip(name))
}

// runQuery runs the statement of the query parameter, or of a body of type application/text.
func runQuery(s *Simulator, co *company, c *call) result {
	text := c.query.Get("query")
	if c.request.Method == http.MethodPost && text == "" {
		media, _, _ := mime.ParseMediaType(c.request.Header.Get("Content-Type"))
		if media != "application/text" {
			return refused(oneFault(codeQueryParse, "", "QueryParserError: null"))
		}
		text = string(c.body)
	}
	return s.query(co, text)
}

// query runs one statement of the query language.
func (s *Simulator) query(co *company, text string) result {
	q, err := parseQuery(text)
	if err != nil {
		return refused(oneFault(codeQueryParse, "", "%s", err.Error()))
	}
	if fault := q.checkPaging(); fault != nil {
		return refused(fault)
	}
	o := s.findObject(q.entity)
	if o == nil {
		return refused(invalidQuery("Metadata not found for Entity: %s", clip(q.entity)))
	}
	q.total = s.switches.is(SwitchPageTotal, switchOn)
	r := o.query(co, &q)
	if q.total && r.query != nil && r.query.count > 0 {
		r.query.total = &r.query.matched
	}
	return r
}

// runBatch runs the items of a batch one after the other. They are independent: one that fails changes nothing for the
// rest.
func runBatch(s *Simulator, co *company, c *call) result {
	items, fault := c.batchItems()
	if fault != nil {
		return refused(fault)
	}
	results := make([]itemResult, len(items))
	room := maxBatchObjects
	for i := range items {
		r := s.meetItem(co, c, &items[i])
		if room -= r.objects(); room < 0 && r.query != nil {
			room += r.objects()
			r = refused(oneFault(codeResultTooBig, "", "Result Set Big : a batch answers with at most %d objects",
				maxBatchObjects))
		}
		results[i] = itemResult{id: items[i].id, result: r}
	}
	return result{items: results}
}

// meetItem runs an item of a batch, unless a rule for faults has it otherwise.
func (s *Simulator) meetItem(co *company, c *call, item *batchItem) result {
	hit := s.faults.take(c, true, item.body)
	if hit == nil {
		return s.runItem(co, c, item)
	}
	c.metFault = hit.ID
	if hit.Rule.Stage == StageAfter {
		s.runItem(co, c, item)
	}
	return refused(hit.known.asFault())
}

func (s *Simulator) runItem(co *company, c *call, item *batchItem) result {
	if item.id == "" {
		return refused(oneFault(codeRequired, "bId", "Required parameter bId is missing in the request"))
	}
	if strings.EqualFold(item.object, objectQuery) {
		var statement text
		if err := json.Unmarshal(item.body, &statement); err != nil {
			return refused(oneFault(codeProperty, "", "Property Name: Query"))
		}
		return s.query(co, string(statement))
	}
	o := s.findObject(item.object)
	if o == nil || o.write == nil {
		return refused(oneFault(codeUnknownObject, "", "Invalid or unsupported object name : %s", clip(item.object)))
	}
	w := &writing{
		operation: fold(item.operation), include: includeWords(item.options), body: item.body, changes: &c.changes,
	}
	if w.operation == operationUpdate && w.includes(operationVoid) {
		w.operation = operationVoid // as the schema spells it in a batch
	}
	return o.save(co, w)
}
