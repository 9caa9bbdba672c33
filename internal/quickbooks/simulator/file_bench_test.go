package simulator_test

import (
	"fmt"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
)

// Batches of thirty entries of six lines, in memory only and with a file; compare the two.
func BenchmarkBatches(b *testing.B) {
	for name, file := range map[string]string{"memory": "", "file": "books.db"} {
		for _, callers := range []int{1, 8} {
			b.Run(fmt.Sprintf("%s/callers=%d", name, callers), func(b *testing.B) {
				options := simulator.Options{}
				if file != "" {
					options.File = filepath.Join(b.TempDir(), file)
				}
				a := newApp(b, options)
				closing(b, a.sim)
				body := thirty(a)
				b.SetParallelism(callers)
				b.ResetTimer()
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						if got := a.post("batch", body); got.StatusCode != http.StatusOK {
							b.Fatal(string(got.body))
						}
					}
				})
				b.ReportMetric(float64(b.N)*30/b.Elapsed().Seconds(), "entries/s")
			})
		}
	}
}

func thirty(a *app) string {
	items := make([]string, 30)
	for i := range items {
		items[i] = fmt.Sprintf(`{"bId":"%d","operation":"create","JournalEntry":%s}`, i, sixLines(a))
	}
	return batchJSON(items...)
}

// How long it takes to build a simulator on a file with entries; -benchtime=33334x makes a million.
func BenchmarkOpen(b *testing.B) {
	options := simulator.Options{File: filepath.Join(b.TempDir(), "books.db")}
	a := newApp(b, options)
	body := thirty(a)
	for range b.N {
		if got := a.post("batch", body); got.StatusCode != http.StatusOK {
			b.Fatal(string(got.body))
		}
	}
	if err := a.sim.Close(); err != nil {
		b.Fatal(err)
	}
	a.sim = nil
	opening := time.Now()
	b.ResetTimer()
	closing(b, newSimulator(b, options))
	b.ReportMetric(float64(b.N)*30/time.Since(opening).Seconds(), "entries/s")
	b.ReportMetric(float64(fileSize(b, options.File))/float64(b.N)/30, "bytes/entry")
}
