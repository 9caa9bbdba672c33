package main

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// index knows everything that has a heading, to link to it.
type index struct {
	// methods are the RPCs by name, which is unique among all services.
	methods map[string]protoreflect.MethodDescriptor
	// bodies are the messages that a single RPC takes or answers; they are shown there and have no heading.
	bodies map[protoreflect.FullName]bool
	// types are all others and the enums, in the order of the page.
	types []protoreflect.Descriptor
	// names are the names in the page by full name: without the package, unless two packages have one.
	names map[protoreflect.FullName]string
	// byName are the types that comments can mean by their name alone.
	byName map[string]protoreflect.Descriptor
}

func newIndex(files []protoreflect.FileDescriptor) (*index, error) {
	x := &index{
		methods: map[string]protoreflect.MethodDescriptor{}, bodies: map[protoreflect.FullName]bool{},
		names: map[protoreflect.FullName]string{}, byName: map[string]protoreflect.Descriptor{},
	}
	for _, service := range servicesOf(files) {
		for i := range service.Methods().Len() {
			method := service.Methods().Get(i)
			if other := x.methods[string(method.Name())]; other != nil {
				return nil, fmt.Errorf("%s and %s have the same name, and so the same heading", other.FullName(), method.FullName())
			}
			x.methods[string(method.Name())] = method
			x.bodies[method.Input().FullName()] = true
			x.bodies[method.Output().FullName()] = true
		}
	}
	for _, file := range files {
		x.collect(file.Messages(), file.Enums())
	}
	count := map[string]int{}
	for _, t := range x.types {
		count[shortName(t)]++
	}
	for _, t := range x.types {
		name := shortName(t)
		if count[name] == 1 {
			x.byName[name] = t
		} else {
			name = string(t.ParentFile().Package().Parent().Name()) + "." + name
		}
		x.names[t.FullName()] = name
	}
	return x, nil
}

// collect adds the types, each before those inside it.
func (x *index) collect(messages protoreflect.MessageDescriptors, enums protoreflect.EnumDescriptors) {
	for i := range messages.Len() {
		message := messages.Get(i)
		if message.IsMapEntry() {
			continue
		}
		if !x.bodies[message.FullName()] {
			x.types = append(x.types, message)
		}
		x.collect(message.Messages(), message.Enums())
	}
	for i := range enums.Len() {
		x.types = append(x.types, enums.Get(i))
	}
}

func servicesOf(files []protoreflect.FileDescriptor) []protoreflect.ServiceDescriptor {
	var services []protoreflect.ServiceDescriptor
	for _, file := range files {
		for i := range file.Services().Len() {
			services = append(services, file.Services().Get(i))
		}
	}
	return services
}

// shortName is a type's name within its package.
func shortName(d protoreflect.Descriptor) string {
	return strings.TrimPrefix(string(d.FullName()), string(d.ParentFile().Package())+".")
}

// heading is the text of a type's heading. It says what the type is, because an RPC may have the same name.
func (x *index) heading(t protoreflect.Descriptor) string {
	kind := "message"
	if _, ok := t.(protoreflect.EnumDescriptor); ok {
		kind = "enum"
	}
	return x.names[t.FullName()] + " (" + kind + ")"
}

// link names a type and leads to it.
func (x *index) link(t protoreflect.Descriptor) string {
	if x.bodies[t.FullName()] {
		return "`" + shortName(t) + "`"
	}
	if _, ok := x.names[t.FullName()]; !ok { // Timestamp and the like, which front.md explains
		return fmt.Sprintf("[%s](#json)", t.Name())
	}
	return fmt.Sprintf("[%s](#%s)", x.names[t.FullName()], anchor(x.heading(t)))
}

// anchor is the address that GitHub gives a heading: small letters, hyphens for blanks, and no other signs.
func anchor(heading string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ' || r == '-':
			return '-'
		case r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
			return unicode.ToLower(r)
		default:
			return -1
		}
	}, heading)
}

// word finds what comments mean literally or could link: names of fields and values, "Settings.revision_policy" and
// "NOT_FOUND", and names of RPCs and types, "SyncPastEvents".
var word = regexp.MustCompile(`(?:[A-Z]\w*\.)?\b[a-z]+(?:_[a-z0-9]+)+\b|\b[A-Z]+(?:_[A-Z0-9]+)+\b|\b[A-Z][A-Za-z]+\b`)

// special are the characters that Markdown would take for something else.
var special = strings.NewReplacer( //nolint:gochecknoglobals // a table that never changes
	`\`, `\\`, `*`, `\*`, `<`, `\<`, `[`, `\[`, "`", "\\`", `|`, `\|`)

// prose makes Markdown of a comment. Names that have a heading become links, except in the part that is about them.
func (x *index) prose(text string, about protoreflect.Descriptor) string {
	var out strings.Builder
	rest := 0
	for _, at := range word.FindAllStringIndex(text, -1) {
		out.WriteString(special.Replace(text[rest:at[0]]))
		out.WriteString(x.proseWord(text[at[0]:at[1]], about))
		rest = at[1]
	}
	out.WriteString(special.Replace(text[rest:]))
	return out.String()
}

func (x *index) proseWord(name string, about protoreflect.Descriptor) string {
	if strings.Contains(name, "_") {
		return "`" + name + "`"
	}
	// A word with one capital is a word: "Connect", "Event". With two it is a name.
	if strings.IndexFunc(name[1:], unicode.IsUpper) < 0 {
		return name
	}
	if method := x.methods[name]; method != nil && method.FullName() != about.FullName() {
		return fmt.Sprintf("[%s](#%s)", name, anchor(name))
	}
	if t := x.byName[name]; t != nil && t.FullName() != about.FullName() {
		return x.link(t)
	}
	return name
}
