package main

import (
	"errors"
	"fmt"
	"time"
)

// usage is the processor time of a stage's programs. What others do on the machine makes them slower, but hardly changes it.
type usage struct{ server, simulator, database time.Duration }

func (st *stage) usage() (u usage, err error) {
	var errs [3]error
	u.server, errs[0] = cpu(st.service.cmd.Process.Pid)
	u.simulator, errs[1] = cpu(st.simulator.cmd.Process.Pid)
	if st.postgres != nil {
		u.database, errs[2] = cpu(st.postgres.PID())
	}
	return u, errors.Join(errs[:]...)
}

func (u usage) since(before usage) usage {
	return usage{u.server - before.server, u.simulator - before.simulator, u.database - before.database}
}

func (u usage) total() time.Duration { return u.server + u.simulator + u.database }

// each says what one of n cost.
func (u usage) each(n int) string {
	one := func(d time.Duration) int64 { return (d / time.Duration(n)).Microseconds() }
	return fmt.Sprintf("server %d, simulator %d, database %d µs", one(u.server), one(u.simulator), one(u.database))
}

// cores says how many cores the programs kept busy over a time.
func (u usage) cores(took time.Duration) string {
	one := func(d time.Duration) float64 { return d.Seconds() / took.Seconds() }
	return fmt.Sprintf("server %.2f, simulator %.2f, database %.2f", one(u.server), one(u.simulator), one(u.database))
}
