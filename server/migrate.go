package main

import (
	"context"
	"fmt"
	"os"

	"github.com/tillpost/tillpost/internal/store"
)

type migrateCommand struct {
	Database string `default:"tillpost.db" placeholder:"URL" help:"postgres://... or a SQLite file."`
}

// Run migrates the database and lists what was applied.
func (c *migrateCommand) Run(ctx context.Context) error {
	log, err := newLogger("warn", "text")
	if err != nil {
		return err
	}
	db, err := store.Open(ctx, c.Database, log)
	if err != nil {
		return err
	}
	defer db.Close()
	applied, err := db.Migrate(ctx)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	for _, migration := range applied {
		fmt.Fprintln(os.Stdout, "applied", migration)
	}
	have, want, err := db.SchemaVersion(ctx)
	if err != nil {
		return fmt.Errorf("read the schema version: %w", err)
	}
	fmt.Fprintf(os.Stdout, "the schema is at version %d of %d\n", have, want)
	return nil
}
