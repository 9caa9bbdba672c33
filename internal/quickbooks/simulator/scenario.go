package simulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Scenario is a setting for tests as it stands in a file: who is there, how Intuit behaves, and what goes wrong.
type Scenario struct {
	// Seed makes tokens, ids and chance repeatable; 0 makes them random.
	Seed uint64 `json:"seed,omitempty"`
	// Apps, Companies, Switches and Faults are as in Options.
	Apps      []App             `json:"apps,omitempty"`
	Companies []CompanyOptions  `json:"companies,omitempty"`
	Switches  map[Switch]string `json:"switches,omitempty"`
	Faults    []FaultRule       `json:"faults,omitempty"`
}

// ParseScenario reads a scenario from JSON. It fails with ErrOptions, and says where, if there is a property that does
// not exist or a value that cannot be.
func ParseScenario(raw []byte) (Scenario, error) {
	var s Scenario
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&s); err != nil {
		return Scenario{}, fmt.Errorf("%w: the scenario, about line %d: %w", ErrOptions, lineOf(raw, decoder.InputOffset()), err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return Scenario{}, fmt.Errorf("%w: the scenario goes on behind its end", ErrOptions)
	}
	if _, err := newSwitchboard(s.Switches); err != nil {
		return Scenario{}, err
	}
	for i := range s.Faults {
		rule := s.Faults[i]
		if _, err := rule.check(); err != nil {
			return Scenario{}, fmt.Errorf("fault %d of the scenario: %w", i+1, err)
		}
	}
	return s, nil
}

// Options returns the options of a simulator in this setting.
func (s Scenario) Options() Options {
	return Options{Seed: s.Seed, Apps: s.Apps, Companies: s.Companies, Switches: s.Switches, Faults: s.Faults}
}

func lineOf(raw []byte, offset int64) int {
	return 1 + bytes.Count(raw[:min(int(offset), len(raw))], []byte("\n"))
}
