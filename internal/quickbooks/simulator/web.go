package simulator

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"strconv"

	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

//go:embed pages
var pageFiles embed.FS

// webPageSize is how many entries a page of the journal shows.
const webPageSize = 25

// contentPolicy lets a page load its stylesheet and nothing else. It says nothing of where forms may lead: the consent
// form ends at the app's own address.
const contentPolicy = "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'"

// pages are the templates of the web face, by name, and its stylesheet.
type pages struct {
	templates map[string]*template.Template
	style     []byte
}

func loadPages() (*pages, error) {
	p := &pages{templates: map[string]*template.Template{}}
	functions := template.FuncMap{"money": money, "count": grouped, "count64": grouped64}
	for _, name := range []string{
		"home", "accounts", "trial-balance", "journal", "consent", "problem", "requests",
		"request", "switches", "faults", "settings",
	} {
		t, err := template.New("layout.html").Funcs(functions).
			ParseFS(pageFiles, "pages/layout.html", "pages/"+name+".html")
		if err != nil {
			return nil, fmt.Errorf("read the page %s: %w", name, err)
		}
		p.templates[name] = t
	}
	style, err := pageFiles.ReadFile("pages/style.css")
	if err != nil {
		return nil, fmt.Errorf("read the stylesheet: %w", err)
	}
	p.style = style
	return p, nil
}

// layout is what every page is built from. Tab is the page that is marked in the company's navigation.
type layout struct {
	Title   string
	Tab     string
	Company *companySummary
	// Done says what the form that led here has done; Kept where the state is kept.
	Done, Kept string
	Content    any
}

func (s *Simulator) webRoutes() {
	s.own.HandleFunc("GET /{$}", s.homePage)
	s.own.HandleFunc("GET /assets/style.css", s.stylesheet)
	s.own.HandleFunc("GET /companies/{realm}/accounts", s.companyPage("accounts", "Chart of accounts", accountsPage))
	s.own.HandleFunc("GET /companies/{realm}/trial-balance", s.companyPage("trial-balance", "Trial balance", balancePage))
	s.own.HandleFunc("GET /companies/{realm}/journal", s.companyPage("journal", "Journal", journalPage))
	s.controlRoutes(s.own)
	s.own.Handle("GET /companies/{realm}", http.RedirectHandler("/", http.StatusSeeOther))
}

func (s *Simulator) stylesheet(w http.ResponseWriter, _ *http.Request) {
	write(w, answer{status: http.StatusOK, contentType: "text/css; charset=utf-8", body: s.pages.style})
}

func (s *Simulator) homePage(w http.ResponseWriter, _ *http.Request) {
	write(w, s.render(http.StatusOK, "home", layout{Title: "Companies", Tab: "home", Content: struct {
		Companies []companySummary
		Requests  RequestCounts
	}{s.summaries(), s.Requests()}}))
}

// companyPage makes the handler of a page about one company.
func (s *Simulator) companyPage(name, title string, content func(*company, *http.Request) any) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c, err := s.company(r.PathValue("realm"))
		if err != nil {
			write(w, s.page(http.StatusNotFound, "problem", "No such company",
				"No company has this realm id. The companies that exist are on the first page."))
			return
		}
		summary := c.summary()
		page := layout{
			Title: title, Tab: name, Company: &summary, Done: r.URL.Query().Get("done"), Content: content(c, r),
		}
		write(w, s.render(http.StatusOK, name, page))
	}
}

// page renders a page that is not about one company.
func (s *Simulator) page(status int, name, title string, content any) answer {
	return s.render(status, name, layout{Title: title, Content: content})
}

func (s *Simulator) render(status int, name string, page layout) answer {
	var body bytes.Buffer
	page.Kept = "Everything here is kept in memory."
	if s.options.File != "" {
		page.Kept = "Its books are kept in a file."
	}
	if err := s.pages.templates[name].Execute(&body, page); err != nil {
		s.logger.Error("a page could not be rendered", slog.String("page", name), slog.Any("error", err))
		return answer{status: http.StatusInternalServerError, contentType: plainText, body: []byte("page not rendered")}
	}
	header := http.Header{
		"Content-Security-Policy": {contentPolicy},
		"X-Content-Type-Options":  {"nosniff"},
		"Referrer-Policy":         {"no-referrer"},
	}
	return answer{status: status, contentType: htmlPage, header: header, body: body.Bytes()}
}

