package main

import (
	"os"
	"testing"
	"time"
)

func TestMemoryOfAProcess(t *testing.T) {
	t.Parallel()
	const status = "Name:\ttillpost\nVmHWM:\t  262144 kB\nVmRSS:\t   65536 kB\nThreads:\t9\n"
	if got, err := statusBytes(status, "VmHWM"); got != 256<<20 || err != nil {
		t.Errorf("the most: %d, %v", got, err)
	}
	if got, err := statusBytes(status, "VmRSS"); got != 64<<20 || err != nil {
		t.Errorf("now: %d, %v", got, err)
	}
	if _, err := statusBytes(status, "VmSwap"); err == nil {
		t.Error("what is not there is found")
	}
}

func TestTimeOfAProcess(t *testing.T) {
	t.Parallel()
	parent, got, err := statTime("42 (a (b) c) S 7 2 3 4 5 6 7 8 9 10 150 50 20 30 20 0")
	if err != nil || parent != 7 || got != 2500*time.Millisecond {
		t.Errorf("%v, %v, %v; want 2.5s of a child of 7", parent, got, err)
	}
	if _, _, err := statTime("42 (short) S 1"); err == nil {
		t.Error("a line that is too short is accepted")
	}
	if _, err := cpu(os.Getpid()); err != nil {
		t.Error(err)
	}
}
