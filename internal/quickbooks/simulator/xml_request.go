package simulator

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"mime"
	"strings"

	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// maxXMLDepth is how deep elements may lie in each other; Intuit's own never go deeper than half of it.
const maxXMLDepth = 16

var errXML = errors.New("the XML cannot be read")

// readXML turns the body of a write that came in XML into the JSON that everything else here reads.
func (c *call) readXML() *wire.Fault {
	media, _, _ := mime.ParseMediaType(c.request.Header.Get("Content-Type"))
	if len(c.body) == 0 || (media != "application/xml" && media != "text/xml") {
		return nil
	}
	body, err := fromXML(c.body)
	if err != nil {
		return oneFault(codeProperty, "", "Property Name: %s", clip(err.Error()))
	}
	c.body = body
	return nil
}

// fromXML reads an object, or a batch, from Intuit's XML. Document types and entities of their own are refused.
func fromXML(body []byte) ([]byte, error) {
	decoder := xml.NewDecoder(bytes.NewReader(body))
	decoder.Strict = true
	for {
		token, err := decoder.Token()
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errXML, err)
		}
		switch t := token.(type) {
		case xml.Directive:
			return nil, fmt.Errorf("%w: a document type is not allowed", errXML)
		case xml.StartElement:
			return readRoot(decoder, t)
		}
	}
}

func readRoot(decoder *xml.Decoder, root xml.StartElement) ([]byte, error) {
	value, err := readElement(decoder, root, 1)
	if err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%w: there is something behind the object", errXML)
	}
	if _, isObject := value.(map[string]any); !isObject {
		value = map[string]any{}
	}
	encoded, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errXML, err)
	}
	return encoded, nil
}

// readElement reads an element whose beginning has been read: an object, a reference, or a text.
func readElement(decoder *xml.Decoder, start xml.StartElement, depth int) (any, error) {
	if depth > maxXMLDepth {
		return nil, fmt.Errorf("%w: elements lie more than %d deep", errXML, maxXMLDepth)
	}
	object := map[string]any{}
	for _, a := range start.Attr {
		if a.Name.Space == "" && a.Name.Local != "xmlns" {
			object[a.Name.Local] = typed(a.Name.Local, a.Value)
		}
	}
	var chars strings.Builder
	children := false
	for {
		token, err := decoder.Token()
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errXML, err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			children = true
			value, err := readElement(decoder, t, depth+1)
			if err != nil {
				return nil, err
			}
			put(object, t.Name.Local, value)
		case xml.CharData:
			chars.Write(t)
		case xml.Directive:
			return nil, fmt.Errorf("%w: a document type is not allowed", errXML)
		case xml.EndElement:
			return valueOf(start.Name.Local, object, children, chars.String()), nil
		}
	}
}

// put adds a child. Those that may be repeated are lists even if there is one.
func put(object map[string]any, name string, value any) {
	if name != "Line" && name != "BatchItemRequest" && name != "NameValue" {
		object[name] = value
		return
	}
	list, _ := object[name].([]any)
	object[name] = append(list, value)
}

// valueOf is what an element comes to: a reference has its text for a value, and one without children and attributes is a
// text.
func valueOf(name string, object map[string]any, children bool, text string) any {
	switch {
	case children:
		return object
	case strings.HasSuffix(name, "Ref") || name == "HomeCurrency":
		if value := strings.TrimSpace(text); value != "" {
			object["value"] = value
		}
		return object
	case len(object) > 0 && strings.TrimSpace(text) == "":
		return object
	}
	return typed(name, text)
}

// typed is a text, or a truth where a property is one.
func typed(name, text string) any {
	switch name {
	case "sparse", "Active", "SubAccount", "Adjustment", "SubDepartment", "SubClass", "Job", "TrackDepartments",
		"ClassTrackingPerTxn", "ClassTrackingPerTxnLine", "UseAccountNumbers", "MultiCurrencyEnabled":
		switch strings.TrimSpace(text) {
		case "true":
			return true
		case "false":
			return false
		}
	}
	return text
}
