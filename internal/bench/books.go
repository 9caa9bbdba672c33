package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// books is the simulated QuickBooks as its admin API shows it.
type books struct {
	url  string
	http *http.Client
}

func newBooks(address string) *books {
	const timeout = time.Minute
	return &books{url: address, http: &http.Client{Timeout: timeout, Transport: &http.Transport{}}}
}

// received is a request that the simulator received.
type received struct {
	Time    time.Time `json:"time"`
	Realm   string    `json:"realm"`
	Kind    string    `json:"kind"`
	Status  int       `json:"status"`
	Request string    `json:"request"`
}

// log returns the latest requests, the newest first.
func (b *books) log(ctx context.Context) ([]received, error) {
	var answer struct {
		Requests []received `json:"requests"`
	}
	err := b.get(ctx, "/admin/log", &answer)
	return answer.Requests, err
}

// counts returns how many requests got each HTTP status.
func (b *books) counts(ctx context.Context) (byStatus map[int]int64, err error) {
	var answer struct {
		ByStatus map[int]int64 `json:"byStatus"`
	}
	err = b.get(ctx, "/admin/requests", &answer)
	return answer.ByStatus, err
}

// realms returns the ids of the companies.
func (b *books) realms(ctx context.Context) ([]string, error) {
	var answer struct {
		Companies []struct {
			Realm string `json:"realm"`
		} `json:"companies"`
	}
	err := b.get(ctx, "/admin/companies", &answer)
	realms := make([]string, 0, len(answer.Companies))
	for _, company := range answer.Companies {
		realms = append(realms, company.Realm)
	}
	return realms, err
}

func (b *books) get(ctx context.Context, path string, into any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, b.url+path, http.NoBody)
	if err != nil {
		return fmt.Errorf("ask the simulator: %w", err)
	}
	answer, err := b.http.Do(request)
	if err != nil {
		return fmt.Errorf("ask the simulator: %w", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("the simulator answers %s to %s", answer.Status, path)
	}
	if err := json.NewDecoder(answer.Body).Decode(into); err != nil {
		return fmt.Errorf("the simulator's answer to %s: %w", path, err)
	}
	return nil
}

// consent presses Authorize on the consent page, for a company, and follows the redirect back to the service.
func (b *books) consent(ctx context.Context, address, realm string) error {
	page, err := url.Parse(address)
	if err != nil {
		return fmt.Errorf("the address of the consent page: %w", err)
	}
	form := page.Query()
	form.Set("decision", "authorize")
	form.Set("realm", realm)
	page.RawQuery = form.Encode()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, page.String(), http.NoBody)
	if err != nil {
		return fmt.Errorf("consent: %w", err)
	}
	answer, err := b.http.Do(request)
	if err != nil {
		return fmt.Errorf("consent: %w", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("the service's callback answers %s", answer.Status)
	}
	return nil
}
