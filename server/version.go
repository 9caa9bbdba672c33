package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
)

type versionCommand struct{}

// Run prints the version, the commit it was built from where that is known, and the Go release.
func (versionCommand) Run() error {
	commit := "unknown commit"
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, setting := range info.Settings {
			if setting.Key == "vcs.revision" {
				commit = setting.Value
			}
		}
	}
	_, err := fmt.Fprintf(os.Stdout, "tillpost %s (%s, %s)\n", version, commit, runtime.Version())
	return err
}
