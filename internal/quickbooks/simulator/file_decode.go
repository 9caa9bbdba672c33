package simulator

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"runtime"
)

// decodeRows is how many objects of a file are read as JSON in one go.
const decodeRows = 256

// decoding is a run of objects on their way from a file into a company.
type decoding struct {
	ids      []int
	sequence int64 // of the last change among them
	values   []json.RawMessage
	apply    []func(*company) error
	err      error
	done     chan struct{}
}

// loadObjects brings back all that a company keeps of an object. To read a large journal as JSON takes most of the time,
// so all processors do it, while the file is read on; what they have read is taken over in the order of the ids.
func (s *Simulator) loadObjects(ctx context.Context, c *company, o *object) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	runs := make(chan *decoding, runtime.GOMAXPROCS(0))
	read := make(chan error, 1)
	go func() {
		defer close(runs)
		read <- s.readObjects(ctx, c.number, o, runs)
	}()
	var failed error
	for d := range runs {
		<-d.done
		if failed == nil {
			failed = d.take(c)
		}
		if failed != nil {
			cancel()
		}
	}
	if err := <-read; failed == nil {
		failed = err
	}
	return failed
}

// readObjects reads the rows of an object and has them decoded.
func (s *Simulator) readObjects(ctx context.Context, company int64, o *object, runs chan<- *decoding) error {
	next := &decoding{done: make(chan struct{})}
	send := func() {
		d := next
		next = &decoding{done: make(chan struct{})}
		go d.decode(o)
		runs <- d
	}
	err := s.file.each(ctx, func(scan func(...any) error) error {
		var id int
		var sequence int64
		var value sql.RawBytes
		if err := scan(&id, &sequence, &value); err != nil {
			return err
		}
		next.ids, next.sequence = append(next.ids, id), max(next.sequence, sequence)
		next.values = append(next.values, append(json.RawMessage(nil), value...))
		if len(next.ids) == decodeRows {
			send()
		}
		return ctx.Err()
	}, "SELECT id, sequence, value FROM objects WHERE company = ? AND object = ? AND value IS NOT NULL ORDER BY id", company, o.name)
	send()
	return err
}

func (d *decoding) decode(o *object) {
	defer close(d.done)
	for i, raw := range d.values {
		apply, err := o.restore(raw)
		if err != nil {
			d.err = fmt.Errorf("%s %d: %w", o.name, d.ids[i], err)
			return
		}
		d.apply = append(d.apply, apply)
	}
	d.values = nil
}

// take puts what was decoded into a company.
func (d *decoding) take(c *company) error {
	if d.err != nil {
		return d.err
	}
	c.sequence = max(c.sequence, d.sequence)
	for i, apply := range d.apply {
		if err := apply(c); err != nil {
			return fmt.Errorf("object %d: %w", d.ids[i], err)
		}
	}
	return nil
}
