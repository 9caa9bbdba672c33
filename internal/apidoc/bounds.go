package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// patternWords says what the regular expressions of the protos mean. One without words is shown as it is.
var patternWords = map[string]string{ //nolint:gochecknoglobals // a table that never changes
	`^[A-Za-z0-9._:-]{1,64}$`:               "1 to 64 letters, digits, dots, underscores, colons or hyphens",
	`^[!-~]{1,64}$`:                         "1 to 64 visible ASCII characters",
	`^[!-~]{0,64}$`:                         "at most 64 visible ASCII characters",
	`^[1-9][0-9]{0,17}$`:                    "a whole number from 1, of at most 18 digits",
	`^[A-Z]{3}$`:                            "three capital letters",
	`^[0-9]{4}-[0-9]{2}-[0-9]{2}$`:          "a date, YYYY-MM-DD",
	`^([0-9]{4}-[0-9]{2}-[0-9]{2})?$`:       "a date, YYYY-MM-DD, or empty",
	`^(https?://[!-~]+)?$`:                  "an http or https address, or empty",
	`^[^\s\p{C}]([^\p{C}]*[^\s\p{C}])?$`:    "no blanks at its ends and no control characters",
	`^([^\s\p{C}]([^\p{C}]*[^\s\p{C}])?)?$`: "no blanks at its ends and no control characters",
}

// fieldBounds says in words what protovalidate demands of a field: "Required. 1 to 21 characters." It leaves out what
// the field's comment says already, is empty where nothing is left, and fails for a rule that it has no words for.
func fieldBounds(field protoreflect.FieldDescriptor, comment string) (string, error) {
	rules, ok := proto.GetExtension(field.Options(), validate.E_Field).(*validate.FieldRules)
	if !ok || rules == nil {
		return "", nil
	}
	words, err := describe(rules, field)
	if err != nil {
		return "", fmt.Errorf("%s: %w", field.FullName(), err)
	}
	words = slices.DeleteFunc(words, func(word string) bool { return says(comment, word) })
	for i, word := range words {
		words[i] = sentence(word)
	}
	return strings.Join(words, " "), nil
}

// plainMaximum is a bound that tells nothing but the most there may be.
var plainMaximum = regexp.MustCompile(`^at most ([0-9,]+) (characters|items)$`)

// says tells whether a comment says a bound in its own words: "At most 1,000.", "0 to 10,000 lines".
func says(comment, bound string) bool {
	empty := strings.Contains(comment, "mpty")
	if found := plainMaximum.FindStringSubmatch(bound); found != nil {
		return regexp.MustCompile(`(?i)\b(at most|to) ` + found[1] + `([^0-9,]|,[^0-9]|$)`).MatchString(comment)
	}
	switch bound {
	case patternWords[`^[0-9]{4}-[0-9]{2}-[0-9]{2}$`]:
		return strings.Contains(comment, "YYYY-MM-DD")
	case patternWords[`^([0-9]{4}-[0-9]{2}-[0-9]{2})?$`]:
		return empty && strings.Contains(comment, "YYYY-MM-DD")
	case patternWords[`^(https?://[!-~]+)?$`]:
		return empty && strings.Contains(comment, "http or https")
	default:
		return false
	}
}

// ruleSet is a message of rules as protobuf holds it: what is set, by name.
type ruleSet map[string]protoreflect.Value

func readRules(message proto.Message) ruleSet {
	set := ruleSet{}
	message.ProtoReflect().Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		set[string(field.Name())] = value
		return true
	})
	return set
}

// take returns the value of a rule and marks it as told.
func (s ruleSet) take(name string) (protoreflect.Value, bool) {
	value, ok := s[name]
	delete(s, name)
	return value, ok
}

// untold fails when rules are left.
func (s ruleSet) untold(kind string) error {
	for name := range s {
		return fmt.Errorf("apidoc has no words for the rule %s.%s: give it some in bounds.go", kind, name)
	}
	return nil
}

func describe(rules *validate.FieldRules, field protoreflect.FieldDescriptor) ([]string, error) {
	var words []string
	set := readRules(rules)
	if required, ok := set.take("required"); ok && required.Bool() {
		words = append(words, "required")
	}
	kinds := []struct {
		name string
		tell func(ruleSet, protoreflect.FieldDescriptor) ([]string, error)
	}{{"string", tellString}, {"int32", tellNumber}, {"int64", tellNumber}, {"enum", tellEnum}, {"repeated", tellRepeated}}
	for _, kind := range kinds {
		value, ok := set.take(kind.name)
		if !ok {
			continue
		}
		own := readRules(value.Message().Interface())
		told, err := kind.tell(own, field)
		if err != nil {
			return nil, err
		}
		if err := own.untold(kind.name); err != nil {
			return nil, err
		}
		words = append(words, told...)
	}
	return words, set.untold("field")
}

