package demo

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
)

const (
	daysOfWeek = 7
	// weekTickets is how many documents the tills make in the week, about; receipts come on top.
	weekTickets = 3_400
	openingHour = 9
	// openSeconds is how long the stores are open a day.
	openSeconds = 11 * 60 * 60
	// receivingDays is on how many days of the week each store gets deliveries.
	receivingDays = 5

	currency = "USD"
	// seedStream separates this generator's numbers from others with the same seed.
	seedStream = 0x7469_6c6c_706f_7374
)

// Week returns the financial events of a week of the demo retailer: about 4,000, of every kind, for twelve stores and the
// seven business dates from start's on, in the order they happened. The same seed and date make the same events, to the
// byte. It begins with the stock that each store opens with, so that no inventory account ends in credit.
func Week(seed uint64, start time.Time) []*financialv1.Event {
	g := &generator{
		rnd:       rand.New(rand.NewPCG(seed, seedStream)), //nolint:gosec // made-up tickets need no secrecy
		classes:   itemClasses(),
		layaways:  map[string][]layaway{},
		shipped:   map[string][]shipment{},
		documents: map[string]int{},
	}
	monday := time.Date(start.Year(), start.Month(), start.Day(), 0, 0, 0, 0, time.UTC)
	for day := range daysOfWeek {
		for _, shop := range stores() {
			g.storeDay(shop, monday.AddDate(0, 0, day), day)
		}
	}
	slices.SortStableFunc(g.events, func(a, b *financialv1.Event) int {
		return a.GetOccurTime().AsTime().Compare(b.GetOccurTime().AsTime())
	})
	return g.events
}

// generator makes events. Between events it remembers what later ones refer to.
type generator struct {
	rnd       *rand.Rand
	classes   []itemClass
	events    []*financialv1.Event
	layaways  map[string][]layaway  // open ones, by store
	shipped   map[string][]shipment // on its way, by the store it goes to
	documents map[string]int        // documents so far, by the beginning of their number

	// What the event being made has in common with its store and day.
	shop store
	date time.Time // midnight of the business date
	at   time.Time // when it happens, UTC
	// taken is what the store's tickets of the day took, by payment type.
	taken map[string]int64
}

// maker makes one event, or returns nil where none fits at the moment.
type maker func() *financialv1.Event

// makers returns what happens at a till, and how often.
func (g *generator) makers() []weighted[maker] {
	return []weighted[maker]{
		{g.plainSale, 800},
		{g.returnTicket, 52},
		{g.exchange, 32},
		{g.giftCardSale, 26},
		{g.depositCollected, 30},
		{g.layawaySale, 20},
		{g.depositRefunded, 6},
		{g.depositForfeited, 5},
		{g.cashPaidOut, 26},
		{g.cashPaidIn, 10},
		{g.evenExchange, 4},
		{g.freeReplacement, 3},
	}
}

// storeDay makes a day of one store: stock and deliveries in the morning, the tickets in the order of time, then the
// till, the bank and the stock room.
func (g *generator) storeDay(shop store, date time.Time, day int) {
	g.shop, g.date = shop, date
	opening := date.Add(openingHour*time.Hour - shop.offset) // midnight at the store is offset later than in UTC
	g.taken = map[string]int64{}
	if day == 0 {
		g.at = opening.Add(-time.Hour)
		g.add(g.openingStock())
	}
	g.at = opening.Add(-40 * time.Minute)
	g.receiveTransfers()
	if g.rnd.IntN(daysOfWeek) < receivingDays {
		for n := range 1 + g.rnd.IntN(3) {
			g.at = opening.Add(time.Duration(-20+10*n) * time.Minute)
			g.add(g.purchaseReceipt())
		}
	}
	// Weekends are busier; the parts add up to 1,000.
	busy := [daysOfWeek]int{120, 115, 125, 130, 160, 200, 150}
	tickets := weekTickets*busy[day]*shop.share/100/1000 - 2 + g.rnd.IntN(5)
	seconds := make([]int, tickets)
	for i := range seconds {
		seconds[i] = g.rnd.IntN(openSeconds)
	}
	slices.Sort(seconds)
	makers := g.makers()
	for _, second := range seconds {
		g.at = opening.Add(time.Duration(second) * time.Second)
		event := pick(g.rnd, makers)()
		if event == nil {
			event = g.plainSale()
		}
		g.add(event)
		g.take(event.GetSale())
	}
	g.at = opening.Add((openSeconds + 15*60) * time.Second)
	g.closeTill()
	g.closeStockRoom()
}

func (g *generator) add(event *financialv1.Event) { g.events = append(g.events, event) }

// event returns an event of the current store and time. kind names the document in ids and, shortened to mark, in
// numbers; mark is empty for tickets.
func (g *generator) event(kind, mark string) *financialv1.Event {
	series := g.shop.code + mark + g.date.Format("-0102-")
	g.documents[series]++
	number := fmt.Sprintf("%s%04d", series, g.documents[series])
	return &financialv1.Event{
		EventId:      kind + "-" + g.date.Format("2006") + "-" + number,
		Number:       number,
		Revision:     1,
		LocationId:   g.shop.id,
		OccurTime:    timestamppb.New(g.at),
		BusinessDate: g.date.Format(time.DateOnly),
		CurrencyCode: currency,
		SourceUrl:    "https://retail.example.com/" + kind + "/" + number,
	}
}

// chance is true in percent of the cases.
func (g *generator) chance(percent int) bool { return g.rnd.IntN(100) < percent }

// between returns an amount from low to high in whole steps.
func (g *generator) between(low, high, step int64) int64 {
	return low + g.rnd.Int64N((high-low)/step+1)*step
}

// pick takes one of the choices, by weight.
func pick[T any](rnd *rand.Rand, choices []weighted[T]) T {
	sum := 0
	for _, choice := range choices {
		sum += choice.weight
	}
	at := rnd.IntN(sum)
	for _, choice := range choices[1:] {
		if at < choice.weight {
			return choice.value
		}
		at -= choice.weight
	}
	return choices[0].value
}
