package main

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
)

// notice stands at the page's top. This form shows nowhere, neither on GitHub nor in the console.
const notice = "[//]: # (Made by make generate from proto/ and internal/apidoc/front.md: change those.)\n\n"

// page is written from top to bottom. The first failure is kept, and nothing after it matters.
type page struct {
	*index

	text strings.Builder
	err  error
}

// render makes the whole page.
func render(front string, files []protoreflect.FileDescriptor) (string, error) {
	x, err := newIndex(files)
	if err != nil {
		return "", err
	}
	p := &page{index: x}
	p.text.WriteString(notice + strings.TrimSpace(front) + "\n")
	for _, service := range servicesOf(files) {
		p.service(service)
	}
	p.types()
	return p.text.String(), p.err
}

func (p *page) fail(err error) { p.err = cmp.Or(p.err, err) }

// paragraphf writes one paragraph, or one heading.
func (p *page) paragraphf(format string, args ...any) {
	p.text.WriteString("\n" + strings.TrimSpace(fmt.Sprintf(format, args...)) + "\n")
}

// comment returns what stands above a descriptor in its file, one string per paragraph.
func (p *page) comment(d protoreflect.Descriptor) []string {
	text := strings.TrimSpace(d.ParentFile().SourceLocations().ByDescriptor(d).LeadingComments)
	if text == "" {
		p.fail(fmt.Errorf("%s has no comment", d.FullName()))
	}
	paragraphs := strings.Split(text, "\n\n")
	for i, paragraph := range paragraphs {
		paragraphs[i] = strings.Join(strings.Fields(paragraph), " ")
	}
	return paragraphs
}

func (p *page) comments(d protoreflect.Descriptor) {
	for _, text := range p.comment(d) {
		p.paragraphf("%s", p.prose(text, d))
	}
}

func (p *page) service(service protoreflect.ServiceDescriptor) {
	p.paragraphf("## %s", service.Name())
	p.paragraphf("`%s`", service.FullName())
	p.comments(service)
	p.paragraphf("| RPC | scope | what it does |")
	p.text.WriteString("|---|---|---|\n")
	for i := range service.Methods().Len() {
		method := service.Methods().Get(i)
		text, scope := p.scope(method)
		first, _, _ := strings.Cut(text[0], ". ")
		brief := strings.TrimSuffix(strings.TrimPrefix(first, string(method.Name())+" "), ".") + "."
		fmt.Fprintf(&p.text, "| [%s](#%s) | `%s` | %s |\n",
			method.Name(), anchor(string(method.Name())), scope, p.prose(capital(brief), method))
	}
	for i := range service.Methods().Len() {
		p.method(service.Methods().Get(i))
	}
}

// scopeMark is how the comment of every RPC ends. A test of internal/rpc holds it to what the server demands.
var scopeMark = regexp.MustCompile(`\s*Scope: (\w+)\.$`)

// scope takes the scope out of an RPC's comment.
func (p *page) scope(method protoreflect.MethodDescriptor) (text []string, scope string) {
	text = p.comment(method)
	last := len(text) - 1
	match := scopeMark.FindStringSubmatch(text[last])
	if match == nil {
		p.fail(fmt.Errorf("the comment of %s does not end with its scope", method.FullName()))
		return text, ""
	}
	text[last] = scopeMark.ReplaceAllString(text[last], "")
	return text, match[1]
}

func (p *page) method(method protoreflect.MethodDescriptor) {
	text, scope := p.scope(method)
	p.paragraphf("### %s", method.Name())
	facts := []string{
		fmt.Sprintf("`/%s/%s`", method.Parent().FullName(), method.Name()),
		"scope `" + scope + "`", p.repeats(method),
	}
	answer := "Response"
	switch {
	case method.IsStreamingClient():
		p.fail(fmt.Errorf("%s takes a stream, and apidoc has no words for that", method.FullName()))
	case method.IsStreamingServer():
		facts = append(facts, "**answers a stream**")
		answer = "Each message of the stream"
	}
	p.paragraphf("%s", strings.Join(facts, " · "))
	p.deprecation(method)
	for _, paragraph := range text {
		p.paragraphf("%s", p.prose(paragraph, method))
	}
	p.body("Request", method.Input(), method)
	p.body(answer, method.Output(), method)
}

// repeats says what repeating a call does, as the API declares it and the clients go by it.
func (p *page) repeats(method protoreflect.MethodDescriptor) string {
	options, ok := method.Options().(*descriptorpb.MethodOptions)
	if !ok {
		p.fail(fmt.Errorf("the options of %s are a %T", method.FullName(), method.Options()))
		return ""
	}
	switch options.GetIdempotencyLevel() {
	case descriptorpb.MethodOptions_NO_SIDE_EFFECTS:
		return "changes nothing"
	case descriptorpb.MethodOptions_IDEMPOTENT:
		return "may be repeated"
	default:
		return "not repeated by the clients"
	}
}

