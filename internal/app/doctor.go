package app

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/tillpost/tillpost/internal/quickbooks"
	"github.com/tillpost/tillpost/internal/store"
)

// Check is the result of one of the doctor's examinations.
type Check struct {
	Name string
	// Finding says what was found when all is well, Problem what is wrong, Remedy what to do about it.
	Finding, Problem, Remedy string
}

const (
	examineTimeout = 15 * time.Second
	// maxClockSkew is by how much the clock may differ from Intuit's: tokens and business dates depend on it.
	maxClockSkew = time.Minute
)

// Examine checks the configuration, the database, the reachability of QuickBooks, and the clock against QuickBooks'. It
// changes nothing.
func Examine(ctx context.Context, cfg Config, log *slog.Logger) []Check {
	ctx, cancel := context.WithTimeout(ctx, examineTimeout)
	defer cancel()
	if err := cfg.Check(); err != nil {
		return []Check{{Name: "configuration", Problem: err.Error(), Remedy: "Mend the settings named and run doctor again."}}
	}
	checks := []Check{
		{Name: "configuration", Finding: fmt.Sprintf("%s mode, QuickBooks %s", cfg.Mode, cfg.QuickBooks)},
		examineDatabase(ctx, cfg, log),
	}
	return append(checks, examineQuickBooks(ctx, cfg)...)
}

func examineDatabase(ctx context.Context, cfg Config, log *slog.Logger) Check {
	check := Check{Name: "database"}
	db, err := store.Open(ctx, cfg.Database, log)
	if err != nil {
		check.Problem, check.Remedy = err.Error(), "Check --database, and that the server runs and lets this user in."
		return check
	}
	defer db.Close()
	have, want, err := db.SchemaVersion(ctx)
	if err != nil {
		check.Problem, check.Remedy = err.Error(), "Check that the database server runs and lets this user in."
		return check
	}
	if have != want {
		check.Problem = fmt.Sprintf("the schema is at version %d, this program needs %d", have, want)
		check.Remedy = "Run the migrate command (serve does so by itself unless --skip-migrate is given)."
		return check
	}
	if err := db.Ping(ctx); err != nil {
		check.Problem, check.Remedy = err.Error(), "Check that this user may read and write the tables."
		return check
	}
	check.Finding = fmt.Sprintf("%s answers, schema version %d", db.Dialect(), have)
	return check
}

// examineQuickBooks fetches the discovery document: it needs no token and tells reachability and the time there.
func examineQuickBooks(ctx context.Context, cfg Config) []Check {
	reach := Check{Name: "QuickBooks"}
	address, _ := quickbooks.Endpoints(quickbooks.Environment(cfg.QuickBooks))
	remedy := "Check this machine's way to the internet: DNS, proxy, firewall, TLS certificates."
	if address == "" {
		address = cfg.SimulatorURL + "/.well-known/openid_configuration"
		remedy = "Start the simulator: 'tillpost simulator', or set --simulator-url."
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		reach.Problem, reach.Remedy = err.Error(), "Check --simulator-url."
		return []Check{reach}
	}
	answer, err := (&http.Client{Timeout: examineTimeout}).Do(request)
	if err != nil {
		reach.Problem, reach.Remedy = err.Error(), remedy
		return []Check{reach}
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		reach.Problem, reach.Remedy = fmt.Sprintf("%s answers %s", address, answer.Status), remedy
		return []Check{reach}
	}
	reach.Finding = "answers at " + address
	return []Check{reach, examineClock(answer.Header.Get("Date"))}
}

func examineClock(date string) Check {
	check := Check{Name: "clock"}
	there, err := http.ParseTime(date)
	if err != nil {
		check.Finding = "QuickBooks' answer names no time to compare with"
		return check
	}
	skew := time.Since(there).Round(time.Second)
	if skew.Abs() > maxClockSkew {
		check.Problem = fmt.Sprintf("differs from QuickBooks' by %v", skew)
		check.Remedy = "Set the clock by NTP: tokens and business dates depend on it."
		return check
	}
	check.Finding = fmt.Sprintf("within %v of QuickBooks'", max(skew.Abs(), time.Second))
	return check
}
