package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// process is a running program of ours.
type process struct {
	cmd  *exec.Cmd
	said string // up to and with what it was waited for
	done chan struct{}
}

// startProcess runs a program until stop, and waits until what it says matches ready. Its log goes to a file.
func startProcess(ctx context.Context, logFile string, ready *regexp.Regexp, program string, args ...string) (*process, error) {
	log, err := os.Create(logFile) //nolint:gosec // a file of this program's own
	if err != nil {
		return nil, fmt.Errorf("keep the log of %s: %w", args[0], err)
	}
	defer log.Close()
	p := &process{done: make(chan struct{})}
	p.cmd = exec.CommandContext(ctx, program, args...) //nolint:gosec // the program that is measured
	p.cmd.Stderr = log
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl+C is for this program, which stops them in order
	out, err := p.cmd.StdoutPipe()
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", args[0], err)
	}
	scanner := bufio.NewScanner(out)
	for !ready.MatchString(p.said) && scanner.Scan() {
		p.said += scanner.Text() + "\n"
	}
	go func() {
		_, _ = io.Copy(io.Discard, out) // ends with the process
		_ = p.cmd.Wait()                // how it ended is in its log
		close(p.done)
	}()
	if !ready.MatchString(p.said) {
		p.stop()
		return nil, fmt.Errorf("%s did not start; its log is %s, and it said: %s", args[0], logFile, p.said)
	}
	return p, nil
}

// stop asks the process to end, and ends it when it does not.
func (p *process) stop() {
	const patience = 30 * time.Second
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // an error means that it is gone
	select {
	case <-p.done:
	case <-time.After(patience):
		_ = p.cmd.Process.Kill() // as above
		<-p.done
	}
}

// memory returns how much memory the process has now, and the most that it ever had, in bytes.
func (p *process) memory() (now, most int64, err error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0, 0, fmt.Errorf("read how much memory a process has: %w", err)
	}
	now, err = statusBytes(string(status), "VmRSS")
	most, err2 := statusBytes(string(status), "VmHWM")
	return now, most, errors.Join(err, err2)
}

// statusBytes reads a line such as "VmRSS:   1234 kB" of /proc/PID/status.
func statusBytes(status, name string) (int64, error) {
	for line := range strings.Lines(status) {
		fields := strings.Fields(line)
		if len(fields) == 3 && fields[0] == name+":" {
			n, err := strconv.ParseInt(fields[1], 10, 64)
			if err != nil {
				return 0, fmt.Errorf("%s in the status of a process: %w", name, err)
			}
			return n << 10, nil
		}
	}
	return 0, fmt.Errorf("the status of a process has no %s", name)
}

// cpu returns the processor time that a process and its children have used, those that have ended included.
func cpu(pid int) (time.Duration, error) {
	files, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return 0, fmt.Errorf("list the processes: %w", err)
	}
	var total time.Duration
	for _, file := range files {
		stat, err := os.ReadFile(file) //nolint:gosec // of /proc
		if err != nil {
			continue // it has ended since
		}
		parent, used, err := statTime(string(stat))
		if err != nil {
			return 0, err
		}
		if parent == pid || file == fmt.Sprintf("/proc/%d/stat", pid) {
			total += used
		}
	}
	return total, nil
}

// statTime reads from /proc/PID/stat, which counts in hundredths of a second, the parent and the time that the process and
// its children which have ended have used.
func statTime(stat string) (parent int, used time.Duration, err error) {
	fields := strings.Fields(stat[strings.LastIndex(stat, ")")+1:]) // the name in parentheses may be anything
	const parentAt, firstTime, lastTime, tick = 1, 11, 14, 10 * time.Millisecond
	if len(fields) <= lastTime {
		return 0, 0, errors.New("the stat of a process has too few fields")
	}
	parent, err = strconv.Atoi(fields[parentAt])
	for _, field := range fields[firstTime : lastTime+1] {
		ticks, failed := strconv.Atoi(field)
		err = errors.Join(err, failed)
		used += time.Duration(ticks) * tick
	}
	if err != nil {
		return 0, 0, fmt.Errorf("the stat of a process: %w", err)
	}
	return parent, used, nil
}
