package simulator

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
)

// maxGroup bounds how many commits go into one transaction.
const maxGroup = 256

// commit is what one call did, on its way into the file. Its place in the order is fixed when it is pushed; what it
// writes may be decided after that.
type commit struct {
	// write writes it. Nil: it has nothing to write and only waits for those before it, as what a read answers must be in
	// the file as well.
	write func(ctx context.Context, tx *fileStatements) error
	// after is called once it is in the file, in order. Nil: nothing is to be done.
	after func()
	ready chan struct{} // closed once write and after are decided
	done  chan struct{} // closed once it is in the file, or err says why it is not
	err   error
}

// push takes a commit's place in the order.
func (f *file) push(c *commit) *commit {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.broken != nil {
		return refusedCommit(f.broken)
	}
	c.ready, c.done = make(chan struct{}), make(chan struct{})
	f.pending = append(f.pending, c)
	f.nudge()
	return c
}

// refusedCommit is one that err keeps from the file.
func refusedCommit(err error) *commit {
	c := &commit{ready: make(chan struct{}), done: make(chan struct{}), err: err}
	close(c.done)
	return c
}

// save pushes a commit that is decided, and waits until it is in the file.
func (f *file) save(write func(ctx context.Context, tx *fileStatements) error) error {
	return f.push(&commit{write: write}).settle()
}

// settle lets a commit be written and waits until it is.
func (c *commit) settle() error {
	close(c.ready)
	<-c.done
	return c.err
}

// refusing says why nothing is taken any more, nil if it is.
func (f *file) refusing() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.broken
}

func (f *file) nudge() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// run writes commits in the order they were pushed, until the file is closed.
func (f *file) run() {
	defer close(f.stopped)
	for {
		group, broken := f.take()
		if len(group) == 0 {
			if broken {
				return
			}
			<-f.wake
			continue
		}
		err := f.writeGroup(context.Background(), group)
		if err != nil {
			f.fail(err)
			err = f.refusing()
		}
		for _, c := range group {
			c.end(err)
		}
	}
}

// take returns the commits that are next, and whether no more will follow.
func (f *file) take() (group []*commit, broken bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := min(len(f.pending), maxGroup)
	group = f.pending[:n:n]
	f.pending = f.pending[n:]
	if len(f.pending) == 0 {
		f.pending = nil
	}
	return group, f.broken != nil
}

// fail stops everything: what is in memory is not in the file.
func (f *file) fail(cause error) {
	f.logger.Error("the simulator's file could not be written; nothing is accepted any more",
		slog.String("file", f.path), slog.Any("error", cause))
	f.mu.Lock()
	defer f.mu.Unlock()
	f.broken = fmt.Errorf("%w %s: it could not be written, so that memory is ahead of it and nothing is accepted any "+
		"more; free the way to the file and restart the simulator: %w", ErrFile, f.path, explain(cause))
	for _, c := range f.pending {
		c.err = f.broken
		close(c.done)
	}
	f.pending = nil
}

func (c *commit) end(err error) {
	c.err = err
	if err == nil && c.after != nil {
		c.after()
	}
	close(c.done)
}

// writeGroup writes commits in one transaction. There is none if they have nothing to write.
func (f *file) writeGroup(ctx context.Context, group []*commit) error {
	writes := false
	for _, c := range group {
		<-c.ready
		writes = writes || c.write != nil
	}
	issued := f.authorityChanged.Load()
	if !writes && issued == f.authoritySaved.Load() {
		return nil
	}
	if _, err := f.conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err //nolint:wrapcheck // fail says what it is about
	}
	if err := f.writeAll(ctx, group, issued); err != nil {
		_, undo := f.conn.ExecContext(ctx, "ROLLBACK")
		return errors.Join(err, undo)
	}
	if _, err := f.conn.ExecContext(ctx, "COMMIT"); err != nil {
		return err //nolint:wrapcheck // as above
	}
	f.authoritySaved.Store(issued)
	return nil
}

func (f *file) writeAll(ctx context.Context, group []*commit, issued uint64) error {
	for _, c := range group {
		if c.write == nil {
			continue
		}
		if err := c.write(ctx, f.statements); err != nil {
			return err
		}
	}
	if issued != f.authoritySaved.Load() {
		state, err := json.Marshal(f.authority.save())
		if err != nil {
			return fmt.Errorf("write the tokens as JSON: %w", err)
		}
		if err := f.statements.saveAuthority(ctx, state); err != nil {
			return err
		}
	}
	return f.sweep(ctx)
}

// sweepAfter is how many answers a company keeps for repeats before those that are too old or too many are looked for.
const sweepAfter = 1000

// sweep deletes kept answers that are not needed any more.
func (f *file) sweep(ctx context.Context) error {
	for company, n := range f.unswept {
		if n < sweepAfter {
			continue
		}
		delete(f.unswept, company)
		if err := f.statements.forgetReplays(ctx, company, f.clock.now().UnixNano(), f.limit); err != nil {
			return err
		}
	}
	return nil
}
