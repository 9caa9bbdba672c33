package demo

import (
	"fmt"
	"io"
	"strings"
	"time"
)

const (
	barWidth = 30
	// redrawEvery keeps a terminal calm, and a slow one from holding up the work.
	redrawEvery = 100 * time.Millisecond
	// speedFrom is how long work must have taken for its speed to mean anything.
	speedFrom = 50 * time.Millisecond
	// plainStep is how many percent lie between two lines where there is no terminal.
	plainStep = 10
)

// screen writes the demonstration for a person. Where it is no terminal, it writes plain lines only.
type screen struct {
	out      io.Writer
	terminal bool
	color    bool
	err      error // the first failure to write
}

func (s *screen) printf(format string, args ...any) {
	if s.err != nil {
		return
	}
	_, s.err = fmt.Fprintf(s.out, format, args...)
}

// heading announces a step.
func (s *screen) heading(text string) { s.printf("\n%s\n", s.paint("1;36", text)) }

// say writes one indented line.
func (s *screen) sayf(format string, args ...any) { s.printf("  "+format+"\n", args...) }

func (s *screen) table(t *table) {
	for _, line := range t.lines() {
		s.printf("%s\n", line)
	}
}

// paint colors text on screens that want it; code is an SGR code.
func (s *screen) paint(code, text string) string {
	if !s.color {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// bar shows how far a step has come. It is used by one goroutine.
type bar struct {
	screen *screen
	unit   string
	total  int64
	start  time.Time
	drawn  time.Time
	// shown is the last tenth that a plain line was written for.
	shown int64
}

// newBar begins a bar of total units for work that began at start; unit is in the plural: "events".
func (s *screen) newBar(unit string, total int64, start time.Time) *bar {
	b := &bar{screen: s, unit: unit, total: total, start: start}
	b.set(0)
	return b
}

// set shows that done of the units are done.
func (b *bar) set(done int64) {
	if b.total <= 0 {
		return
	}
	if b.screen.terminal {
		if now := time.Now(); done >= b.total || now.Sub(b.drawn) >= redrawEvery {
			b.drawn = now
			b.screen.printf("\r  %s%s\x1b[K", b.draw(done), b.describe(done))
		}
		return
	}
	if tenth := done * 100 / b.total / plainStep; tenth > b.shown {
		b.shown = tenth
		b.screen.printf("  %3d %% %s\n", tenth*plainStep, b.describe(done))
	}
}

// finish shows the whole bar and ends its line. A nil bar, of a step without progress, does nothing.
func (b *bar) finish() {
	if b == nil {
		return
	}
	b.set(b.total)
	b.abandon()
}

// abandon ends the line of a bar whose step has failed.
func (b *bar) abandon() {
	if b != nil && b.screen.terminal && b.total > 0 {
		b.screen.printf("\n")
	}
}

func (b *bar) draw(done int64) string {
	filled := int(min(done, b.total) * barWidth / b.total)
	return b.screen.paint("32", strings.Repeat("█", filled)) + strings.Repeat("░", barWidth-filled) +
		fmt.Sprintf(" %3d %%", done*100/b.total)
}

// describe tells the numbers: how many, how fast, and how long it takes yet.
func (b *bar) describe(done int64) string {
	text := fmt.Sprintf("  %s of %s %s", count(done), count(b.total), b.unit)
	elapsed := time.Since(b.start)
	if done <= 0 || elapsed < speedFrom {
		return text
	}
	perSecond := float64(done) / elapsed.Seconds()
	text += fmt.Sprintf("  %s/s", count(int64(perSecond+0.5)))
	if done >= b.total {
		return text + fmt.Sprintf("  in %.1f s", elapsed.Seconds())
	}
	left := time.Duration(float64(b.total-done) / perSecond * float64(time.Second))
	return text + "  ETA " + left.Round(time.Second).String()
}
