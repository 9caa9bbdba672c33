package storetest

import (
	"fmt"
	"testing"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/store"
)

func trackingTests() tests {
	return tests{
		"Tracking/Values":   testTrackingValues,
		"Tracking/Mappings": testTrackingMappings,
		"Tracking/Books":    testTrackingBooks,
		"Tracking/Large":    testTrackingLarge,
	}
}

func tracked(id, name string, active bool) store.TrackedValue {
	return store.TrackedValue{Tracked: ledger.Tracked{ID: id, Name: name}, Active: active}
}

// track connects a retailer whose company tracks what is said.
func track(t testing.TB, s *store.Store, locations, classes bool) {
	t.Helper()
	c := connection(origin())
	c.TracksLocations, c.TracksClasses = locations, classes
	must(t, s.SaveConnection(within(t), retailer, c))
}

func testTrackingValues(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	fails(t, "never connected", s.ImportTracking(ctx, retailer, realm, store.Locations, nil), store.ErrNotFound)
	nothing := store.Tracking{Values: []store.TrackedValue{}, Mappings: []store.TrackedMapping{}}
	same(t, "unknown retailer", got(s.Tracking(ctx, retailer, store.Locations))(t), nothing)
	track(t, s, true, false)
	fails(t, "another company", s.ImportTracking(ctx, retailer, "1", store.Locations, nil), store.ErrOtherCompany)
	version := got(s.BooksVersion(ctx, retailer))(t)
	must(t, s.ImportTracking(ctx, retailer, realm, store.Locations, []store.TrackedValue{
		tracked("2", "North \x00\xff", true), tracked("1", "south", true), tracked("3", "East", false),
		tracked("4", "named first", true), tracked("4", "East", true),
	}))
	if after := got(s.BooksVersion(ctx, retailer))(t); after <= version {
		t.Errorf("books version %d after %d", after, version)
	}
	want := nothing
	same(t, "classes", got(s.Tracking(ctx, retailer, store.Classes))(t), want)
	want.Enabled, want.Values = true, []store.TrackedValue{
		tracked("3", "East", false), tracked("4", "East", true), tracked("2", "North \uFFFD\uFFFD", true), tracked("1", "south", true),
	}
	same(t, "locations", got(s.Tracking(ctx, retailer, store.Locations))(t), want)
	must(t, s.ImportTracking(ctx, retailer, realm, store.Classes, []store.TrackedValue{tracked("1", "Class", true)}))
	must(t, s.ImportTracking(ctx, retailer, realm, store.Locations, nil))
	want.Values = []store.TrackedValue{}
	same(t, "none any more", got(s.Tracking(ctx, retailer, store.Locations))(t), want)
	same(t, "classes", len(got(s.Tracking(ctx, retailer, store.Classes))(t).Values), 1)
}

func testTrackingMappings(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	track(t, s, true, true)
	used := sale("a")
	used.Location = "store-2"
	record(t, s, retailer, at(1), sale("b"), used, cash("c"))
	both := []store.TrackedValue{tracked("1", "North", true), tracked("2", "Old", false)}
	for _, d := range []store.Dimension{store.Locations, store.Classes} {
		must(t, s.ImportTracking(ctx, retailer, realm, d, both))
	}
	fails(t, "unknown value", s.MapTracking(ctx, retailer, store.Locations, "store-1", "9", caller, at(2)), store.ErrNotFound)
	fails(t, "inactive value", s.MapTracking(ctx, retailer, store.Locations, "store-1", "2", caller, at(2)), store.ErrNotFound)
	fails(t, "unknown retailer", s.MapTracking(ctx, "other", store.Locations, "store-1", "1", caller, at(2)), store.ErrNotFound)
	bare := func(keys ...string) []store.TrackedMapping {
		out := []store.TrackedMapping{}
		for _, key := range keys {
			out = append(out, store.TrackedMapping{Key: key})
		}
		return out
	}
	mappings := func(d store.Dimension) []store.TrackedMapping {
		t.Helper()
		return got(s.Tracking(ctx, retailer, d))(t).Mappings
	}
	same(t, "locations in use", mappings(store.Locations), bare("store-1", "store-2"))
	same(t, "classes in use", mappings(store.Classes), bare("Shoes"))
	must(t, s.MapTracking(ctx, retailer, store.Locations, "store-1", "1", caller, at(3)))
	must(t, s.MapTracking(ctx, retailer, store.Locations, "store-3", "1", caller, at(4))) // used by no event yet
	must(t, s.MapTracking(ctx, retailer, store.Locations, "store-3", "1", "someone", at(5)))
	north := tracked("1", "North", true)
	want := []store.TrackedMapping{
		{Key: "store-1", Value: &north, UpdatedAt: at(3), UpdatedBy: caller},
		{Key: "store-2"},
		{Key: "store-3", Value: &north, UpdatedAt: at(5), UpdatedBy: "someone"},
	}
	same(t, "mapped", mappings(store.Locations), want)
	same(t, "classes", mappings(store.Classes), bare("Shoes"))
	must(t, s.MapTracking(ctx, retailer, store.Classes, "Shoes", "1", caller, at(6)))
	must(t, s.MapTracking(ctx, retailer, store.Locations, "store-1", "", caller, at(7)))
	must(t, s.MapTracking(ctx, retailer, store.Locations, "store-1", "", caller, at(7))) // again
	want[0] = store.TrackedMapping{Key: "store-1"}
	same(t, "unmapped", mappings(store.Locations), want)
	same(t, "classes", mappings(store.Classes), []store.TrackedMapping{
		{Key: "Shoes", Value: &north, UpdatedAt: at(6), UpdatedBy: caller},
	})
	same(t, "none of it elsewhere", got(s.Tracking(ctx, "other", store.Locations))(t).Mappings, bare())
}

