package quickbooks

import (
	"bytes"
	"encoding/json"
	"encoding/xml"

	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// jsonFault is a fault in either JSON envelope: the service's ("Fault", "Error", "Message") and the gateway's, which
// has the same names in lower case. encoding/json takes a key in any case, so one type reads both. Nothing else of
// the envelope is looked at, above all not "time": a string in the one and a number in the other.
type jsonFault struct {
	Error []jsonFaultError `json:"Error"`
	Type  text             `json:"type"`
}

type jsonFaultError struct {
	Message text `json:"Message"`
	Detail  text `json:"Detail"`
	Code    text `json:"code"`
	Element text `json:"element"`
}

// text is a string that may come as a number or as null. Anything else counts as empty, so that one odd field never
// hides the fault around it.
type text string

// UnmarshalJSON never fails.
func (t *text) UnmarshalJSON(data []byte) error {
	switch {
	case len(data) == 0 || data[0] == '{' || data[0] == '[' || string(data) == "null":
		*t = ""
	case data[0] != '"':
		*t = text(data)
	default:
		var s string
		if json.Unmarshal(data, &s) == nil {
			*t = text(s)
		}
	}
	return nil
}

func (f *jsonFault) wire() *wire.Fault {
	out := &wire.Fault{Type: string(f.Type)}
	for _, e := range f.Error {
		out.Error = append(out.Error, wire.FaultError{
			Message: string(e.Message), Detail: string(e.Detail), Code: string(e.Code), Element: string(e.Element),
		})
	}
	return out
}

// xmlFault is a fault in XML, with or without Intuit's namespace.
type xmlFault struct {
	Type  string          `xml:"type,attr"`
	Error []xmlFaultError `xml:"Error"`
}

type xmlFaultError struct {
	Message string `xml:"Message"`
	Detail  string `xml:"Detail"`
	Code    string `xml:"code,attr"`
	Element string `xml:"element,attr"`
}

func (f *xmlFault) wire() *wire.Fault {
	out := &wire.Fault{Type: f.Type}
	for _, e := range f.Error {
		out.Error = append(out.Error, wire.FaultError(e))
	}
	return out
}

// decodeFault finds the fault in a body, judging by its shape alone: Intuit sends XML to clients that asked for JSON,
// and content types that do not fit. It returns nil when there is no fault in the body.
func decodeFault(body []byte) *wire.Fault {
	body = bytes.TrimPrefix(bytes.TrimSpace(body), []byte("\ufeff"))
	switch {
	case len(body) == 0:
		return nil
	case body[0] == '{':
		return decodeJSONFault(body)
	case body[0] == '<':
		return decodeXMLFault(body)
	default:
		return nil
	}
}

func decodeJSONFault(body []byte) *wire.Fault {
	var envelope struct {
		Fault *jsonFault `json:"Fault"`
	}
	if err := json.Unmarshal(body, &envelope); err != nil || envelope.Fault == nil {
		return nil
	}
	return envelope.Fault.wire()
}

func decodeXMLFault(body []byte) *wire.Fault {
	// A web page could hold an element of any name; only Intuit's envelope counts.
	var envelope struct {
		XMLName xml.Name  `xml:"IntuitResponse"`
		Fault   *xmlFault `xml:"Fault"`
	}
	if err := xml.Unmarshal(body, &envelope); err != nil || envelope.Fault == nil {
		return nil
	}
	return envelope.Fault.wire()
}
