package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/tillpost/tillpost/internal/app"
)

type doctorCommand struct {
	app.Config
}

// errUnwell is the doctor's own failure: what is wrong has been printed.
var errUnwell = errors.New("something needs attention, see above")

// Run makes every check, prints a line each, and fails when one failed.
func (c *doctorCommand) Run(ctx context.Context) error {
	return printChecks(os.Stdout, app.Examine(ctx, c.Config, slog.New(slog.DiscardHandler)))
}

func printChecks(out io.Writer, checks []app.Check) error {
	well := true
	for _, check := range checks {
		mark := "ok  "
		if check.Problem != "" {
			mark, well = "FAIL", false
		}
		fmt.Fprintf(out, "%s  %-14s %s\n", mark, check.Name, check.Finding+check.Problem)
		if check.Remedy != "" {
			fmt.Fprintf(out, "      %-14s -> %s\n", "", check.Remedy)
		}
	}
	if !well {
		return errUnwell
	}
	return nil
}
