package simulator

import (
	"context"
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
	kept  []keptReplay // in the order they were kept, which is the order they expire in
}

// replay is one requestid. done is closed once its first request has ended; only then may the rest be read.
type replay struct {
	done   chan struct{}
	kept   bool
	answer answer
}

type keptReplay struct {
	key     string
	expires time.Time
}

func newReplays(switches *switchboard, limit int) *replays {
	return &replays{switches: switches, limit: limit, byKey: map[string]*replay{}}
}

// do answers a write. The first request with a key runs; one that comes while it runs waits for it; one that comes
// later gets its answer. If the first one's answer is not to be kept, because nothing was made, the next one runs in
// its turn. replayed says that run was not called. The error is that of ctx, when its end stopped the waiting.
func (r *replays) do(
	ctx context.Context, key string, now time.Time, run func() (reply answer, keep bool),
) (reply answer, replayed bool, err error) {
	for {
		held, first := r.claim(key, now)
		if first {
			return r.run(key, held, now, run), false, nil
		}
		select {
		case <-held.done:
		case <-ctx.Done():
			return answer{}, false, fmt.Errorf("wait for the first request with this requestid: %w", ctx.Err())
		}
		if held.kept {
			return held.answer, true, nil
		}
	}
}

// claim returns the replay of a key, and whether the caller is the one to run it.
func (r *replays) claim(key string, now time.Time) (held *replay, first bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.forget(now)
	if held = r.byKey[key]; held != nil {
		return held, false
	}
	held = &replay{done: make(chan struct{})}
	r.byKey[key] = held
	return held, true
}

func (r *replays) run(key string, held *replay, now time.Time, run func() (answer, bool)) answer {
	defer r.finish(key, held, now) // also when run does not return
	held.answer, held.kept = run()
	return held.answer
}

func (r *replays) finish(key string, held *replay, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if held.kept {
		r.kept = append(r.kept, keptReplay{key: key, expires: now.Add(r.switches.duration(SwitchReplayKept))})
	} else {
		delete(r.byKey, key)
	}
	close(held.done)
	r.forget(now)
}

// forget drops the answers that are too old or too many. The lock is held.
func (r *replays) forget(now time.Time) {
	for len(r.kept) > r.limit || (len(r.kept) > 0 && now.After(r.kept[0].expires)) {
		delete(r.byKey, r.kept[0].key)
		r.kept[0] = keptReplay{}
		r.kept = r.kept[1:]
	}
}
