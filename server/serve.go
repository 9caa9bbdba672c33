package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/tillpost/tillpost/internal/app"
)

type serveCommand struct {
	app.Config
}

// Run runs the service until the process is asked to stop.
func (c *serveCommand) Run(ctx context.Context) error {
	log, err := newLogger(c.LogLevel, c.LogFormat)
	if err != nil {
		return err
	}
	service, err := app.New(ctx, c.Config, log, version)
	if err != nil {
		return err
	}
	log.InfoContext(ctx, "serving", "url", service.URL(), "address", service.Address(), "mode", c.Mode,
		"quickbooks", c.QuickBooks, "version", version)
	if service.Token() != "" {
		announceDevelopment(os.Stdout, service)
	}
	return service.Run(ctx)
}

// announceDevelopment says loudly that this is no place for real books, and hands out the token.
func announceDevelopment(out io.Writer, service *app.App) {
	fmt.Fprintf(out, `
DEVELOPMENT MODE: keys made by this server itself, loopback only. Never use it for real books.

  URL    %s
  token  %s
%s
Try it:
  export TILLPOST_TOKEN=%s
  grpcurl -plaintext %s list
  grpcurl -plaintext -H "authorization: Bearer $TILLPOST_TOKEN" -d '{"retailer_id":"my-shop"}' \
    %s tillpost.financial.v1.FinancialService/SyncStatus

`, service.URL(), service.Token(), consoleLine(service.ConsoleURL()), service.Token(), service.Address(), service.Address())
}

// consoleLine says where the console is, where there is one.
func consoleLine(url string) string {
	if url == "" {
		return ""
	}
	return "  console  " + url + "/\n"
}
