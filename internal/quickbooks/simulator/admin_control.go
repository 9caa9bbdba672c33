package simulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// maxAdminBody is the most bytes of a body that the admin API reads.
const maxAdminBody = 1 << 20

// adminControlRoutes serves what tests and scripts turn while the simulator runs. Bodies and answers are JSON.
func (s *Simulator) adminControlRoutes() {
	s.own.HandleFunc("POST /admin/companies", admin(s, s.adminAddCompany))
	s.own.HandleFunc("PATCH /admin/companies/{realm}", admin(s, s.adminChangeCompany))
	s.own.HandleFunc("GET /admin/log", s.adminLog)
	s.own.HandleFunc("GET /admin/switches", func(w http.ResponseWriter, _ *http.Request) {
		write(w, s.jsonAnswer(http.StatusOK, map[string]any{"switches": s.Switches()}))
	})
	s.own.HandleFunc("PATCH /admin/switches", admin(s, s.adminSetSwitches))
	s.own.HandleFunc("GET /admin/known-faults", func(w http.ResponseWriter, _ *http.Request) {
		write(w, s.jsonAnswer(http.StatusOK, map[string]any{"faults": KnownFaults()}))
	})
	s.own.HandleFunc("GET /admin/faults", func(w http.ResponseWriter, _ *http.Request) {
		write(w, s.jsonAnswer(http.StatusOK, map[string]any{"faults": s.Faults()}))
	})
	s.own.HandleFunc("POST /admin/faults", admin(s, s.adminAddFault))
	s.own.HandleFunc("DELETE /admin/faults", func(w http.ResponseWriter, _ *http.Request) {
		s.ClearFaults()
		write(w, s.jsonAnswer(http.StatusOK, struct{}{}))
	})
	s.own.HandleFunc("DELETE /admin/faults/{id}", s.adminRemoveFault)
	s.own.HandleFunc("POST /admin/clock", admin(s, s.adminClock))
	s.own.HandleFunc("POST /admin/tokens/{what}", admin(s, s.adminTokens))
}

// admin makes a handler of a function that takes a JSON body and returns what to answer. Its errors are the caller's.
func admin[T any](s *Simulator, do func(r *http.Request, body T) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var body T
		decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxAdminBody))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&body); err != nil && !errors.Is(err, io.EOF) {
			s.adminError(w, http.StatusBadRequest, "the body: "+err.Error())
			return
		}
		result, err := do(r, body)
		switch {
		case errors.Is(err, ErrUnknownCompany):
			s.adminError(w, http.StatusNotFound, err.Error())
		case err != nil:
			s.adminError(w, http.StatusBadRequest, err.Error())
		default:
			write(w, s.jsonAnswer(http.StatusOK, result))
		}
	}
}

func (s *Simulator) adminAddCompany(_ *http.Request, options CompanyOptions) (any, error) {
	realm, err := s.AddCompany(options)
	if err != nil {
		return nil, err
	}
	return s.Company(realm)
}

// adminChangeCompany changes the settings that the body names; the others stay.
func (s *Simulator) adminChangeCompany(r *http.Request, named json.RawMessage) (any, error) {
	realm := r.PathValue("realm")
	var bad error
	err := s.ChangeCompany(realm, func(o *CompanyOptions) {
		decoder := json.NewDecoder(bytes.NewReader(named))
		decoder.DisallowUnknownFields()
		changed := *o
		if bad = decoder.Decode(&changed); bad == nil {
			*o = changed
		}
	})
	if bad != nil {
		return nil, fmt.Errorf("%w: the body: %w", ErrOptions, bad)
	}
	if err != nil {
		return nil, err
	}
	return s.Company(realm)
}

func (s *Simulator) adminLog(w http.ResponseWriter, r *http.Request) {
	most, ok := numberOr(r.URL.Query().Get("limit"), s.options.RequestLog)
	if !ok || most < 0 {
		s.adminError(w, http.StatusBadRequest, "limit is a whole number")
		return
	}
	records := s.RequestLog()
	write(w, s.jsonAnswer(http.StatusOK, map[string]any{"requests": records[:min(len(records), most)]}))
}

func (s *Simulator) adminSetSwitches(_ *http.Request, chosen map[Switch]string) (any, error) {
	if _, err := newSwitchboard(chosen); err != nil {
		return nil, err // before any of them is turned
	}
	for name, value := range chosen {
		if err := s.SetSwitch(name, value); err != nil {
			return nil, err
		}
	}
	return map[string]any{"switches": s.Switches()}, nil
}

func (s *Simulator) adminAddFault(_ *http.Request, rule FaultRule) (any, error) {
	id, err := s.AddFault(rule)
	if err != nil {
		return nil, err
	}
	return map[string]string{"id": id}, nil
}

func (s *Simulator) adminRemoveFault(w http.ResponseWriter, r *http.Request) {
	if !s.RemoveFault(r.PathValue("id")) {
		s.adminError(w, http.StatusNotFound, "no fault has this id")
		return
	}
	write(w, s.jsonAnswer(http.StatusOK, struct{}{}))
}

func (s *Simulator) adminClock(_ *http.Request, body struct {
	Advance Duration `json:"advance"`
},
) (any, error) {
	s.AdvanceClock(time.Duration(body.Advance))
	return map[string]time.Time{"now": s.Now()}, nil
}

// adminTokens makes tokens expire, or ends connections: of one company, or of all if the body names none.
func (s *Simulator) adminTokens(r *http.Request, body struct {
	Realm string `json:"realm"`
},
) (any, error) {
	if body.Realm != "" {
		if _, err := s.company(body.Realm); err != nil {
			return nil, err
		}
	}
	var hit int
	switch what := r.PathValue("what"); what {
	case "expire-access":
		hit = s.ExpireAccessTokens(body.Realm)
	case "expire-refresh":
		hit = s.ExpireRefreshTokens(body.Realm)
	case "revoke":
		hit = s.RevokeGrants(body.Realm)
	default:
		return nil, fmt.Errorf("%w: tokens can be made to expire-access, expire-refresh or revoke, not %q", ErrOptions, clip(what))
	}
	return map[string]int{"hit": hit}, nil
}
