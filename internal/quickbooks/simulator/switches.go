package simulator

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Switch names one behaviour that can be chosen, mostly because Intuit's texts are silent about it or contradict each
// other. Every switch can be set at the start and while the simulator runs.
type Switch string

// The switches. What each of their values does is in the table that Simulator.Switches returns.
const (
	SwitchLimits           Switch = "limits"
	SwitchTen              Switch = "ten-requests"
	SwitchThrottleBody     Switch = "throttle-body"
	SwitchRetryAfter       Switch = "retry-after"
	SwitchBatchQueries     Switch = "batch-queries-metered"
	SwitchRotation         Switch = "refresh-rotation"
	SwitchLostRace         Switch = "lost-refresh-race"
	SwitchDeadToken        Switch = "dead-token-body"
	SwitchRefreshLifetime  Switch = "refresh-lifetime"
	SwitchPKCE             Switch = "pkce"
	SwitchUnbalanced       Switch = "unbalanced-fault"
	SwitchReplayKept       Switch = "replay-kept"
	SwitchReplayMismatch   Switch = "replay-mismatch"
	SwitchReplayFaults     Switch = "replay-faults"
	SwitchReplayInFlight   Switch = "replay-in-flight"
	SwitchEntryLines       Switch = "entry-lines"
	SwitchActiveFilter     Switch = "active-filter"
	SwitchPermissionStatus Switch = "permission-status"
	SwitchMinorVersion     Switch = "minorversion-above-75"
	SwitchAccountNames     Switch = "account-names"
	SwitchAccountNumbers   Switch = "account-numbers"
	SwitchBalanceSign      Switch = "balance-sign"
	SwitchPageTotal        Switch = "page-total"
	SwitchCDCEmpty         Switch = "cdc-empty"
	SwitchWebhookFormat    Switch = "webhook-format"
)

// The values of the switches.
const (
	switchOn, switchOff             = "on", "off"
	activeOnly, activeAll           = "active-only", "all"
	statusBad, statusDenied         = "400", "403"
	tokenDescribed, tokenBare       = "described", "bare"
	naturalSide, debitSide          = "natural", "debit"
	replayAnswer, replayRefused     = "replay", "600"
	replayWaits                     = "wait"
	ruleFault, tableFault           = "6000", "2300"
	perSecond, concurrent, both     = "per-second", "concurrent", "both"
	daily, dailyGrace, everyTime    = "same-value-24h", "same-value-24h-grace-24h", "every-refresh"
	raceRefused, raceKills          = "refused", "kills-grant"
	cloudEvents, olderForm          = "cloudevents", "legacy"
	emptyObject, leftOut            = "empty-object", "left-out"
	perParent, wholeList            = "per-parent", "whole-list"
	ignoredValue, refusedValue      = "ignored", "refused"
	checkedValue                    = "checked"
	gatewayJSON, serviceJSON, anXML = "gateway-json", "service-json", "xml"
)

// SwitchState is a switch as it stands.
type SwitchState struct {
	// Name is what flags, scenario files and the admin API call it.
	Name Switch `json:"name"`
	// Value is the present one; Default is what it is unless somebody chose.
	Value   string `json:"value"`
	Default string `json:"default"`
	// Values are all it can have. Empty: a duration ("10m") or a whole number, as Default shows.
	Values []string `json:"values,omitempty"`
	// Help says in a sentence or two what it chooses, and why there is a choice.
	Help string `json:"help"`
}