// body writes what an RPC takes or answers, which is shown nowhere else.
func (p *page) body(title string, message protoreflect.MessageDescriptor, method protoreflect.MethodDescriptor) {
	name := string(message.Name())
	text := strings.TrimPrefix(strings.Join(p.comment(message), " "), name)
	p.paragraphf("**%s.** `%s`%s", title, name, p.prose(text, method))
	p.fields(message)
}

// types writes all types that are not one RPC's own, by name.
func (p *page) types() {
	p.paragraphf("## Types")
	p.paragraphf("What requests and responses are made of, by name.")
	slices.SortStableFunc(p.index.types, func(a, b protoreflect.Descriptor) int {
		return strings.Compare(p.names[a.FullName()], p.names[b.FullName()])
	})
	for _, t := range p.index.types {
		p.paragraphf("### %s", p.heading(t))
		p.deprecation(t)
		p.comments(t)
		switch t := t.(type) {
		case protoreflect.MessageDescriptor:
			p.fields(t)
		case protoreflect.EnumDescriptor:
			p.values(t)
		default:
			p.fail(errors.New("a type is a message or an enum"))
		}
	}
}

func (p *page) fields(message protoreflect.MessageDescriptor) {
	if message.Fields().Len() > 0 {
		p.paragraphf("| field | type | meaning |")
		p.text.WriteString("|---|---|---|\n")
	}
	for i := range message.Fields().Len() {
		field := message.Fields().Get(i)
		comment := strings.Join(p.comment(field), " ")
		bounds, err := fieldBounds(field, comment)
		p.fail(err)
		meaning := p.prose(comment, message)
		if oneof := field.ContainingOneof(); oneof != nil && !oneof.IsSynthetic() {
			meaning = "One of `" + string(oneof.Name()) + "`. " + meaning
		}
		if deprecated(field) {
			meaning = "**Deprecated.** " + meaning
		}
		if bounds != "" {
			meaning += " *" + strings.ReplaceAll(bounds, "|", `\|`) + "*"
		}
		fmt.Fprintf(&p.text, "| `%s` | %s | %s |\n", field.Name(), p.typeOf(field), meaning)
	}
	for i := range message.Oneofs().Len() {
		if oneof := message.Oneofs().Get(i); !oneof.IsSynthetic() {
			p.oneof(oneof)
		}
	}
	rules, err := messageRules(message)
	p.fail(err)
	for _, rule := range rules {
		p.paragraphf("*%s*", p.prose(rule, message))
	}
}

func (p *page) oneof(oneof protoreflect.OneofDescriptor) {
	names := make([]string, oneof.Fields().Len())
	for i := range names {
		names[i] = "`" + string(oneof.Fields().Get(i).Name()) + "`"
	}
	many := "At most one of them is set"
	if oneofRequired(oneof) {
		many = "Required: exactly one of them is set"
	}
	p.paragraphf("`%s` is %s: %s *%s.*", oneof.Name(), orList(names), p.prose(strings.Join(p.comment(oneof), " "), oneof), many)
}

// orList joins names with commas, and the last with "or".
func orList(names []string) string {
	last := len(names) - 1
	if last == 0 {
		return names[0]
	}
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

func (p *page) typeOf(field protoreflect.FieldDescriptor) string {
	name := "`" + field.Kind().String() + "`"
	switch {
	case field.IsMap():
		p.fail(fmt.Errorf("%s is a map, and apidoc has no words for that", field.FullName()))
	case field.Message() != nil:
		name = p.link(field.Message())
	case field.Enum() != nil:
		name = p.link(field.Enum())
	}
	switch {
	case field.IsList():
		return "list of " + name
	case field.HasOptionalKeyword():
		return "optional " + name
	default:
		return name
	}
}

func (p *page) values(enum protoreflect.EnumDescriptor) {
	p.paragraphf("| value | number | meaning |")
	p.text.WriteString("|---|---|---|\n")
	for i := range enum.Values().Len() {
		value := enum.Values().Get(i)
		meaning := p.prose(strings.Join(p.comment(value), " "), enum)
		if deprecated(value) {
			meaning = "**Deprecated.** " + meaning
		}
		fmt.Fprintf(&p.text, "| `%s` | %d | %s |\n", value.Name(), value.Number(), meaning)
	}
}

func (p *page) deprecation(d protoreflect.Descriptor) {
	if deprecated(d) {
		p.paragraphf("**Deprecated.**")
	}
}

// deprecated tells whether new callers should leave something alone.
func deprecated(d protoreflect.Descriptor) bool {
	options, ok := d.Options().(interface{ GetDeprecated() bool })
	return ok && options.GetDeprecated()
}
