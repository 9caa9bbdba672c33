package main

import (
	"context"
	"fmt"
	"time"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
	integrationv1 "github.com/tillpost/tillpost/gen/go/tillpost/integration/v1"
)

const (
	manyCompanies = 50
	manyEvents    = 3_000 // of each company
	manyTarget    = 5_000 // entries a second
)

func measureMany(ctx context.Context, b *bench) ([]figure, error) {
	return measureThroughput(ctx, b, set{companies: manyCompanies}, "PostgreSQL", b.scaled(manyEvents))
}

func measureManySQLite(ctx context.Context, b *bench) ([]figure, error) {
	onSQLite := set{companies: manyCompanies, sqlite: true}
	figures, err := measureThroughput(ctx, b, onSQLite, "SQLite", b.scaled(manyEvents/3))
	if len(figures) > 0 {
		figures[0].Target, figures[0].Verdict = "(told, not promised)", noted
	}
	return figures, err
}

// measureThroughput posts the waiting events of many companies, without limits, as fast as it goes.
func measureThroughput(ctx context.Context, b *bench, s set, database string, perCompany int) (figures []figure, err error) {
	err = b.on(ctx, s, func(st *stage) error {
		took, used, err := st.postAll(ctx, s.companies, perCompany)
		if err != nil {
			return err
		}
		speed := float64(s.companies*perCompany) / took.Seconds()
		figures = []figure{{
			Name: fmt.Sprintf("posting, %d companies, no limits, %s", s.companies, database), Target: "≥ 5,000 entries/s",
			Measured: thousands(speed) + " entries/s", Ratio: fmt.Sprintf("%.2f", speed/manyTarget), Verdict: judge(speed >= manyTarget),
		}, {
			Name: "… processor time of an entry", Measured: used.each(s.companies * perCompany),
			Ratio: fmt.Sprintf("%.2f cores in use", used.total().Seconds()/took.Seconds()),
		}}
		return nil
	})
	return figures, err
}

// postAll records events that wait, lets them go, and returns how long it took until all were in the books, and the processor
// time of it.
func (st *stage) postAll(ctx context.Context, retailers, perCompany int) (took time.Duration, used usage, err error) {
	if err := st.waitingRetailers(ctx, retailers); err != nil {
		return 0, used, err
	}
	if err := st.backlog(ctx, retailers, perCompany); err != nil {
		return 0, used, err
	}
	before, err := st.usage()
	if err != nil {
		return 0, used, err
	}
	began := time.Now()
	if err := st.startSync(ctx, retailers); err != nil {
		return 0, used, err
	}
	const every, patience = 250 * time.Millisecond, 5 * time.Minute
	next := 0 // the first that may not be done; asking all of them again and again would be a load of its own
	if err := until(ctx, every, patience, "everything is booked", func() (bool, error) {
		for ; next < retailers; next++ {
			n, err := st.inState(ctx, retailerName(next), financialv1.EventState_EVENT_STATE_SYNCED)
			if err != nil || n < int64(perCompany) {
				return false, err
			}
		}
		return true, nil
	}); err != nil {
		return 0, used, err
	}
	took = time.Since(began)
	after, err := st.usage()
	return took, after.since(before), err
}

// measureRelease maps the one slot that many events wait for.
func measureRelease(ctx context.Context, b *bench) (figures []figure, err error) {
	const waiting = 100_000
	n := b.scaled(waiting)
	err = b.on(ctx, set{companies: 1}, func(st *stage) error {
		if err := st.connectAll(ctx, 1, financialv1.Role_ROLE_PAYMENT); err != nil {
			return err
		}
		if err := st.startSync(ctx, 1); err != nil {
			return err
		}
		if err := st.backlog(ctx, 1, n); err != nil {
			return err
		}
		const every, patience = time.Second, 5 * time.Minute
		if err := until(ctx, every, patience, "all events wait", func() (bool, error) {
			parked, err := st.inState(ctx, retailerName(0), financialv1.EventState_EVENT_STATE_ACTION_REQUIRED)
			return parked == int64(n), err
		}); err != nil {
			return err
		}
		if _, err := st.api.Integration.PauseSync(ctx, &integrationv1.PauseSyncRequest{RetailerId: retailerName(0)}); err != nil {
			return fmt.Errorf("pause: %w", err)
		}
		began := time.Now()
		err := st.mapRole(ctx, retailerName(0), financialv1.Role_ROLE_PAYMENT, financialv1.AccountType_ACCOUNT_TYPE_BANK)
		took := time.Since(began)
		figures = []figure{{
			Name: fmt.Sprintf("MapEvent that releases %s waiting events", thousands(n)), Measured: brief(took),
			Ratio: fmt.Sprintf("%s events/s", thousands(float64(n)/took.Seconds())),
		}}
		return err
	})
	return figures, err
}
