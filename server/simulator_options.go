package main

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"

	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
)

// maxCompanies bounds --companies: each comes with a chart of accounts of its own.
const maxCompanies = 10_000

// options are the simulator's options as the flags have them. It reports every fault of the flags, joined.
func (c *simulatorCommand) options() (simulator.Options, error) {
	companies, err := c.companies()
	switches, switchErr := c.switches()
	if err := errors.Join(err, switchErr, c.checkListen(), c.checkTLS()); err != nil {
		return simulator.Options{}, err
	}
	options, err := c.scenario()
	if err != nil {
		return simulator.Options{}, err
	}
	if len(options.Apps) == 0 {
		options.Apps = []simulator.App{{
			ClientID: c.ClientID, ClientSecret: c.ClientSecret, RedirectURIs: c.RedirectURI,
			WebhookURL: c.WebhookURL, VerifierToken: c.VerifierToken,
		}}
	}
	fromFile := c.File != "" && c.Companies == 1 && len(c.Company) == 0 // those that are in it already, or else one
	if !fromFile && (len(options.Companies) == 0 || len(c.Company) > 0) {
		options.Companies = append(options.Companies, companies...)
	}
	if c.Seed != 0 {
		options.Seed = c.Seed
	}
	if options.Switches == nil {
		options.Switches = map[simulator.Switch]string{}
	}
	maps.Copy(options.Switches, switches)
	options.File = c.File
	return options, nil
}

// scenario reads the file that --scenario names.
func (c *simulatorCommand) scenario() (simulator.Options, error) {
	if c.Scenario == "" {
		return simulator.Options{}, nil
	}
	raw, err := os.ReadFile(c.Scenario)
	if err != nil {
		return simulator.Options{}, fmt.Errorf("--scenario: %w", err)
	}
	scenario, err := simulator.ParseScenario(raw)
	if err != nil {
		return simulator.Options{}, fmt.Errorf("--scenario %s: %w", c.Scenario, err)
	}
	return scenario.Options(), nil
}

// companies are those that --company names, and then as many more as --companies asks for. A company without a realm id
// gets the next free one from DefaultRealm on, so that scripts know it beforehand.
func (c *simulatorCommand) companies() ([]simulator.CompanyOptions, error) {
	if c.Companies < 1 || c.Companies > maxCompanies {
		return nil, fmt.Errorf("--companies %d: it is from 1 to %d", c.Companies, maxCompanies)
	}
	var companies []simulator.CompanyOptions
	taken := map[string]bool{}
	for _, text := range c.Company {
		company := parseCompany(text)
		companies = append(companies, company)
		taken[company.Realm] = true
	}
	for n := len(companies) + 1; n <= c.Companies; n++ {
		company := simulator.CompanyOptions{}
		if n > 1 {
			company.Name = fmt.Sprintf("Harbor & Pine Trading Co. %d", n)
		}
		companies = append(companies, company)
	}
	next, err := strconv.ParseUint(simulator.DefaultRealm, 10, 64)
	if err != nil {
		return nil, fmt.Errorf("the default realm id: %w", err)
	}
	for i := range companies {
		if companies[i].Realm != "" {
			continue
		}
		for taken[strconv.FormatUint(next, 10)] {
			next++
		}
		companies[i].Realm = strconv.FormatUint(next, 10)
		next++
	}
	return companies, nil
}

// parseCompany reads NAME or REALM=NAME. What stands before the first = is a realm id only if it is all digits.
func parseCompany(text string) simulator.CompanyOptions {
	realm, name, ok := strings.Cut(text, "=")
	if ok && realm != "" && strings.Trim(realm, "0123456789") == "" {
		return simulator.CompanyOptions{Realm: realm, Name: name}
	}
	return simulator.CompanyOptions{Name: text}
}

func (c *simulatorCommand) switches() (map[simulator.Switch]string, error) {
	switches := map[simulator.Switch]string{}
	for name, value := range c.Switch {
		switches[simulator.Switch(name)] = value
	}
	if c.NoLimits {
		if value, ok := switches[simulator.SwitchLimits]; ok && value != "off" {
			return nil, fmt.Errorf("--no-limits and --switch limits=%s contradict each other", value)
		}
		switches[simulator.SwitchLimits] = "off"
	}
	return switches, nil
}

// checkListen holds the simulator on loopback unless told otherwise: it asks nobody for credentials.
func (c *simulatorCommand) checkListen() error {
	if c.AllowRemote {
		return nil
	}
	for _, address := range c.Listen {
		host, _, err := net.SplitHostPort(address)
		if err != nil {
			return fmt.Errorf("--listen %s: it is HOST:PORT", address)
		}
		if ip, err := netip.ParseAddr(host); host != "localhost" && (err != nil || !ip.IsLoopback()) {
			return fmt.Errorf("--listen %s: the simulator asks nobody for credentials, so it listens on loopback only; "+
				"--allow-remote lifts that", address)
		}
	}
	return nil
}

func (c *simulatorCommand) checkTLS() error {
	if c.TLSDir != "" && !c.TLS {
		return errors.New("--tls-dir goes with --tls")
	}
	return nil
}
