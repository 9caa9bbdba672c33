package simulator

import (
	"context"
	"net/http"
	"slices"
	"time"
)

// openFile opens the simulator's file, where it has one, and starts its writer. It returns how often the file was opened
// before.
func (s *Simulator) openFile(ctx context.Context) (generation uint64, err error) {
	if s.options.File == "" {
		return 0, nil
	}
	if s.file, err = openFile(ctx, &s.options, s.clock); err != nil {
		return 0, err
	}
	go s.file.run() //nolint:contextcheck,gosec // it writes on after New, until Close
	return s.file.generation, nil
}

// restore brings back what the file holds and keeps it up to date from here on.
func (s *Simulator) restore(ctx context.Context) error {
	if s.file == nil {
		return nil
	}
	if s.file.restored {
		if err := s.load(ctx); err != nil {
			return err
		}
	}
	s.file.authority = s.authority
	s.authority.changed = func() { s.file.authorityChanged.Add(1) }
	return nil
}

// addCompanies adds the companies of the options, without those that the file has brought back. Where it has brought
// back any, those without a realm id are taken to be among them.
func (s *Simulator) addCompanies() error {
	known := s.Realms()
	wanted := s.options.Companies
	if len(wanted) == 0 {
		wanted = []CompanyOptions{{}}
		if len(known) == 0 {
			wanted[0].Realm = DefaultRealm
		}
	}
	for _, company := range wanted {
		if slices.Contains(known, company.Realm) || (company.Realm == "" && len(known) > 0) {
			continue
		}
		if _, err := s.AddCompany(company); err != nil {
			return err
		}
	}
	return nil
}

// Close stops the webhooks, writes what is still to be written and lets go of the file. Webhooks that were not
// acknowledged by then are lost. With a file the simulator refuses everything afterwards; without one it goes on without
// webhooks. It can be called more than once.
func (s *Simulator) Close() error {
	s.closing.Do(func() {
		if s.webhooks != nil {
			s.webhooks.close()
		}
		if s.file != nil {
			s.closed = s.file.close()
		}
	})
	return s.closed
}

// effect runs what a request asks for and gives it its place in the order in which everything goes into the file. It
// returns no commit where there is no file.
//
// Calls that write are run one by one in each company: what one sees of another's changes must not be in the file before
// them. A read takes its place after all that it may have seen.
func (s *Simulator) effect(co *company, c *call, op operation) (result, *commit) {
	if s.file == nil && (s.webhooks == nil || !op.repeatable) {
		return op.run(s, co, c), nil
	}
	if !op.repeatable {
		r := op.run(s, co, c)
		co.order.Lock()
		defer co.order.Unlock()
		return r, s.file.push(&commit{})
	}
	if c.kind == KindBatch {
		_, _ = c.batchItems() // read before the others have to wait; op says what is wrong with them
	}
	co.order.Lock()
	defer co.order.Unlock()
	if s.file == nil {
		r := op.run(s, co, c)
		s.webhooks.publish(co.realm, c.changes.list)
		return r, nil
	}
	if err := s.file.refusing(); err != nil {
		return refused(unsaved(err)), refusedCommit(err)
	}
	r := op.run(s, co, c)
	return r, s.file.push(&commit{})
}

// keep makes what a call did durable, together with its answer if that is kept for repeats. Only after
// that may the answer go out. In the error's case the answer to give is that of notSaved.
func (s *Simulator) keep(co *company, c *call, saved *commit, kept *keptAnswer) error {
	if saved == nil {
		return nil
	}
	list := c.changes.list
	if len(list) > 0 || kept != nil {
		objects, err := encodeObjects(list)
		saved.write = func(ctx context.Context, tx *fileStatements) error {
			if err != nil {
				return err
			}
			return s.write(ctx, tx, co, objects, kept)
		}
	}
	if s.webhooks != nil && len(list) > 0 {
		saved.after = func() { s.webhooks.publish(co.realm, list) }
	}
	return saved.settle()
}

