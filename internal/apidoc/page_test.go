package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
)

func TestBoundsAreSaidInWords(t *testing.T) {
	t.Parallel()
	cases := []struct {
		message proto.Message
		field   protoreflect.Name
		want    string
	}{
		{&financialv1.Event{}, "number", "1 to 21 characters. No blanks at its ends and no control characters."},
		{&financialv1.Event{}, "occur_time", "Required."},
		{&financialv1.Event{}, "voided", ""},
		{&financialv1.Tender{}, "amount", "From -999,999,999,999 to 999,999,999,999."},
		{&financialv1.Slot{}, "role", "Required."},
		{&financialv1.RetryEventsRequest{}, "event_ids", "At most 1,000 items. Each 1 to 64 visible ASCII characters."},
		{
			&financialv1.RecordEventsRequest{}, "events",
			"1 to 1,000 items. Each is checked by itself: a malformed one does not fail the call.",
		},
	}
	for _, c := range cases {
		field := c.message.ProtoReflect().Descriptor().Fields().ByName(c.field)
		got, err := fieldBounds(field, "")
		if err != nil || got != c.want {
			t.Errorf("%s: %q, %v; want %q", field.FullName(), got, err, c.want)
		}
	}
}

func TestABoundIsSaidOnce(t *testing.T) {
	t.Parallel()
	cases := []struct {
		message proto.Message
		field   protoreflect.Name
		comment string
		want    string
	}{
		{&financialv1.RetryEventsRequest{}, "event_ids", "These, at most 1,000.", "Each 1 to 64 visible ASCII characters."},
		{&financialv1.RetryEventsRequest{}, "event_ids", "These, at most 1,0000.", "At most 1,000 items. Each 1 to 64 visible ASCII characters."},
		{&financialv1.Event{}, "memo", "Free text, up to 1,000 characters.", ""},
		{&financialv1.Event{}, "memo", "Free text.", "At most 1,000 characters."},
		{&financialv1.Event{}, "source_url", "Its address: http or https, at most 2,048 characters, or empty.", ""},
		{&financialv1.Event{}, "business_date", "The day, YYYY-MM-DD.", ""},
		{&financialv1.Event{}, "number", "At most 21 characters.", "1 to 21 characters. No blanks at its ends and no control characters."},
		{&financialv1.ListEventsRequest{}, "to_business_date", "The last day, YYYY-MM-DD.", "A date, YYYY-MM-DD, or empty."},
	}
	for _, c := range cases {
		field := c.message.ProtoReflect().Descriptor().Fields().ByName(c.field)
		got, err := fieldBounds(field, c.comment)
		if err != nil || got != c.want {
			t.Errorf("%s, %q: %q, %v; want %q", field.FullName(), c.comment, got, err, c.want)
		}
	}
}

// testFile makes a file with one message of one field, which has the rules and no comment.
func testFile(t *testing.T, rules *validate.FieldRules) protoreflect.FileDescriptor {
	t.Helper()
	options := &descriptorpb.FieldOptions{}
	proto.SetExtension(options, validate.E_Field, rules)
	file, err := protodesc.NewFile(&descriptorpb.FileDescriptorProto{
		Name: new("a.proto"), Package: new("tillpost.a.v1"), Syntax: new("proto3"),
		MessageType: []*descriptorpb.DescriptorProto{{
			Name: new("Thing"),
			Field: []*descriptorpb.FieldDescriptorProto{{
				Name: new("name"), Number: new(int32(1)), Options: options,
				Type: descriptorpb.FieldDescriptorProto_TYPE_STRING.Enum(),
			}},
		}},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func TestNothingIsLeftOut(t *testing.T) {
	t.Parallel()
	email := &validate.FieldRules{Type: &validate.FieldRules_String_{
		String_: &validate.StringRules{WellKnown: &validate.StringRules_Email{Email: true}},
	}}
	field := testFile(t, email).Messages().Get(0).Fields().Get(0)
	if words, err := fieldBounds(field, ""); err == nil || !strings.Contains(err.Error(), "string.email") {
		t.Errorf("a rule without words: %q, %v", words, err)
	}
	plain := testFile(t, &validate.FieldRules{})
	if _, err := render("# Front", []protoreflect.FileDescriptor{plain}); err == nil || !strings.Contains(err.Error(), "no comment") {
		t.Errorf("a message without a comment: %v", err)
	}
	if _, err := readImage(nil); err == nil {
		t.Error("an image without the API is taken")
	}
}

func TestAnchorsAreGitHubs(t *testing.T) {
	t.Parallel()
	for heading, want := range map[string]string{
		"Authentication and scopes": "authentication-and-scopes", "Settings.RevisionPolicy (enum)": "settingsrevisionpolicy-enum",
		"Day-end, or: a_b": "day-end-or-a_b",
	} {
		if got := anchor(heading); got != want {
			t.Errorf("anchor(%q) = %q; want %q", heading, got, want)
		}
	}
}

// Every link within the page leads somewhere, and no two headings have one address.
func TestLinksLeadToHeadings(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "api.md"))
	if err != nil {
		t.Fatal(err)
	}
	fences := regexp.MustCompile("(?s)```.*?```")
	page := fences.ReplaceAllString(string(text), "")
	anchors := map[string]bool{}
	for _, match := range regexp.MustCompile(`(?m)^#+ (.+)$`).FindAllStringSubmatch(page, -1) {
		at := anchor(match[1])
		if anchors[at] {
			t.Errorf("two headings have the address #%s", at)
		}
		anchors[at] = true
	}
	links := regexp.MustCompile(`\]\(#([^)]*)\)`).FindAllStringSubmatch(page, -1)
	if len(links) < 100 {
		t.Errorf("the page has %d links: this test looks in the wrong place", len(links))
	}
	for _, match := range links {
		if !anchors[match[1]] {
			t.Errorf("no heading has the address #%s", match[1])
		}
	}
}
