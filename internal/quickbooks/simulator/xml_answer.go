package simulator

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

const (
	xmlUTF8      = "application/xml;charset=UTF-8"
	xmlNamespace = "http://schema.intuit.com/finance/v3"
)

// wantsXML says whether a request of the API is to be answered in XML, which is Intuit's default: JSON must be asked for,
// by the Accept header or by format=json.
func wantsXML(r *http.Request) bool {
	if strings.EqualFold(r.URL.Query().Get("format"), "json") {
		return false
	}
	accept := strings.ToLower(strings.Join(r.Header.Values("Accept"), ","))
	return !strings.Contains(accept, "json")
}

// inXML turns an answer of the API into XML. Everything is made and kept as JSON; only here, at the edge, it becomes
// something else.
func (s *Simulator) inXML(a answer) answer {
	if a.contentType != jsonUTF8 {
		return a
	}
	body, err := toXML(a.body)
	if err != nil {
		return s.encoded(http.StatusInternalServerError, nil, err)
	}
	a.contentType, a.body = xmlUTF8, body
	return a
}

// member is a property of a JSON object, in its place.
type member struct {
	name  string
	value any // []member, []any, string, json.Number, bool or nil
}

// toXML writes a JSON envelope as Intuit's XML.
func toXML(body []byte) ([]byte, error) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	root, err := readJSON(decoder)
	if err != nil {
		return nil, err
	}
	members, ok := root.([]member)
	if !ok {
		return nil, errors.New("an answer that is no JSON object")
	}
	members, space := unifyFault(members)
	x := &xmlWriter{}
	x.put(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?><IntuitResponse`)
	if space {
		x.attribute("xmlns", xmlNamespace)
	}
	for _, m := range members {
		if m.name == "time" {
			x.attribute("time", scalar(m.value))
		}
	}
	x.put(`>`)
	for _, m := range members {
		if m.name != "time" {
			x.element(m.name, m.value)
		}
	}
	x.put("</IntuitResponse>")
	return x.Bytes(), nil
}

// readJSON reads a value and keeps the order of its members.
func readJSON(decoder *json.Decoder) (any, error) {
	token, err := decoder.Token()
	if err != nil {
		return nil, fmt.Errorf("read JSON: %w", err)
	}
	delim, open := token.(json.Delim)
	if !open {
		return token, nil
	}
	members, list := []member{}, []any{}
	for decoder.More() {
		m := member{}
		if delim == '{' {
			name, err := decoder.Token()
			if err != nil {
				return nil, fmt.Errorf("read JSON: %w", err)
			}
			m.name, _ = name.(string)
		}
		if m.value, err = readJSON(decoder); err != nil {
			return nil, err
		}
		members, list = append(members, m), append(list, m.value)
	}
	if _, err := decoder.Token(); err != nil {
		return nil, fmt.Errorf("read JSON: %w", err)
	}
	if delim == '[' {
		return list, nil
	}
	return members, nil
}

// unifyFault gives the gateway's envelope the names of the service's, as it has them in XML, where it has no namespace.
func unifyFault(members []member) (unified []member, space bool) {
	fault, ok := find(members, "fault").([]member)
	if !ok {
		return members, true
	}
	var errs []any
	list, _ := find(fault, "error").([]any)
	for _, e := range list {
		of, _ := e.([]member)
		errs = append(errs, []member{
			{"code", find(of, "code")}, {"Message", find(of, "message")}, {"Detail", find(of, "detail")},
		})
	}
	return []member{
		{"time", find(members, "time")}, {"Fault", []member{{"type", find(fault, "type")}, {"Error", errs}}},
	}, false
}

func find(members []member, name string) any {
	for _, m := range members {
		if m.name == name {
			return m.value
		}
	}
	return nil
}

// xmlWriter writes elements.
type xmlWriter struct{ bytes.Buffer }

// put writes text as it is; a buffer takes everything.
func (x *xmlWriter) put(text string) { _, _ = x.WriteString(text) }

func (x *xmlWriter) attribute(name, value string) {
	x.put(" " + name + `="`)
	_ = xml.EscapeText(x, []byte(value)) // a buffer takes everything
	x.put(`"`)
}

// element writes a property: a list as one element for each of its values.
func (x *xmlWriter) element(name string, value any) {
	switch v := value.(type) {
	case nil:
	case []any:
		for _, one := range v {
			x.element(name, one)
		}
	case []member:
		x.object(name, v)
	default:
		x.put("<" + name + ">")
		_ = xml.EscapeText(x, []byte(scalar(v)))
		x.put("</" + name + ">")
	}
}

// object writes an object. Some of its properties are attributes, and a reference has its value for a text.
func (x *xmlWriter) object(name string, members []member) {
	ref := find(members, "value")
	x.put("<" + name)
	for _, m := range members {
		if isAttribute(name, m.name) || (ref != nil && m.name != "value") {
			x.attribute(m.name, scalar(m.value))
		}
	}
	x.put(`>`)
	if ref != nil {
		_ = xml.EscapeText(x, []byte(scalar(ref)))
	}
	for _, m := range members {
		if ref == nil && !isAttribute(name, m.name) {
			x.element(m.name, m.value)
		}
	}
	x.put("</" + name + ">")
}

// isAttribute says whether a property is an attribute of its element in XML.
func isAttribute(element, property string) bool {
	switch property {
	case "domain", "sparse", "status", "startPosition", "maxResults", "totalCount", "bId":
		return true
	case "type":
		return element == "Fault"
	case "code", "element":
		return element == "Error"
	}
	return false
}

func scalar(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		if v {
			return "true"
		}
		return "false"
	}
	return ""
}
