package simulator

import (
	"net/http"
	"slices"
	"time"
)

// WebhookDelivery is one call that tells an app of changes, with all its attempts.
type WebhookDelivery struct {
	// Time is when it was first tried, by the simulator's clock.
	Time time.Time `json:"time"`
	// App is the client id of the app, Realm the company; Events is how many changes it tells of.
	App    string `json:"app"`
	Realm  string `json:"realm"`
	Events int    `json:"events"`
	// Attempts is how often it was tried. Status is the HTTP status of the last answer, zero if there was none, and Error
	// says why that was no acknowledgement; empty if it was one.
	Attempts int    `json:"attempts"`
	Status   int    `json:"status,omitempty"`
	Error    string `json:"error,omitempty"`
	// Pending says that it is still under way, or is tried again at NextAttempt. One that is not and has an Error was given
	// up, as the app is no longer connected or the simulator was closed.
	Pending     bool      `json:"pending"`
	NextAttempt time.Time `json:"nextAttempt,omitzero"`
}

// webhookQueue says how much waits for an app.
type webhookQueue struct {
	App     string `json:"app"`
	Address string `json:"address"`
	Waiting int    `json:"waiting"` // changes that are in no call yet
	Dropped int64  `json:"dropped"` // changes forgotten because too many waited
}

// WebhookDeliveries returns the last thousand calls that are over and all that are under way, by time.
func (s *Simulator) WebhookDeliveries() []WebhookDelivery {
	w := s.webhooks
	if w == nil {
		return []WebhookDelivery{}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	list := make([]WebhookDelivery, 0, len(w.history))
	for _, call := range w.history {
		list = append(list, *call)
	}
	for _, app := range w.apps {
		for _, lane := range app.lanes {
			if lane.call != nil {
				list = append(list, *lane.call)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b WebhookDelivery) int { return a.Time.Compare(b.Time) })
	return list
}

func (s *Simulator) webhookQueues() []webhookQueue {
	w := s.webhooks
	if w == nil {
		return []webhookQueue{}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	queues := make([]webhookQueue, len(w.apps))
	for i, app := range w.apps {
		queues[i] = webhookQueue{App: app.ClientID, Address: app.WebhookURL, Waiting: app.queued, Dropped: app.dropped}
	}
	return queues
}

func (s *Simulator) adminWebhooks(w http.ResponseWriter, _ *http.Request) {
	var body struct {
		Queues     []webhookQueue    `json:"queues"`
		Deliveries []WebhookDelivery `json:"deliveries"`
	}
	body.Queues, body.Deliveries = s.webhookQueues(), s.WebhookDeliveries()
	write(w, s.jsonAnswer(http.StatusOK, body))
}
