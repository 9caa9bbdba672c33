package simulator

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// choiceView is an option of a list on a page.
type choiceView struct{ Value, Label string }

// ruleView is a fault as the page of faults shows it.
type ruleView struct {
	ID, Name, Does, Matches, When string
	Hits                          int64
}

// breaks are the faults of the connection, which no answer of Intuit's stands for.
func breaks() []choiceView {
	return []choiceView{
		{"cut-before", "cut before anything is done"},
		{"cut-after", "cut after it is done: the answer is lost"},
		{"truncate", "cut in the middle of the answer"},
		{"hang", "hang until the client gives up"},
		{"delay", "answer 5 seconds late"},
	}
}

// ruleOf makes a fault of what the form says goes wrong.
func ruleOf(what string) FaultRule {
	switch what {
	case "cut-before":
		return FaultRule{Stage: StageBefore, Cut: true}
	case "cut-after":
		return FaultRule{Stage: StageAfter, Cut: true}
	case "truncate":
		return FaultRule{Stage: StageDuring, Truncate: 40}
	case "hang":
		return FaultRule{Hang: true}
	case "delay":
		return FaultRule{Delay: Duration(5 * time.Second)}
	}
	return FaultRule{Fault: what}
}

// now are the things that a person can make happen with one button.
func quick() []struct{ Do, Label string } {
	return []struct{ Do, Label string }{
		{"expire-access", "Expire all access tokens"},
		{"revoke", "Disconnect all apps"},
		{"hour", "Move the clock on by an hour"},
		{"day", "by a day"},
		{"hundred-days", "by 100 days"},
		{"clear", "Remove all faults"},
	}
}

func (s *Simulator) faultNow(w http.ResponseWriter, r *http.Request) {
	const day = 24 * time.Hour
	said := ""
	switch r.PostFormValue("do") {
	case "expire-access":
		said = fmt.Sprintf("%d access tokens expired.", s.ExpireAccessTokens(""))
	case "revoke":
		said = fmt.Sprintf("%d connections ended.", s.RevokeGrants(""))
	case "hour":
		said = s.moveClock(time.Hour)
	case "day":
		said = s.moveClock(day)
	case "hundred-days":
		said = s.moveClock(100 * day)
	case "clear":
		s.ClearFaults()
		said = "Nothing goes wrong any more."
	}
	done(w, "/faults", said)
}

func (s *Simulator) moveClock(by time.Duration) string {
	s.AdvanceClock(by)
	return "It is now " + s.Now().Format("Monday, 2 January 2006, 15:04 MST") + "."
}

func (s *Simulator) faultsPage(w http.ResponseWriter, r *http.Request) {
	content := struct {
		Rules         []ruleView
		Quick         []struct{ Do, Label string }
		Breaks, Known []choiceView
		Kinds         []Kind
		Companies     []companySummary
	}{Quick: quick(), Breaks: breaks(), Kinds: s.kinds(), Companies: s.summaries()}
	for _, state := range s.Faults() {
		content.Rules = append(content.Rules, viewOfRule(&state))
	}
	for _, known := range KnownFaults() {
		label := fmt.Sprintf("%s: %s", known.Name, known.Message)
		content.Known = append(content.Known, choiceView{known.Name, strings.TrimSuffix(label, ": ")})
	}
	write(w, s.render(http.StatusOK, "faults", layout{
		Title: "Faults", Tab: "faults", Done: r.URL.Query().Get("done"), Content: content,
	}))
}

// kinds are the kinds of request that a rule can name.
func (s *Simulator) kinds() []Kind {
	all := []Kind{KindToken, KindRevoke, KindQuery, KindBatch}
	for _, o := range s.objects {
		all = append(all, o.kind(actionRead))
		if o.write != nil {
			all = append(all, o.kind(actionWrite))
		}
	}
	slices.Sort(all)
	return all
}

func viewOfRule(state *FaultState) ruleView {
	rule := &state.Rule
	view := ruleView{ID: state.ID, Name: rule.Name, Hits: state.Hits, Does: rule.describe(), Matches: "of any kind"}
	if len(rule.Kinds) > 0 {
		kinds := make([]string, len(rule.Kinds))
		for i, kind := range rule.Kinds {
			kinds[i] = string(kind)
		}
		view.Matches = strings.Join(kinds, ", ")
	}
	if rule.Realm != "" {
		view.Matches += " of " + rule.Realm
	}
	view.When = when(rule)
	return view
}

// when says in words which of the requests that match a rule it hits.
func when(rule *FaultRule) string {
	words := "every time"
	if rule.Times > 0 {
		words = fmt.Sprintf("%d times", rule.Times)
	}
	if rule.Probability > 0 && rule.Probability < 1 {
		words += fmt.Sprintf(", with a chance of %g", rule.Probability)
	}
	if rule.Skip > 0 {
		words += fmt.Sprintf(", after %d passed", rule.Skip)
	}
	return words
}

func (s *Simulator) addFault(w http.ResponseWriter, r *http.Request) {
	rule := ruleOf(r.PostFormValue("what"))
	if kind := r.PostFormValue("kind"); kind != "" {
		rule.Kinds = []Kind{Kind(kind)}
	}
	rule.Realm = r.PostFormValue("realm")
	if stage := r.PostFormValue("stage"); stage != "" && rule.Stage == "" {
		rule.Stage = FaultStage(stage)
	}
	var errTimes, errSkip, errChance error
	rule.Times, errTimes = strconv.Atoi(r.PostFormValue("times"))
	rule.Skip, errSkip = strconv.Atoi(r.PostFormValue("skip"))
	rule.Probability, errChance = strconv.ParseFloat(r.PostFormValue("probability"), 64)
	if errTimes != nil || errSkip != nil || errChance != nil {
		s.badForm(w, fmt.Errorf("%w: how many times, how many to let pass and the chance are numbers", ErrOptions))
		return
	}
	if _, err := s.AddFault(rule); err != nil {
		s.badForm(w, err)
		return
	}
	done(w, "/faults", "The fault is set.")
}

func (s *Simulator) removeFault(w http.ResponseWriter, r *http.Request) {
	s.RemoveFault(r.PostFormValue("id"))
	done(w, "/faults", "The fault is gone.")
}