// testTrackingBooks puts into the books what is tracked, mapped and active.
func testTrackingBooks(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	track(t, s, true, true)
	north, shoes := tracked("1", "North", true), tracked("1", "Footwear", true)
	imports := func(values ...store.TrackedValue) {
		t.Helper()
		must(t, s.ImportTracking(ctx, retailer, realm, store.Locations, values))
	}
	version := int64(0)
	expect := func(what string, departments map[ledger.LocationID]ledger.Tracked, classes map[string]ledger.Tracked) {
		t.Helper()
		books, now, err := s.BooksAt(ctx, retailer)
		must(t, err)
		same(t, what+": departments", books.Departments, departments)
		same(t, what+": classes", books.Classes, classes)
		if now <= version {
			t.Errorf("%s: books version %d after %d", what, now, version)
		}
		version = now
	}
	departments := map[ledger.LocationID]ledger.Tracked{"store-1": north.Tracked}
	classes := map[string]ledger.Tracked{"Shoes": shoes.Tracked}
	imports(north)
	must(t, s.ImportTracking(ctx, retailer, realm, store.Classes, []store.TrackedValue{shoes}))
	expect("nothing mapped", nil, nil)
	must(t, s.MapTracking(ctx, retailer, store.Locations, "store-1", "1", caller, at(1)))
	expect("location", departments, nil)
	must(t, s.MapTracking(ctx, retailer, store.Classes, "Shoes", "1", caller, at(1)))
	expect("both", departments, classes)
	imports(tracked("1", "North", false))
	expect("inactive", nil, classes)
	imports()
	expect("gone", nil, classes)
	imports(tracked("1", "Up North", true))
	expect("back", map[ledger.LocationID]ledger.Tracked{"store-1": {ID: "1", Name: "Up North"}}, classes)
	imports(north)
	expect("as before", departments, classes)
	for _, tracks := range []struct{ locations, classes bool }{{true, false}, {false, true}, {false, false}, {true, true}} {
		company := connection(origin()).Company
		company.TracksLocations, company.TracksClasses = tracks.locations, tracks.classes
		must(t, s.SaveCompany(ctx, retailer, realm, company, at(2)))
		var wantDepartments map[ledger.LocationID]ledger.Tracked
		var wantClasses map[string]ledger.Tracked
		if tracks.locations {
			wantDepartments = departments
		}
		if tracks.classes {
			wantClasses = classes
		}
		expect(fmt.Sprintf("%+v", tracks), wantDepartments, wantClasses)
		same(t, "enabled", got(s.Tracking(ctx, retailer, store.Locations))(t).Enabled, tracks.locations)
		same(t, "enabled", got(s.Tracking(ctx, retailer, store.Classes))(t).Enabled, tracks.classes)
	}
	must(t, s.MapTracking(ctx, retailer, store.Locations, "store-1", "", caller, at(3)))
	expect("unmapped", nil, classes)
}

// testTrackingLarge needs several statements on PostgreSQL.
func testTrackingLarge(t *testing.T, s *store.Store) {
	t.Helper()
	track(t, s, true, true)
	const n = 2000
	var values []store.TrackedValue
	for i := range n {
		values = append(values, tracked(fmt.Sprintf("%05d", i), fmt.Sprintf("Class %05d", i), true))
	}
	for range 2 {
		must(t, s.ImportTracking(within(t), retailer, realm, store.Classes, values))
		same(t, "values", got(s.Tracking(within(t), retailer, store.Classes))(t).Values, values)
	}
}
