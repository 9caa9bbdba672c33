package main

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestPercentile(t *testing.T) {
	t.Parallel()
	values := []int64{50, 10, 40, 20, 30}
	for p, want := range map[float64]int64{0: 10, 20: 10, 21: 20, 50: 30, 99: 50, 100: 50} {
		if got := percentile(values, p); got != want {
			t.Errorf("percentile %v is %d, want %d", p, got, want)
		}
	}
	if got := percentile([]time.Duration(nil), 99); got != 0 {
		t.Errorf("of nothing: %v", got)
	}
	if values[0] != 50 {
		t.Error("the values were sorted in place")
	}
}

func TestPercentileIsAValueThatEnoughDoNotExceed(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Int64Range(0, 20), 1, 50).Draw(t, "values")
		p := rapid.Float64Range(1, 100).Draw(t, "p")
		got, below, among := percentile(values, p), 0, false
		for _, v := range values {
			if v <= got {
				below++
			}
			among = among || v == got
		}
		if !among || float64(below) < p/100*float64(len(values))-1e-9 {
			t.Fatalf("percentile %v of %v is %d", p, values, got)
		}
	})
}

func TestNumbersReadWell(t *testing.T) {
	t.Parallel()
	for value, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -4321: "-4,321"} {
		if got := thousands(value); got != want {
			t.Errorf("%d is written %q, want %q", value, got, want)
		}
	}
	for value, want := range map[time.Duration]string{
		1500 * time.Microsecond: "1.50 ms", 42 * time.Millisecond: "42 ms", 1234 * time.Millisecond: "1.23 s",
		95 * time.Second: "95 s",
	} {
		if got := brief(value); got != want {
			t.Errorf("%v is written %q, want %q", value, got, want)
		}
	}
}

func TestTableIsAligned(t *testing.T) {
	t.Parallel()
	got := table([]figure{{Name: "recording", Target: "≥ 0.25", Measured: "5 rows/s", Ratio: "0.30", Verdict: met}})
	want := strings.Join([]string{
		"| what      | target | measured | ratio |     |",
		"|-----------|--------|----------|-------|-----|",
		"| recording | ≥ 0.25 | 5 rows/s | 0.30  | met |",
		"",
	}, "\n")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTheTableIsPutBetweenTheMarks(t *testing.T) {
	t.Parallel()
	got, err := replaceTable("before\n<!-- figures -->\nold\n<!-- end -->\nafter\n", "new\n")
	if want := "before\n<!-- figures -->\nnew\n<!-- end -->\nafter\n"; err != nil || got != want {
		t.Errorf("%q, %v; want %q", got, err, want)
	}
	if _, err := replaceTable("a page without marks", "new\n"); err == nil {
		t.Error("a page without marks is accepted")
	}
}

func TestIndexesAreDroppedByName(t *testing.T) {
	t.Parallel()
	got := dropped([]string{
		"CREATE INDEX events_by_date ON public.events USING btree (retailer_id)", "CREATE UNIQUE INDEX one ON events (a) WHERE b",
	})
	if diff := cmp.Diff([]string{"DROP INDEX events_by_date", "DROP INDEX one"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestScenariosAreChosenByName(t *testing.T) {
	t.Parallel()
	chosen, err := choose("idle,record")
	if err != nil || len(chosen) != 2 || chosen[0].name != "record" || chosen[1].name != "idle" {
		t.Errorf("%v, %v; want record and idle, in the order of the table", chosen, err)
	}
	if all, err := choose(""); err != nil || len(all) != len(scenarios()) {
		t.Errorf("no names choose %d, %v", len(all), err)
	}
	if _, err := choose("record,speed"); err == nil {
		t.Error("a name that nothing has is accepted")
	}
}