// accountGroup is the accounts of one classification on a page.
type accountGroup struct {
	Name string
	Rows []accountRow
}

type accountRow struct {
	ID, Number, Name, Type, SubType string
	Indent                          int
	Active                          bool
	Lines                           int
	Balance, Debit, Credit          wire.Decimal
}

// accountsPage shows every account with its balance, inactive ones too.
func accountsPage(c *company, _ *http.Request) any {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.groups(func(*account) bool { return true })
}

// balancePage shows the accounts that have been posted to, and totals that agree; with ?all, every account.
func balancePage(c *company, r *http.Request) any {
	all := r.URL.Query().Has("all")
	view := struct {
		Groups                  []accountGroup
		All                     bool
		Entries                 int
		TotalDebit, TotalCredit wire.Decimal
	}{All: all}
	c.mu.RLock()
	defer c.mu.RUnlock()
	view.Entries = c.live
	view.Groups = c.groups(func(a *account) bool { return all || a.lines > 0 })
	for _, group := range view.Groups {
		for _, row := range group.Rows {
			view.TotalDebit += row.Debit
			view.TotalCredit += row.Credit
		}
	}
	return view
}

// groups sorts the accounts that are shown into their classifications. The lock is held.
func (c *company) groups(shown func(*account) bool) []accountGroup {
	var groups []accountGroup
	for _, a := range c.inOrder() {
		if !shown(a) {
			continue
		}
		if len(groups) == 0 || groups[len(groups)-1].Name != a.of.classification {
			groups = append(groups, accountGroup{Name: a.of.classification})
		}
		row := accountRow{
			ID: wireID(a.id), Number: a.number, Name: a.fullName, Type: a.of.name, SubType: a.subType,
			Indent: levelOf(a) - 1, Active: a.active, Lines: a.lines, Balance: c.signed(a, a.balance),
		}
		if a.balance > 0 {
			row.Debit = wire.Decimal(a.balance)
		} else {
			row.Credit = wire.Decimal(-a.balance)
		}
		group := &groups[len(groups)-1]
		group.Rows = append(group.Rows, row)
	}
	return groups
}

// journalView is one page of the journal, the latest entry first. Newer and Older are page numbers, 0 for none.
type journalView struct {
	Entries               []wire.JournalEntry
	Total, Page, Pages    int
	Newer, Older          int
	FirstShown, LastShown int
}

func journalPage(c *company, r *http.Request) any {
	page, ok := numberOr(r.URL.Query().Get("page"), 1)
	if !ok || page < 1 {
		page = 1
	}
	if id := r.URL.Query().Get("entry"); id != "" {
		page = c.newer(id)/webPageSize + 1
	}
	skip := min(page-1, 1<<31) * webPageSize
	entries, total := c.latest(skip, webPageSize)
	view := journalView{
		Entries: entries, Total: total, Page: page, Pages: max(1, (total+webPageSize-1)/webPageSize), Newer: page - 1,
		FirstShown: skip + 1, LastShown: skip + len(entries),
	}
	if page < view.Pages {
		view.Older = page + 1
	}
	return view
}

// money writes an amount with thousands separators; zero is blank, as in a ledger.
func money(amount wire.Decimal) string {
	if amount == 0 {
		return ""
	}
	text := amount.String()
	sign := ""
	if amount < 0 {
		sign, text = "−", text[1:]
	}
	whole, cents := text[:len(text)-3], text[len(text)-3:]
	return sign + separate(whole) + cents
}

func grouped64(n int64) string { return separate(strconv.FormatInt(n, 10)) }

// grouped writes a whole number with thousands separators.
func grouped(n int) string { return separate(strconv.Itoa(n)) }

func separate(digits string) string {
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

func wireID(id int) string { return strconv.Itoa(id) }
