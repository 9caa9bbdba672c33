package simulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// shownRequests is how many requests the page of requests lists.
const shownRequests = 200

// controlRoutes serves the pages on which a person watches requests and makes things go wrong.
func (s *Simulator) controlRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /requests", s.requestsPage)
	mux.HandleFunc("GET /requests/{number}", s.requestPage)
	mux.HandleFunc("GET /switches", s.switchesPage)
	mux.HandleFunc("POST /switches", s.chooseSwitch)
	mux.HandleFunc("GET /faults", s.faultsPage)
	mux.HandleFunc("POST /faults", s.addFault)
	mux.HandleFunc("POST /faults/remove", s.removeFault)
	mux.HandleFunc("POST /faults/now", s.faultNow)
	mux.HandleFunc("GET /companies/{realm}/settings", s.companyPage("settings", "Settings", s.settingsOf))
	mux.HandleFunc("POST /companies/{realm}/settings", s.saveSettings)
}

// done sends the browser back to a page that says what was done.
func done(w http.ResponseWriter, path, said string) {
	w.Header().Set("Location", path+"?done="+url.QueryEscape(said))
	w.WriteHeader(http.StatusSeeOther)
}

// kindCount is a row of the chart of requests.
type kindCount struct {
	Kind     Kind
	Requests int64
}

// requestView is a request as a page shows it.
type requestView struct {
	RequestRecord

	At, Took        string
	Good            bool
	Asked, Answered string
}

func viewOf(r *RequestRecord) requestView {
	return requestView{
		RequestRecord: *r, At: r.Time.Format("15:04:05.000"), Took: r.Took.Round(10 * time.Microsecond).String(),
		Good: r.Status >= 200 && r.Status < 400,
	}
}

func (s *Simulator) requestsPage(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	content := struct {
		Counts          RequestCounts
		Kinds           []kindCount
		Most            int64
		Kind            Kind
		Realm, Answered string
		Companies       []companySummary
		Records         []requestView
		Kept            int
	}{
		Counts: s.Requests(), Kind: Kind(query.Get("kind")), Realm: query.Get("realm"), Answered: query.Get("answered"),
		Companies: s.summaries(), Kept: s.options.RequestLog,
	}
	for kind, n := range content.Counts.ByKind {
		content.Kinds = append(content.Kinds, kindCount{kind, n})
		content.Most = max(content.Most, n)
	}
	slices.SortFunc(content.Kinds, func(a, b kindCount) int { return strings.Compare(string(a.Kind), string(b.Kind)) })
	for _, record := range s.RequestLog() {
		view := viewOf(&record)
		fits := (content.Kind == "" || record.Kind == content.Kind) && (content.Realm == "" || record.Realm == content.Realm) &&
			(content.Answered == "" || !view.Good)
		if fits && len(content.Records) < shownRequests {
			content.Records = append(content.Records, view)
		}
	}
	write(w, s.render(http.StatusOK, "requests", layout{Title: "Requests", Tab: "requests", Content: content}))
}

func (s *Simulator) requestPage(w http.ResponseWriter, r *http.Request) {
	number, _ := strconv.ParseInt(r.PathValue("number"), 10, 64)
	records := s.RequestLog()
	i := slices.IndexFunc(records, func(record RequestRecord) bool { return record.Number == number })
	if i < 0 {
		write(w, s.page(http.StatusNotFound, "problem", "No such request",
			"It was never received, or is no longer among the latest ones that are kept."))
		return
	}
	view := viewOf(&records[i])
	view.At = records[i].Time.Format(time.RFC3339Nano)
	view.Asked, view.Answered = readable(records[i].RequestBody), readable(records[i].AnswerBody)
	title := fmt.Sprintf("Request %d", number)
	write(w, s.render(http.StatusOK, "request", layout{Title: title, Tab: "requests", Content: view}))
}

// readable sets JSON in lines; anything else stays as it is.
func readable(body []byte) string {
	var indented bytes.Buffer
	if json.Indent(&indented, body, "", "  ") == nil {
		return indented.String()
	}
	return string(body)
}

func (s *Simulator) switchesPage(w http.ResponseWriter, r *http.Request) {
	write(w, s.render(http.StatusOK, "switches", layout{
		Title: "Switches", Tab: "switches", Done: r.URL.Query().Get("done"), Content: s.Switches(),
	}))
}

func (s *Simulator) chooseSwitch(w http.ResponseWriter, r *http.Request) {
	name, value := Switch(r.PostFormValue("name")), strings.TrimSpace(r.PostFormValue("value"))
	if err := s.SetSwitch(name, value); err != nil {
		s.badForm(w, err)
		return
	}
	done(w, "/switches", fmt.Sprintf("%s is now %s.", name, value))
}

func (s *Simulator) badForm(w http.ResponseWriter, err error) {
	write(w, s.page(http.StatusBadRequest, "problem", "That cannot be", err.Error()))
}
