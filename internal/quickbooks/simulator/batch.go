package simulator

import (
	"encoding/json"
	"strings"

	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// batchItem is one operation of a batch. object is the name of the property that holds what it works on, body that
// property's value.
type batchItem struct {
	id        string
	operation string
	options   string
	object    string
	body      json.RawMessage
}

// batchItems reads the items of a batch, once per request: the key of its replay needs them before it runs.
func (c *call) batchItems() ([]batchItem, *wire.Fault) {
	if c.items != nil {
		return c.items, nil
	}
	items, fault := readBatch(c.body)
	if fault != nil {
		return nil, fault
	}
	for _, item := range items {
		if item.object == objectQuery {
			c.batchReads++
		} else {
			c.batchWrites++
		}
	}
	c.items = items
	return items, nil
}

// readBatch reads the items of a batch without looking into what they work on.
func readBatch(body []byte) ([]batchItem, *wire.Fault) {
	var request struct {
		Items []map[string]json.RawMessage `json:"BatchItemRequest"`
	}
	if fault := decode(body, &request); fault != nil {
		return nil, fault
	}
	if len(request.Items) == 0 {
		return nil, oneFault(codeRequired, "BatchItemRequest",
			"Required parameter BatchItemRequest is missing in the request")
	}
	if len(request.Items) > wire.MaxBatchItems {
		return nil, oneFault(codeBatchTooBig, "", "Batch size exceeds allowed limit : %d items, at most %d are allowed",
			len(request.Items), wire.MaxBatchItems)
	}
	items := make([]batchItem, len(request.Items))
	for i, properties := range request.Items {
		item, fault := readBatchItem(properties)
		if fault != nil {
			return nil, fault
		}
		items[i] = item
	}
	return items, nil
}

func readBatchItem(properties map[string]json.RawMessage) (batchItem, *wire.Fault) {
	var item batchItem
	for name, value := range properties {
		var err error
		switch name {
		case "bId":
			err = (*text)(&item.id).UnmarshalJSON(value)
		case "operation":
			err = (*text)(&item.operation).UnmarshalJSON(value)
		case "optionsData":
			err = (*text)(&item.options).UnmarshalJSON(value)
		default:
			if item.object != "" {
				return item, oneFault(codeProperty, "", "Property Name: %s", clip(name))
			}
			item.object, item.body = name, value
		}
		if err != nil {
			return item, oneFault(codeProperty, "", "Property Name: %s", clip(name))
		}
	}
	return item, nil
}

// runBatch runs the items of a batch one after the other. They are independent: one that fails changes nothing for the
// rest.
func runBatch(_ *Simulator, co *company, c *call, _ string) result {
	items, fault := c.batchItems()
	if fault != nil {
		return result{Fault: fault}
	}
	responses := make([]wire.BatchItemResponse, len(items))
	for i := range items {
		responses[i] = co.runItem(&items[i])
		responses[i].BID = items[i].id
	}
	return result{BatchItems: responses}
}

func (c *company) runItem(item *batchItem) wire.BatchItemResponse {
	switch item.object {
	case objectQuery:
		return c.queryItem(item)
	case objectJournalEntry:
		return c.entryItem(item)
	case objectAccount:
		return c.accountItem(item)
	}
	return wire.BatchItemResponse{
		Fault: oneFault(codeUnknownObject, "", "Invalid or unsupported object name : %s", clip(item.object)),
	}
}

func (c *company) queryItem(item *batchItem) wire.BatchItemResponse {
	var statement text
	if err := statement.UnmarshalJSON(item.body); err != nil {
		return wire.BatchItemResponse{Fault: oneFault(codeProperty, "", "Property Name: Query")}
	}
	response, fault := c.query(string(statement))
	return wire.BatchItemResponse{QueryResponse: response, Fault: fault}
}

func (c *company) entryItem(item *batchItem) wire.BatchItemResponse {
	var in entryInput
	if fault := decode(item.body, &in); fault != nil {
		return wire.BatchItemResponse{Fault: fault}
	}
	switch strings.ToLower(item.operation) {
	case "", operationCreate:
		e, fault := c.createEntry(&in, allowsDuplicate([]string{item.options}))
		return wire.BatchItemResponse{JournalEntry: e, Fault: fault}
	case operationDelete:
		e, fault := c.deleteEntry(in)
		return wire.BatchItemResponse{JournalEntry: e, Fault: fault}
	}
	return wire.BatchItemResponse{Fault: unsupportedOperation(item.operation)}
}

func (c *company) accountItem(item *batchItem) wire.BatchItemResponse {
	var in accountInput
	if fault := decode(item.body, &in); fault != nil {
		return wire.BatchItemResponse{Fault: fault}
	}
	switch strings.ToLower(item.operation) {
	case "", operationCreate, operationUpdate:
		a, fault := c.writeAccount(in)
		return wire.BatchItemResponse{Account: a, Fault: fault}
	}
	return wire.BatchItemResponse{Fault: unsupportedOperation(item.operation)}
}
