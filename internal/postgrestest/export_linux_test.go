package postgrestest

import (
	"os"
	"time"
)

// What tests on Linux reach besides.

func Hold(directory string) (*os.File, error) { return hold(directory) }

func RemoveLeftovers(parent string, now time.Time) { removeLeftovers(parent, now) }
