package rpc

import (
	"context"

	"github.com/tillpost/tillpost/internal/ledger"
)

// call is what the interceptors find out about one RPC. It belongs to the goroutine that serves the call.
type call struct {
	caller   Caller
	retailer ledger.RetailerID
}

type callKey struct{}

func withCall(ctx context.Context, c *call) context.Context {
	return context.WithValue(ctx, callKey{}, c)
}

// callOf returns the call of a context made by the interceptors; outside of one, a call of nobody.
func callOf(ctx context.Context) *call {
	if c, ok := ctx.Value(callKey{}).(*call); ok {
		return c
	}
	return &call{}
}

// actor names the caller for the records: who recorded, mapped, skipped.
func actor(ctx context.Context) string { return callOf(ctx).caller.Subject }
