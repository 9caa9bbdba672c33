package simulator

import (
	"io"
	"log/slog"
	"net/http"
)

// exportRoutes serves the state as documents to keep and compare, and what became of the webhooks.
func (s *Simulator) exportRoutes() {
	s.own.HandleFunc("GET /admin/export", func(w http.ResponseWriter, r *http.Request) {
		var options []ExportOption
		switch times := r.URL.Query().Get("times"); times {
		case "", switchOn:
		case switchOff:
			options = append(options, WithoutTimes())
		default:
			s.adminError(w, http.StatusBadRequest, "times is on or off")
			return
		}
		s.stream(w, r, jsonUTF8, "simulator.json", func(to io.Writer) error { return s.Export(to, options...) })
	})
	s.own.HandleFunc("GET /admin/companies/{realm}/journal.csv", s.serveCSV("journal", s.ExportJournal))
	s.own.HandleFunc("GET /admin/companies/{realm}/trial-balance.csv", s.serveCSV("trial-balance", s.ExportTrialBalance))
	s.own.HandleFunc("GET /admin/webhooks", s.adminWebhooks)
}

// serveCSV serves one of a company's tables.
func (s *Simulator) serveCSV(name string, export func(io.Writer, string) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c, err := s.company(r.PathValue("realm"))
		if err != nil {
			s.adminError(w, http.StatusNotFound, err.Error())
			return
		}
		s.stream(w, r, "text/csv; charset=utf-8", name+"-"+c.realm+".csv", func(to io.Writer) error {
			return export(to, c.realm)
		})
	}
}

// stream sends a document as it is made. One that breaks off in the middle ends with a broken connection, so that
// nobody takes it for whole.
func (s *Simulator) stream(w http.ResponseWriter, r *http.Request, contentType, name string, export func(io.Writer) error) {
	header := w.Header()
	header.Set("Content-Type", contentType)
	header.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	if err := export(w); err != nil {
		s.logger.LogAttrs(r.Context(), slog.LevelDebug, "an export broke off", slog.Any("error", err))
		cut()
	}
}
