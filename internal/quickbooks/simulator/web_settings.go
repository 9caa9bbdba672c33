package simulator

import "net/http"

// settingsView is what the page of a company's settings shows.
type settingsView struct {
	CompanyOptions

	Grants []grantView
}

type grantView struct {
	App, Since, Until string
	Revoked           bool
	Refreshes         int
}

func (s *Simulator) settingsOf(c *company, _ *http.Request) any {
	const minute = "2006-01-02 15:04"
	c.mu.RLock()
	view := settingsView{CompanyOptions: c.settings}
	c.mu.RUnlock()
	for _, g := range s.Grants(c.realm) {
		view.Grants = append(view.Grants, grantView{
			App: g.App, Since: g.Created.Format(minute), Until: g.RefreshExpires.Format(minute), Revoked: g.Revoked,
			Refreshes: g.Refreshes,
		})
	}
	return view
}

func (s *Simulator) saveSettings(w http.ResponseWriter, r *http.Request) {
	realm := r.PathValue("realm")
	err := s.ChangeCompany(realm, func(o *CompanyOptions) {
		o.Name = r.PostFormValue("name")
		o.BookCloseDate = r.PostFormValue("bookCloseDate")
		o.ClassTracking = ClassTracking(r.PostFormValue("classTracking"))
		o.TrackDepartments = r.PostFormValue("trackDepartments") != ""
		o.MultiCurrency = r.PostFormValue("multiCurrency") != ""
		o.WarnDuplicateJournalNumber = r.PostFormValue("warnDuplicateJournalNumber") != ""
		o.SubscriptionLapsed = r.PostFormValue("subscriptionLapsed") != ""
		o.ConnectorRemoved = r.PostFormValue("connectorRemoved") != ""
	})
	if err != nil {
		s.badForm(w, err)
		return
	}
	done(w, "/companies/"+realm+"/settings", "Saved.")
}
