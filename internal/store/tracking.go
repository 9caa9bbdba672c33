package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
)

// Dimension is one of the two ways in which QuickBooks tells lines apart beside the account. The numbers are stored: never
// renumber.
type Dimension uint8

// The dimensions.
const (
	// Locations: QuickBooks' locations (departments) for retail locations.
	Locations Dimension = 1
	// Classes: QuickBooks' classes for item classes.
	Classes Dimension = 2
)

// TrackedValue is a QuickBooks location or class.
type TrackedValue struct {
	ledger.Tracked

	Active bool
}

// TrackedMapping is a retail location or an item class, and what it is mapped to.
type TrackedMapping struct {
	// Key is the retail location or item class as the events name it.
	Key string
	// Value is nil where nothing is mapped.
	Value     *TrackedValue
	UpdatedAt time.Time
	UpdatedBy string
}

// Tracking is all there is to know of a dimension.
type Tracking struct {
	// Enabled tells whether the company tracks it: only then do lines carry it.
	Enabled bool
	// Values are the company's, by name; Mappings what the events use or what is mapped, by key.
	Values   []TrackedValue
	Mappings []TrackedMapping
}

// maxTracking bounds the rows of each list of Tracking.
const maxTracking = 10_000

// ImportTracking replaces the company's locations or classes by what QuickBooks named. Mappings to one that is gone are
// kept and have no effect until it is back. ErrNotFound when the retailer was never connected, ErrOtherCompany when realm
// is not its company.
func (s *Store) ImportTracking(
	ctx context.Context, r ledger.RetailerID, realm ledger.RealmID, d Dimension, values []TrackedValue,
) error {
	return s.inWrite(ctx, "import locations or classes", func(t *tx) error {
		if _, _, err := t.lock(ctx, r); err != nil {
			return err
		}
		if err := t.ofCompany(ctx, r, realm); err != nil {
			return err
		}
		if _, err := t.exec(ctx, `DELETE FROM tracked WHERE retailer_id = $1 AND dimension = $2`, r, d); err != nil {
			return err
		}
		named := make(map[string]TrackedValue, len(values))
		for _, v := range values {
			named[v.ID] = v
		}
		written := make([][]any, 0, len(named))
		for _, id := range slices.Sorted(maps.Keys(named)) {
			written = append(written, []any{r, d, id, foreign(named[id].Name), named[id].Active})
		}
		err := t.insert(ctx, `INSERT INTO tracked (retailer_id, dimension, tracked_id, name, active)`, written, "")
		if err != nil {
			return err
		}
		return t.bumpBooks(ctx, r)
	})
}

// MapTracking gives a retail location its QuickBooks location, or an item class its class; an empty id takes it away.
// ErrNotFound when the company has no such value, or an inactive one.
func (s *Store) MapTracking(
	ctx context.Context, r ledger.RetailerID, d Dimension, key, id, actor string, now time.Time,
) error {
	return s.inWrite(ctx, "map a location or class", func(t *tx) error {
		if _, err := t.lockNew(ctx, r, now); err != nil {
			return err
		}
		if id == "" {
			_, err := t.exec(ctx, `DELETE FROM tracked_mappings WHERE retailer_id = $1 AND dimension = $2 AND retail_key = $3`,
				r, d, key)
			if err != nil {
				return err
			}
			return t.bumpBooks(ctx, r)
		}
		found, err := t.get(ctx, new(int64), `SELECT 1 FROM tracked
			WHERE retailer_id = $1 AND dimension = $2 AND tracked_id = $3 AND active`, r, d, id)
		if err != nil {
			return err
		}
		if !found {
			return fmt.Errorf("the value with the id %s: %w", id, ErrNotFound)
		}
		err = t.insert(ctx, `INSERT INTO tracked_mappings (retailer_id, dimension, retail_key, tracked_id, updated_at, updated_by)`,
			[][]any{{r, d, key, id, micros(now), actor}}, `ON CONFLICT (retailer_id, dimension, retail_key) DO UPDATE SET
				tracked_id = excluded.tracked_id, updated_at = excluded.updated_at, updated_by = excluded.updated_by`)
		if err != nil {
			return err
		}
		return t.bumpBooks(ctx, r)
	})
}