func tellString(rules ruleSet, _ protoreflect.FieldDescriptor) ([]string, error) {
	words := span(rules, "min_len", "max_len", "character")
	if pattern, ok := rules.take("pattern"); ok {
		said, known := patternWords[pattern.String()]
		if !known {
			said = "matches `" + pattern.String() + "`"
		}
		words = append(words, said)
	}
	return words, nil
}

func tellNumber(rules ruleSet, _ protoreflect.FieldDescriptor) ([]string, error) {
	low, from := rules.take("gte")
	high, to := rules.take("lte")
	switch {
	case from && to:
		return []string{fmt.Sprintf("from %s to %s", grouped(low.Int()), grouped(high.Int()))}, nil
	case from:
		return []string{"at least " + grouped(low.Int())}, nil
	case to:
		return []string{"at most " + grouped(high.Int())}, nil
	default:
		return nil, nil
	}
}

// tellEnum leaves defined_only unsaid unless it is missing: that a value must be one of the enum's goes without saying.
func tellEnum(rules ruleSet, field protoreflect.FieldDescriptor) ([]string, error) {
	rules.take("defined_only")
	refused, ok := rules.take("not_in")
	if !ok {
		return nil, nil
	}
	var names []string
	for i := range refused.List().Len() {
		number := protoreflect.EnumNumber(refused.List().Get(i).Int())
		value := field.Enum().Values().ByNumber(number)
		if value == nil {
			return nil, fmt.Errorf("the refused value %d is not in %s", number, field.Enum().FullName())
		}
		names = append(names, "`"+string(value.Name())+"`")
	}
	if slices.Equal(names, []string{"`" + string(field.Enum().Values().Get(0).Name()) + "`"}) {
		return []string{"required"}, nil
	}
	return []string{"not " + strings.Join(names, ", ")}, nil
}

func tellRepeated(rules ruleSet, field protoreflect.FieldDescriptor) ([]string, error) {
	words := span(rules, "min_items", "max_items", "item")
	value, ok := rules.take("items")
	if !ok {
		return words, nil
	}
	items, ok := value.Message().Interface().(*validate.FieldRules)
	if !ok {
		return nil, fmt.Errorf("the rule of items is a %T", value.Message().Interface())
	}
	if items.GetIgnore() == validate.Ignore_IGNORE_ALWAYS {
		return append(words, "each is checked by itself: a malformed one does not fail the call"), nil
	}
	each, err := describe(items, field)
	for _, word := range each {
		words = append(words, "each "+word)
	}
	return words, err
}

// span says from how many to how many of a thing there may be.
func span(rules ruleSet, minimum, maximum, thing string) []string {
	low, from := rules.take(minimum)
	high, to := rules.take(maximum)
	plural := thing + "s"
	switch {
	case from && to:
		return []string{fmt.Sprintf("%d to %s %s", low.Uint(), grouped(int64(high.Uint())), plural)}
	case from && low.Uint() == 1:
		return []string{"at least 1 " + thing}
	case from:
		return []string{fmt.Sprintf("at least %s %s", grouped(int64(low.Uint())), plural)}
	case to:
		return []string{fmt.Sprintf("at most %s %s", grouped(int64(high.Uint())), plural)}
	default:
		return nil
	}
}

// messageRules says what protovalidate demands of a message as a whole, in the words of its rules.
func messageRules(message protoreflect.MessageDescriptor) ([]string, error) {
	rules, ok := proto.GetExtension(message.Options(), validate.E_Message).(*validate.MessageRules)
	if !ok || rules == nil {
		return nil, nil
	}
	set := readRules(rules)
	set.take("cel")
	if err := set.untold("message"); err != nil {
		return nil, fmt.Errorf("%s: %w", message.FullName(), err)
	}
	var words []string
	for _, rule := range rules.GetCel() {
		if rule.GetMessage() == "" {
			return nil, fmt.Errorf("%s: the rule %s has no message", message.FullName(), rule.GetId())
		}
		words = append(words, sentence(rule.GetMessage()))
	}
	return words, nil
}

// oneofRequired tells whether one of the fields must be there.
func oneofRequired(oneof protoreflect.OneofDescriptor) bool {
	rules, ok := proto.GetExtension(oneof.Options(), validate.E_Oneof).(*validate.OneofRules)
	return ok && rules.GetRequired()
}

// grouped writes a number with commas between its thousands.
func grouped(n int64) string {
	sign, digits := "", fmt.Sprint(n)
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}

// sentence begins with a capital and ends with a dot. A field's name at the beginning stays as it is.
func sentence(words string) string {
	if first, _, _ := strings.Cut(words, " "); strings.Contains(first, "_") {
		return words + "."
	}
	return capital(words) + "."
}

// capital makes the first letter a capital one.
func capital(words string) string {
	if words == "" {
		return words
	}
	return strings.ToUpper(words[:1]) + words[1:]
}
