package rpc

import (
	"strconv"

	"google.golang.org/protobuf/reflect/protoreflect"
)

const (
	// recordedEvents is left out of the check of a whole request: a malformed event is refused alone.
	recordedEvents protoreflect.FullName = "tillpost.financial.v1.RecordEventsRequest.events"
	// eventMemo is free text, which may have line breaks and tabs.
	eventMemo protoreflect.FullName = "tillpost.financial.v1.Event.memo"
)

// firstPrintable is the first code that is not a C0 control character.
const firstPrintable = ' '

// textPath is where in a message a field stands, from the field up to the root. It becomes text only when needed.
type textPath struct {
	parent *textPath
	field  protoreflect.Name
	index  int // -1: not within a list
}

// String writes the path as protovalidate does: "sale.lines[2].item_class".
func (p *textPath) String() string {
	text := string(p.field)
	if p.index >= 0 {
		text += "[" + strconv.Itoa(p.index) + "]"
	}
	if p.parent == nil {
		return text
	}
	return p.parent.String() + "." + text
}

// controlCharacters finds the strings of a message that hold a control character, NUL above all: databases and
// QuickBooks refuse them, each in its own way. The API has no maps, so none are looked into.
func controlCharacters(m protoreflect.Message) []violation {
	var found []violation
	walkText(m, nil, func(field protoreflect.FieldDescriptor, path *textPath, text string) {
		if i := controlCharacter(text, field.FullName() == eventMemo); i >= 0 {
			found = append(found, violation{
				field:       path.String(),
				description: "must not hold the control character " + strconv.QuoteRuneToASCII(rune(text[i])),
			})
		}
	})
	return found
}

// looksInto tells whether a field is text, or holds messages that may.
func looksInto(field protoreflect.FieldDescriptor) bool {
	kind := field.Kind()
	return (kind == protoreflect.StringKind || kind == protoreflect.MessageKind) && !field.IsMap() &&
		field.FullName() != recordedEvents
}

// controlCharacter returns where the first one is, or -1.
func controlCharacter(text string, lines bool) int {
	for i := range len(text) {
		if c := text[i]; c < firstPrintable && (!lines || (c != '\n' && c != '\r' && c != '\t')) {
			return i
		}
	}
	return -1
}

func walkText(
	m protoreflect.Message, parent *textPath, visit func(protoreflect.FieldDescriptor, *textPath, string),
) {
	m.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		if !looksInto(field) {
			return true
		}
		if !field.IsList() {
			walkValue(field, value, &textPath{parent: parent, field: field.Name(), index: -1}, visit)
			return true
		}
		list := value.List()
		for i := range list.Len() {
			walkValue(field, list.Get(i), &textPath{parent: parent, field: field.Name(), index: i}, visit)
		}
		return true
	})
}

func walkValue(
	field protoreflect.FieldDescriptor, value protoreflect.Value, path *textPath,
	visit func(protoreflect.FieldDescriptor, *textPath, string),
) {
	if field.Kind() == protoreflect.StringKind {
		visit(field, path, value.String())
		return
	}
	walkText(value.Message(), path, visit)
}
