package simulator

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"time"
)

// serve makes the calls of a lane, one after the other, until nothing is left to be told.
func (w *webhookSender) serve(app *webhookApp, lane *webhookLane) {
	for {
		first, some := w.peek(app, lane)
		if !some || !w.wait(time.Until(first.queued.Add(w.delay))) {
			return
		}
		w.deliver(app, lane, w.take(app, lane))
	}
}

// peek returns the oldest notice of a lane. A lane without any is closed.
func (w *webhookSender) peek(app *webhookApp, lane *webhookLane) (notice, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(lane.notices) == 0 {
		delete(app.lanes, lane.realm)
		return notice{}, false
	}
	return lane.notices[0], true
}

// take takes what goes into one call.
func (w *webhookSender) take(app *webhookApp, lane *webhookLane) []notice {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := min(len(lane.notices), maxWebhookEvents)
	taken := lane.notices[:n:n]
	lane.notices = lane.notices[n:]
	app.queued -= n
	return taken
}

// wait waits and reports whether the sender is still open.
func (w *webhookSender) wait(d time.Duration) bool {
	if d > 0 {
		wait(w.context, d)
	}
	return w.context.Err() == nil
}

// deliver makes one call again and again until it is acknowledged, the app is no longer connected or the sender is
// closed.
func (w *webhookSender) deliver(app *webhookApp, lane *webhookLane, notices []notice) {
	if len(notices) == 0 {
		return
	}
	call := &WebhookDelivery{App: app.ClientID, Realm: lane.realm, Events: len(notices), Pending: true}
	body, err := webhookBody(app.ClientID, lane.realm, notices, w.switches.is(SwitchWebhookFormat, olderForm))
	if err != nil {
		w.logger.Error("a webhook could not be written as JSON", slog.Any("error", err))
		return
	}
	w.update(func() { call.Time, lane.call = w.clock.now(), call })
	defer w.update(func() { w.finish(lane) })
	for attempt := 1; w.authority.connected(app.ClientID, lane.realm, w.clock.now()); attempt++ {
		status, err := w.attempt(app, body)
		delay := retryAfter(attempt)
		w.update(func() { call.record(attempt, status, err, w.clock.now().Add(delay)) })
		if status == http.StatusOK && err == nil {
			return
		}
		w.logger.LogAttrs(w.context, slog.LevelInfo, "a webhook was not acknowledged", slog.String("app", app.ClientID),
			slog.String("realm", lane.realm), slog.Int("attempt", attempt), slog.Int("status", status), slog.Any("error", err),
			slog.Duration("retry_after", delay))
		if !w.wait(delay) {
			return
		}
	}
}

// update changes what WebhookDeliveries shows.
func (w *webhookSender) update(change func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	change()
}

// finish moves a call that is over to the history. The lock is held.
func (w *webhookSender) finish(lane *webhookLane) {
	lane.call.Pending, lane.call.NextAttempt = false, time.Time{}
	w.history = append(w.history, lane.call)
	w.history = w.history[max(0, len(w.history)-maxWebhookHistory):]
	lane.call = nil
}

// attempt makes one call. The status is zero if there was no answer.
func (w *webhookSender) attempt(app *webhookApp, body []byte) (int, error) {
	select {
	case app.places <- struct{}{}:
	case <-w.context.Done():
		return 0, fmt.Errorf("wait for a place: %w", w.context.Err())
	}
	defer func() { <-app.places }()
	ctx, cancel := context.WithTimeout(w.context, webhookTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, app.WebhookURL, bytes.NewReader(body))
	if err != nil {
		return 0, fmt.Errorf("make the call: %w", err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "tillpost-simulator")
	request.Header.Set("Intuit-Signature", webhookSignature(app.VerifierToken, body))
	response, err := w.client.Do(request)
	if err != nil {
		return 0, fmt.Errorf("make the call: %w", err)
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, io.LimitReader(response.Body, maxWebhookAnswer)); err != nil {
		return response.StatusCode, fmt.Errorf("read the answer: %w", err)
	}
	return response.StatusCode, nil
}

// record notes how an attempt went.
func (d *WebhookDelivery) record(attempt, status int, err error, next time.Time) {
	d.Attempts, d.Status, d.Error, d.NextAttempt = attempt, status, "", next
	switch {
	case err != nil:
		d.Error = err.Error()
	case status != http.StatusOK:
		d.Error = "the answer is " + strconv.Itoa(status) + " and only 200 acknowledges"
	}
}

// retryAfter returns how long Intuit waits after an attempt that failed.
func retryAfter(attempt int) time.Duration {
	switch attempt {
	case 1:
		return 10 * time.Second
	case 2:
		return 20 * time.Second
	case 3:
		return 30 * time.Second
	case 4:
		return 5 * time.Minute
	case 5:
		return 20 * time.Minute
	case 6:
		return 2 * time.Hour
	case 7:
		return 4 * time.Hour
	}
	return 6 * time.Hour
}