// write writes what a call did. It runs in the file's writer.
func (s *Simulator) write(
	ctx context.Context, tx *fileStatements, co *company, objects []savedObject, kept *keptAnswer,
) error {
	for i := range objects {
		if err := tx.saveChange(ctx, co, &objects[i]); err != nil {
			return err
		}
	}
	if kept == nil {
		return nil
	}
	s.file.unswept[co.number]++
	return tx.saveReplay(ctx, co.number, kept)
}

// notSaved is the answer to a request whose effect is not in the file.
func (s *Simulator) notSaved(err error) answer {
	s.logger.Debug("a request was refused, as its effect could not be saved", "error", err)
	return s.serviceFault(unsaved(err))
}

// saved wraps a handler of the OAuth2 server: what it did to codes, grants and tokens is in the file before its answer
// goes out.
func (s *Simulator) saved(handle handler) handler {
	return func(ctx context.Context, c *call) answer {
		if s.file == nil {
			return handle(ctx, c)
		}
		if err := s.file.refusing(); err != nil {
			return s.notIssued(err)
		}
		reply := handle(ctx, c)
		if s.file.authorityChanged.Load() == s.file.authoritySaved.Load() {
			return reply
		}
		if err := s.file.save(nil); err != nil {
			return s.notIssued(err)
		}
		return reply
	}
}

func (s *Simulator) notIssued(err error) answer {
	return s.jsonAnswer(http.StatusInternalServerError, oauthError{Error: "server_error", Description: err.Error()})
}

// saveNewCompany puts a company that nobody knows of yet into the file, with all it starts with.
func (s *Simulator) saveNewCompany(c *company) error {
	if s.file == nil {
		return nil
	}
	return s.file.save(func(ctx context.Context, tx *fileStatements) error {
		if err := tx.saveCompany(ctx, c); err != nil {
			return err
		}
		for _, o := range s.restoreOrder() {
			objects, err := encodeObjects(c.startsWith(o))
			if err != nil {
				return err
			}
			for i := range objects {
				if err := tx.saveObject(ctx, c.number, &objects[i]); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// startsWith returns all that a new company has of an object, as changes before the first one.
func (c *company) startsWith(o *object) []change {
	var list []change
	for _, row := range o.rows(c, 0, -1) {
		list = append(list, change{object: o.name, id: row.id, operation: opCreated, at: c.created, value: row.value})
	}
	return list
}

// changeCompany changes the settings of a company and saves them.
func (s *Simulator) changeCompany(c *company, edit func(*CompanyOptions)) error {
	if s.file == nil {
		return c.change(edit)
	}
	saved, err := func() (*commit, error) {
		c.order.Lock()
		defer c.order.Unlock()
		if err := s.file.refusing(); err != nil {
			return nil, err
		}
		if err := c.change(edit); err != nil {
			return nil, err
		}
		return s.file.push(&commit{write: func(ctx context.Context, tx *fileStatements) error {
			return tx.saveCompany(ctx, c)
		}}), nil
	}()
	if err != nil {
		return err
	}
	return saved.settle()
}

// setSwitch turns a switch and saves it.
func (s *Simulator) setSwitch(name Switch, value string) error {
	if s.file == nil {
		return s.switches.set(name, value)
	}
	if err := s.file.refusing(); err != nil {
		return err
	}
	if err := s.switches.set(name, value); err != nil {
		return err
	}
	return s.file.save(func(ctx context.Context, tx *fileStatements) error {
		return tx.saveSwitch(ctx, name, s.switches.value(name))
	})
}

// advance moves the clock on and saves where it stands. That it was not saved is in the log, and the next call says so.
func (s *Simulator) advance(by time.Duration) {
	s.clock.advance(by)
	if s.file == nil {
		return
	}
	_ = s.file.save(func(ctx context.Context, tx *fileStatements) error {
		return tx.saveClock(ctx, time.Duration(s.clock.offset.Load()))
	})
}