// Tracking returns what there is to know of a dimension: at most 10,000 rows of each list.
func (s *Store) Tracking(ctx context.Context, r ledger.RetailerID, d Dimension) (tracking Tracking, err error) {
	err = s.inRead(ctx, "read locations or classes", func(t *tx) error {
		company, err := t.bookCompany(ctx, r)
		if err != nil {
			return err
		}
		tracking = Tracking{Enabled: company.TracksLocations}
		if d == Classes {
			tracking.Enabled = company.TracksClasses
		}
		if tracking.Values, err = t.trackedValues(ctx, r, d); err != nil {
			return err
		}
		tracking.Mappings, err = t.trackedMappings(ctx, r, d, tracking.Values)
		return err
	})
	return tracking, err
}

func (t *tx) trackedValues(ctx context.Context, r ledger.RetailerID, d Dimension) ([]TrackedValue, error) {
	var rows []struct {
		ID     string `db:"tracked_id"`
		Name   string `db:"name"`
		Active bool   `db:"active"`
	}
	err := t.list(ctx, &rows, `SELECT tracked_id, name, active FROM tracked WHERE retailer_id = $1 AND dimension = $2
		ORDER BY name, tracked_id LIMIT $3`, r, d, maxTracking)
	values := make([]TrackedValue, 0, len(rows))
	for _, row := range rows {
		values = append(values, TrackedValue{Tracked: ledger.Tracked{ID: row.ID, Name: row.Name}, Active: row.Active})
	}
	return values, err
}

// usedKeys selects what the events named, by dimension.
func usedKeys(d Dimension) string {
	if d == Locations {
		return `SELECT location_id AS k FROM slots WHERE retailer_id = $1`
	}
	var classed []ledger.Role
	for _, role := range ledger.Roles() {
		if role.KeyName() == ledger.RoleRevenue.KeyName() {
			classed = append(classed, role)
		}
	}
	return `SELECT map_key AS k FROM slots WHERE retailer_id = $1 AND role IN (` + numbers(classed) + `)`
}

func (t *tx) trackedMappings(
	ctx context.Context, r ledger.RetailerID, d Dimension, values []TrackedValue,
) ([]TrackedMapping, error) {
	var rows []struct {
		Key       string `db:"k"`
		ID        string `db:"tracked_id"`
		UpdatedAt int64  `db:"updated_at"`
		UpdatedBy string `db:"updated_by"`
	}
	err := t.list(ctx, &rows, `SELECT u.k, COALESCE(m.tracked_id, '') AS tracked_id, COALESCE(m.updated_at, 0) AS updated_at,
			COALESCE(m.updated_by, '') AS updated_by
		FROM (`+usedKeys(d)+` UNION SELECT retail_key FROM tracked_mappings WHERE retailer_id = $1 AND dimension = $2) AS u
		LEFT JOIN tracked_mappings m ON m.retailer_id = $1 AND m.dimension = $2 AND m.retail_key = u.k
		ORDER BY u.k LIMIT $3`, r, d, maxTracking)
	byID := make(map[string]*TrackedValue, len(values))
	for i := range values {
		byID[values[i].ID] = &values[i]
	}
	mappings := make([]TrackedMapping, 0, len(rows))
	for _, row := range rows {
		mappings = append(mappings, TrackedMapping{
			Key: row.Key, Value: byID[row.ID], UpdatedAt: fromMicros(row.UpdatedAt), UpdatedBy: row.UpdatedBy,
		})
	}
	return mappings, err
}

// bookTracking puts into the books what the company tracks.
func (t *tx) bookTracking(ctx context.Context, r ledger.RetailerID, company companyRow, books *ledger.Books) error {
	if !company.TracksLocations && !company.TracksClasses {
		return nil
	}
	var rows []struct {
		Dimension Dimension `db:"dimension"`
		Key       string    `db:"retail_key"`
		ID        string    `db:"tracked_id"`
		Name      string    `db:"name"`
	}
	err := t.list(ctx, &rows, `SELECT m.dimension, m.retail_key, m.tracked_id, v.name
		FROM tracked_mappings m JOIN tracked v
			ON v.retailer_id = m.retailer_id AND v.dimension = m.dimension AND v.tracked_id = m.tracked_id
		WHERE m.retailer_id = $1 AND v.active`, r)
	for _, row := range rows {
		value := ledger.Tracked{ID: row.ID, Name: row.Name}
		switch {
		case row.Dimension == Locations && company.TracksLocations:
			if books.Departments == nil {
				books.Departments = map[ledger.LocationID]ledger.Tracked{}
			}
			books.Departments[ledger.LocationID(row.Key)] = value
		case row.Dimension == Classes && company.TracksClasses:
			if books.Classes == nil {
				books.Classes = map[string]ledger.Tracked{}
			}
			books.Classes[row.Key] = value
		}
	}
	return err
}
