package simulator

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"
)

// Bounds of the webhooks.
const (
	maxWebhookQueue    = 10_000 // changes waiting, per app
	maxWebhookEvents   = 100    // changes in one call
	maxWebhookHistory  = 1_000  // calls that are over and still listed
	maxWebhookInFlight = 8      // calls at the same time, per app
	webhookTimeout     = 3 * time.Second
	maxWebhookAnswer   = 64 << 10 // bytes of an answer that are read, so that its connection can be used again
)

// notice is one change that an app is told of.
type notice struct {
	id     string // of the CloudEvent
	change change
	queued time.Time
	number int64 // counts the notices of the sender
}

// webhookSender tells apps of changes. What is told of one company to one app goes one call after the other, so that
// later changes wait until the earlier ones are acknowledged; companies and apps do not wait for each other.
type webhookSender struct {
	logger    *slog.Logger
	random    *random
	clock     *clock
	authority *authority
	switches  *switchboard
	delay     time.Duration
	client    *http.Client
	apps      []*webhookApp

	context context.Context //nolint:containedctx // it ends when the sender is closed, whoever called publish
	cancel  context.CancelFunc
	lanes   sync.WaitGroup

	mu      sync.Mutex
	closed  bool
	number  int64
	history []*WebhookDelivery // calls that are over, oldest first
}

// webhookApp is an app that takes webhooks. The sender's lock guards it.
type webhookApp struct {
	App

	places  chan struct{} // one for each call under way
	lanes   map[string]*webhookLane
	queued  int
	dropped int64
}

// webhookLane is what is to be told of one company to one app. It exists while there is something.
type webhookLane struct {
	realm   string
	notices []notice
	call    *WebhookDelivery // under way; nil between two
}

// newWebhooks makes the sender; nil if no app takes webhooks.
func (s *Simulator) newWebhooks() *webhookSender {
	var apps []*webhookApp
	for _, app := range s.options.Apps {
		if app.WebhookURL != "" {
			apps = append(apps, &webhookApp{
				App: app, places: make(chan struct{}, maxWebhookInFlight), lanes: map[string]*webhookLane{},
			})
		}
	}
	if len(apps) == 0 {
		return nil
	}
	transport := s.options.WebhookTransport
	if transport == nil {
		transport = &http.Transport{
			MaxIdleConnsPerHost: maxWebhookInFlight, IdleConnTimeout: time.Minute, TLSHandshakeTimeout: webhookTimeout,
			ForceAttemptHTTP2: true,
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	return &webhookSender{
		logger: s.logger, random: s.random, clock: s.clock, authority: s.authority, switches: s.switches,
		delay: s.options.WebhookDelay, apps: apps, context: ctx, cancel: cancel,
		client: &http.Client{
			Transport:     transport, // each call has a time limit of its own
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// badWebhookURL says what is wrong with where an app wants its webhooks, or nothing.
func (a *App) badWebhookURL() string {
	if a.WebhookURL == "" {
		return ""
	}
	u, err := url.Parse(a.WebhookURL)
	switch {
	case err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "":
		return "its webhook address must begin with http:// or https://"
	case a.VerifierToken == "":
		return "its webhooks need a verifier token to be signed with"
	}
	return ""
}

// close stops all that is under way and waits until it has ended.
func (w *webhookSender) close() {
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
	w.cancel()
	w.lanes.Wait()
	w.client.CloseIdleConnections()
}

// publish queues changes of a company that have become durable, for every app that is connected to it. It never waits
// for an app. Calls of it about one company come in the order of the changes.
func (w *webhookSender) publish(realm string, list []change) {
	list = slices.DeleteFunc(slices.Clone(list), func(c change) bool { return !notified(c.object) })
	if len(list) == 0 {
		return
	}
	for _, app := range w.apps {
		if w.authority.connected(app.ClientID, realm, w.clock.now()) {
			w.queue(app, realm, list)
		}
	}
}

// notified says whether apps are told of changes of an object.
func notified(object string) bool {
	switch object {
	case objectAccount, objectJournalEntry, "Department", "Class", "Customer", "Vendor":
		return true
	}
	return false
}

func (w *webhookSender) queue(app *webhookApp, realm string, list []change) {
	now := time.Now()
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return
	}
	lane := app.lanes[realm]
	if lane == nil {
		lane = &webhookLane{realm: realm}
		app.lanes[realm] = lane
		w.lanes.Go(func() { w.serve(app, lane) })
	}
	for _, c := range list {
		w.number++
		lane.notices = append(lane.notices, notice{id: w.random.uuid(), change: c, queued: now, number: w.number})
		app.queued++
	}
	w.drop(app)
}

// drop forgets the oldest changes that wait for an app beyond the bound. The lock is held.
func (w *webhookSender) drop(app *webhookApp) {
	if app.queued <= maxWebhookQueue {
		return
	}
	if app.dropped == 0 {
		w.logger.Warn("webhooks pile up and the oldest ones are dropped",
			slog.String("app", app.ClientID), slog.String("address", app.WebhookURL), slog.Int("most", maxWebhookQueue))
	}
	for app.queued > maxWebhookQueue {
		var oldest *webhookLane
		for _, lane := range app.lanes {
			if len(lane.notices) > 0 && (oldest == nil || lane.notices[0].number < oldest.notices[0].number) {
				oldest = lane
			}
		}
		oldest.notices = oldest.notices[1:]
		app.queued--
		app.dropped++
	}
}
