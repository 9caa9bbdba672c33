package simulator

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"
	"time"
)

// replays keeps the answers to the writes of one company by their requestid, so that a repeat gets the very bytes of
// the first answer and has no effect. Answers are kept for a time, and no more than a number of them.
type replays struct {
	switches *switchboard
	limit    int

	mu    sync.Mutex
	byKey map[string]*replay
	kept  []*replay // in the order they were kept
}

// replayID is what a repeat is known by. The hash is that of all else that the request says: it tells whether another
// request came with the same requestid.
type replayID struct {
	key  string
	hash [sha256.Size]byte
}

// keptAnswer is an answer that is kept for the repeats of its request until it expires.
type keptAnswer struct {
	replayID

	answer  answer
	expires time.Time
}

// replay is one requestid. done is closed once its first request has ended; only then may isKept and the answer be read.
type replay struct {
	keptAnswer

	done   chan struct{}
	isKept bool
}

// errDuplicateRequest says that a requestid cannot be used, as another request has it.
var errDuplicateRequest = errors.New("the requestid has been used by another request")

func newReplays(switches *switchboard, limit int) *replays {
	return &replays{switches: switches, limit: limit, byKey: map[string]*replay{}}
}

// do answers a write. The first request with a key runs; one that comes while it runs waits for it, or is refused with
// errDuplicateRequest; one that comes later gets its answer, or is refused if it says something else. If the first one's
// answer is not to be kept, because nothing was made, the next one runs in its turn. replayed says that run was not
// called. Any other error is that of ctx, when its end stopped the waiting.
//
// No repeat sees the answer before run returns: what must be durable before anybody is told is made so in run, the answer
// itself included, in the form that keeping returns.
func (r *replays) do(
	ctx context.Context, id replayID, now time.Time, run func() (reply answer, keep bool),
) (reply answer, replayed bool, err error) {
	for {
		held, first := r.claim(id, now)
		if first {
			return r.run(held, now, run), false, nil
		}
		if err := r.wait(ctx, held); err != nil {
			return answer{}, false, err
		}
		if !held.isKept {
			continue
		}
		if held.hash != id.hash && r.switches.is(SwitchReplayMismatch, replayRefused) {
			return answer{}, false, errDuplicateRequest
		}
		return held.answer, true, nil
	}
}

// wait returns when the first request with a requestid has ended.
func (r *replays) wait(ctx context.Context, held *replay) error {
	select {
	case <-held.done:
		return nil
	default:
	}
	if r.switches.is(SwitchReplayInFlight, replayRefused) {
		return errDuplicateRequest
	}
	select {
	case <-held.done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for the first request with this requestid: %w", ctx.Err())
	}
}

// claim returns the replay of a key, and whether the caller is the one to run it.
func (r *replays) claim(id replayID, now time.Time) (held *replay, first bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.forget(now)
	if held = r.byKey[id.key]; held != nil && !held.expired(now) {
		return held, false
	}
	held = &replay{keptAnswer: keptAnswer{replayID: id}, done: make(chan struct{})}
	r.byKey[id.key] = held
	return held, true
}

func (r *replays) run(held *replay, now time.Time, run func() (answer, bool)) answer {
	keep := false
	defer func() { r.finish(held, keep, now) }() // also when run does not return
	reply, kept := run()
	held.keptAnswer, keep = *r.keeping(held.replayID, reply, now), kept
	return reply
}

// keeping is the form in which an answer is kept.
func (r *replays) keeping(id replayID, reply answer, now time.Time) *keptAnswer {
	return &keptAnswer{replayID: id, answer: reply, expires: now.Add(r.switches.duration(SwitchReplayKept))}
}

func (r *replays) finish(held *replay, keep bool, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	held.isKept = keep
	if keep {
		r.kept = append(r.kept, held)
	} else {
		delete(r.byKey, held.key)
	}
	close(held.done)
	r.forget(now)
}

// expired says whether a kept answer is too old to be given. One that is still being made never is.
func (h *replay) expired(now time.Time) bool {
	select {
	case <-h.done:
		return h.isKept && !now.Before(h.expires)
	default:
		return false
	}
}

// forget drops the answers that are too old or too many, the first ones first. The lock is held.
func (r *replays) forget(now time.Time) {
	for len(r.kept) > r.limit || (len(r.kept) > 0 && r.kept[0].expired(now)) {
		if oldest := r.kept[0]; r.byKey[oldest.key] == oldest {
			delete(r.byKey, oldest.key)
		}
		r.kept[0] = nil
		r.kept = r.kept[1:]
	}
}

// load brings back answers in the order in which they were kept.
func (r *replays) load(saved ...keptAnswer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, kept := range saved {
		held := &replay{keptAnswer: kept, done: make(chan struct{}), isKept: true}
		close(held.done)
		r.byKey[kept.key] = held
		r.kept = append(r.kept, held)
	}
}
