package simulator

import (
	"net/http"
	"strconv"

	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// The most entries in one page of the admin journal, and how many there are unless the caller says.
const (
	maxAdminPage     = 10_000
	defaultAdminPage = 1_000
)

// companySummary is a company as lists of companies show it.
type companySummary struct {
	Realm         string `json:"realm"`
	Name          string `json:"name"`
	Accounts      int    `json:"accounts"`
	Entries       int    `json:"entries"`
	BookCloseDate string `json:"bookCloseDate,omitempty"`
}

// adminJournal is a page of a company's journal, in the order of the entries' ids. Total is the number of all entries.
type adminJournal struct {
	Start   int                 `json:"start"`
	Total   int                 `json:"total"`
	Entries []wire.JournalEntry `json:"entries"`
}

// adminRoutes serves what other processes may know that no QuickBooks would tell: the books at a glance and the
// requests received. They ask for no token and are not counted.
func (s *Simulator) adminRoutes() {
	s.own.HandleFunc("GET /admin/companies", s.adminCompanies)
	s.own.HandleFunc("GET /admin/companies/{realm}/trial-balance", s.adminTrialBalance)
	s.own.HandleFunc("GET /admin/companies/{realm}/journal", s.adminJournal)
	s.own.HandleFunc("GET /admin/requests", s.adminRequests)
	s.adminControlRoutes()
}

func (s *Simulator) adminCompanies(w http.ResponseWriter, _ *http.Request) {
	var body struct {
		Companies []companySummary `json:"companies"`
	}
	body.Companies = s.summaries()
	write(w, s.jsonAnswer(http.StatusOK, body))
}

func (c *company) summary() companySummary {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return companySummary{
		Realm: c.realm, Name: c.settings.Name, Accounts: len(c.accounts), Entries: c.live,
		BookCloseDate: c.settings.BookCloseDate,
	}
}

func (s *Simulator) adminTrialBalance(w http.ResponseWriter, r *http.Request) {
	balance, err := s.TrialBalance(r.PathValue("realm"))
	if err != nil {
		s.adminError(w, http.StatusNotFound, err.Error())
		return
	}
	write(w, s.jsonAnswer(http.StatusOK, balance))
}

// adminJournal answers the entries from the start-th on, at most max of them.
func (s *Simulator) adminJournal(w http.ResponseWriter, r *http.Request) {
	c, err := s.company(r.PathValue("realm"))
	if err != nil {
		s.adminError(w, http.StatusNotFound, err.Error())
		return
	}
	query := r.URL.Query()
	start, okStart := numberOr(query.Get("start"), 1)
	most, okMost := numberOr(query.Get("max"), defaultAdminPage)
	if !okStart || !okMost || start < 1 || most < 1 || most > maxAdminPage {
		s.adminError(w, http.StatusBadRequest, "start counts from 1, and max is from 1 to "+strconv.Itoa(maxAdminPage))
		return
	}
	entries, total := c.journal(start-1, most)
	write(w, s.jsonAnswer(http.StatusOK, adminJournal{Start: start, Total: total, Entries: entries}))
}

func (s *Simulator) adminRequests(w http.ResponseWriter, _ *http.Request) {
	write(w, s.jsonAnswer(http.StatusOK, s.Requests()))
}

func (s *Simulator) adminError(w http.ResponseWriter, status int, text string) {
	write(w, s.jsonAnswer(status, map[string]string{"error": text}))
}

// numberOr reads a number, or takes another where there is none.
func numberOr(raw string, otherwise int) (int, bool) {
	if raw == "" {
		return otherwise, true
	}
	n, err := strconv.Atoi(raw)
	return n, err == nil
}

// summaries lists the companies in the order they were added.
func (s *Simulator) summaries() []companySummary {
	s.mu.RLock()
	defer s.mu.RUnlock()
	all := make([]companySummary, len(s.realms))
	for i, realm := range s.realms {
		all[i] = s.companies[realm].summary()
	}
	return all
}
