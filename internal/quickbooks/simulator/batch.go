package simulator

import (
	"encoding/json"
	"strings"

	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// maxBatchObjects is the most objects that a batch answers with.
const maxBatchObjects = 1000

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
		if strings.EqualFold(item.object, objectQuery) {
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

// objects returns how many objects the answer to an item of a batch has.
func (r *result) objects() int {
	switch {
	case r.fault != nil:
		return 0
	case r.query != nil:
		return r.query.count
	}
	return 1
}