// switchTable is every switch with its default first among its values.
func switchTable() []SwitchState {
	choice := func(name Switch, help string, values ...string) SwitchState {
		return SwitchState{Name: name, Default: values[0], Values: values, Help: help}
	}
	free := func(name Switch, help, value string) SwitchState {
		return SwitchState{Name: name, Default: value, Help: help}
	}
	return []SwitchState{
		choice(SwitchLimits, "Whether Intuit's published request limits hold: 500 a minute and company, 10 a second, "+
			"40 batches a minute and app, 120 a company, 120 s a request.", switchOn, switchOff),
		choice(SwitchTen, "How the limit of ten is read: Intuit's present page says ten a second, an older one ten at "+
			"the same time.", perSecond, concurrent, both),
		choice(SwitchThrottleBody, "The body of a 429. Only the XML form has been recorded, and that came to a client "+
			"that asked for JSON.", gatewayJSON, serviceJSON, anXML),
		free(SwitchRetryAfter, "The Retry-After header of a 429, as a duration; 0s sends none, as in every recording.", "0s"),
		choice(SwitchBatchQueries, "Whether the queries inside a batch count as CorePlus calls; Intuit does not say.",
			switchOn, switchOff),
		choice(SwitchRotation, "When a refresh hands out a new refresh token and what becomes of the one before it. "+
			"Two of Intuit's texts contradict each other.", daily, dailyGrace, everyTime),
		choice(SwitchLostRace, "What the second of two refreshes with the same token does: it is refused, or it ends the "+
			"whole connection, as a digest of Intuit's page has it.", raceRefused, raceKills),
		choice(SwitchDeadToken, "Whether the refusal of a dead refresh token says why; both have been recorded.",
			tokenDescribed, tokenBare),
		free(SwitchRefreshLifetime, "How long a refresh token lives after its last use: 2424h (101 days) has been seen, and "+
			"so have 2400h and 4320h.", "2424h"),
		choice(SwitchPKCE, "What becomes of code_challenge: nothing says that Intuit looks at it.", ignoredValue, checkedValue),
		choice(SwitchUnbalanced, "The fault of an entry whose debits differ from its credits; no recording is known.",
			ruleFault, tableFault),
		free(SwitchReplayKept, "How long the answer to a write with a requestid is kept for a repeat; Intuit publishes no "+
			"number.", "24h"),
		choice(SwitchReplayMismatch, "What a repeated requestid with another body gets: the first answer, or code 600.",
			replayAnswer, replayRefused),
		choice(SwitchReplayFaults, "Whether the repeat of a refused write gets the same refusal (on) or is tried afresh.",
			switchOff, switchOn),
		choice(SwitchReplayInFlight, "What a repeat gets while the first is still running: it waits for its answer, or "+
			"code 600.", replayWaits, replayRefused),
		free(SwitchEntryLines, "The most lines of a journal entry; 0 for no limit, since Intuit publishes none.", "0"),
		choice(SwitchActiveFilter, "Whether a query of a name list that does not speak of Active finds only active rows.",
			activeOnly, activeAll),
		choice(SwitchPermissionStatus, "The HTTP status of codes 5020 and 5030.", statusBad, statusDenied),
		choice(SwitchMinorVersion, "What becomes of a minorversion above 75, or of one that is no number.",
			ignoredValue, refusedValue),
		choice(SwitchAccountNames, "Whether two accounts may have the same name under different parents.",
			perParent, wholeList),
		choice(SwitchAccountNumbers, "Whether two accounts may have the same number (off) or not (on).", switchOff, switchOn),
		choice(SwitchBalanceSign, "How CurrentBalance of an account that is normally in credit is signed.",
			naturalSide, debitSide),
		choice(SwitchPageTotal, "Whether pages of rows carry totalCount; Intuit's samples differ.", switchOff, switchOn),
		choice(SwitchCDCEmpty, "How change data capture answers for an object without changes.", emptyObject, leftOut),
		choice(SwitchWebhookFormat, "The form of webhooks: CloudEvents, required since July 2026, or the older one.",
			cloudEvents, olderForm),
	}
}

// switchboard holds the value of every switch. It is safe for concurrent use.
type switchboard struct {
	table []SwitchState // without values, never changed

	mu     sync.RWMutex
	values map[Switch]string
}

func newSwitchboard(chosen map[Switch]string) (*switchboard, error) {
	b := &switchboard{table: switchTable(), values: map[Switch]string{}}
	for _, row := range b.table {
		b.values[row.Name] = row.Default
	}
	for _, name := range slices.Sorted(maps.Keys(chosen)) {
		if err := b.set(name, chosen[name]); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// set gives a switch a value, or fails with ErrOptions if there is no such switch or it cannot have that value.
func (b *switchboard) set(name Switch, value string) error {
	i := slices.IndexFunc(b.table, func(row SwitchState) bool { return row.Name == name })
	if i < 0 {
		return fmt.Errorf("%w: there is no switch %q", ErrOptions, name)
	}
	if err := b.table[i].check(value); err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.values[name] = value
	return nil
}

// check says whether a switch can have a value.
func (row *SwitchState) check(value string) error {
	if len(row.Values) > 0 {
		if slices.Contains(row.Values, value) {
			return nil
		}
		return fmt.Errorf("%w: switch %s cannot be %q; it is one of %s", ErrOptions, row.Name, value,
			strings.Join(row.Values, ", "))
	}
	if _, err := strconv.Atoi(row.Default); err == nil {
		if n, err := strconv.Atoi(value); err != nil || n < 0 {
			return fmt.Errorf("%w: switch %s cannot be %q; it is a whole number", ErrOptions, row.Name, value)
		}
		return nil
	}
	if d, err := time.ParseDuration(value); err != nil || d < 0 {
		return fmt.Errorf("%w: switch %s cannot be %q; it is a duration such as 10m", ErrOptions, row.Name, value)
	}
	return nil
}

func (b *switchboard) value(name Switch) string {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.values[name]
}

func (b *switchboard) is(name Switch, value string) bool { return b.value(name) == value }

// duration returns the value of a switch that is a duration; set has seen to it that it is one.
func (b *switchboard) duration(name Switch) time.Duration {
	d, _ := time.ParseDuration(b.value(name))
	return d
}

// number returns the value of a switch that is a whole number; set has seen to it that it is one.
func (b *switchboard) number(name Switch) int {
	n, _ := strconv.Atoi(b.value(name))
	return n
}

func (b *switchboard) list() []SwitchState {
	all := slices.Clone(b.table)
	for i := range all {
		all[i].Value = b.value(all[i].Name)
	}
	return all
}

// Switches returns every switch with its present value, in the order of the documentation.
func (s *Simulator) Switches() []SwitchState { return s.switches.list() }

// SetSwitch gives a switch another value, from the next request on. It fails with ErrOptions if there is no such switch
// or it cannot have that value.
func (s *Simulator) SetSwitch(name Switch, value string) error { return s.setSwitch(name, value) }
