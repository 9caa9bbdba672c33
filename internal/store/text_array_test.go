package store_test

import (
	"strings"
	"testing"

	"github.com/lib/pq"
	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/store"
)

func TestTextArrayIsWrittenAsTheDriverWritesIt(t *testing.T) {
	t.Parallel()
	element := rapid.StringOf(rapid.SampledFrom([]rune(`ab"\{},' ü€`)))
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOf(element).Draw(t, "values")
		got, err := store.TextArray(values).Value()
		want, errWant := pq.StringArray(append([]string{}, values...)).Value()
		if err != nil || errWant != nil || got != want {
			t.Fatalf("%v, %v; the driver writes %v, %v", got, err, want, errWant)
		}
	})
}

func BenchmarkTextArray(b *testing.B) {
	const field = `{"account":"12","name":"Sales:Footwear","amount":7000,"side":1,"memo":"store-1"},`
	values := make([]string, 210)
	for i := range values {
		values[i] = strings.Repeat(field, 8)
	}
	b.Run("ours", func(b *testing.B) {
		for b.Loop() {
			if _, err := store.TextArray(values).Value(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("driver", func(b *testing.B) {
		for b.Loop() {
			if _, err := pq.StringArray(values).Value(); err != nil {
				b.Fatal(err)
			}
		}
	})
}
