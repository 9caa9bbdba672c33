package quickbooks

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// discoveryLife is how long a discovery document is used before a newer one is asked for. An old one stays in use
// while a newer one cannot be had, and is then asked for again after discoveryRetry.
const (
	discoveryLife  = 24 * time.Hour
	discoveryRetry = 5 * time.Minute
)

// endpoints are the addresses that Intuit's discovery document names.
type endpoints struct {
	Authorization string `json:"authorization_endpoint"`
	Token         string `json:"token_endpoint"`
	Revocation    string `json:"revocation_endpoint"`
}

// discovery holds the document. turn lets one caller at a time fetch it; the others wait, each as long as its own
// context allows.
type discovery struct {
	turn chan struct{}

	mu    sync.Mutex
	known endpoints
	fresh time.Time // until when known is used without asking
}

func newDiscovery() discovery { return discovery{turn: make(chan struct{}, 1)} }

func (d *discovery) cached() (known endpoints, fresh bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.known, time.Now().Before(d.fresh)
}

func (d *discovery) keep(known endpoints, life time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.known, d.fresh = known, time.Now().Add(life)
}

// endpoints returns the OAuth addresses, fetching the discovery document if need be. A failed fetch is not remembered.
func (c *Client) endpoints(ctx context.Context) (endpoints, error) {
	if known, fresh := c.discovery.cached(); fresh {
		return known, nil
	}
	select {
	case c.discovery.turn <- struct{}{}:
		defer func() { <-c.discovery.turn }()
	case <-ctx.Done():
		cl := call{op: opDiscovery}
		return endpoints{}, exchangeError(cl, answer{}, false, fmt.Errorf("waiting for a fetch under way: %w", ctx.Err()))
	}
	known, fresh := c.discovery.cached()
	if fresh {
		return known, nil
	}
	found, err := c.fetchEndpoints(ctx)
	if err == nil {
		c.discovery.keep(found, discoveryLife)
		return found, nil
	}
	if known.Token != "" {
		c.discovery.keep(known, discoveryRetry)
		return known, nil
	}
	return endpoints{}, err
}

const opDiscovery = "fetch discovery document"

func (c *Client) fetchEndpoints(ctx context.Context) (endpoints, error) {
	ctx, cancel := context.WithTimeout(ctx, c.config.Timeout)
	defer cancel()
	started := time.Now()
	found, ans, failure := c.askEndpoints(ctx)
	c.logCall(ctx, opDiscovery, "", Receipt{ans.status, ans.tid(), time.Since(started)}, failure)
	if failure != nil {
		return endpoints{}, failure
	}
	return found, nil
}

func (c *Client) askEndpoints(ctx context.Context) (endpoints, answer, *Error) {
	cl := call{op: opDiscovery}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.config.DiscoveryURL, http.NoBody)
	if err != nil {
		return endpoints{}, answer{}, refused(cl.op, "", CauseInvalidRequest, err)
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", c.config.UserAgent)
	ans, sent, err := c.roundTrip(req, maxOAuthBytes)
	if err != nil {
		return endpoints{}, ans, exchangeError(cl, ans, sent, err)
	}
	if ans.status != http.StatusOK {
		return endpoints{}, ans, answerError(cl, ans, decodeFault(ans.body))
	}
	var found endpoints
	if err = json.Unmarshal(ans.body, &found); err != nil {
		return endpoints{}, ans, unreadable(cl, ans, err)
	}
	err = errors.Join(
		c.config.checkURL("authorization_endpoint", found.Authorization),
		c.config.checkURL("token_endpoint", found.Token),
		c.config.checkURL("revocation_endpoint", found.Revocation),
	)
	if err != nil {
		return endpoints{}, ans, unreadable(cl, ans, err)
	}
	return found, ans, nil
}
