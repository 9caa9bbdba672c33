package client

import (
	"context"
	"fmt"

	"connectrpc.com/connect/v2"
)

// headerInterceptor names the caller and puts its token on every try of a call.
func headerInterceptor(userAgent string, token TokenSource) connect.ClientInterceptor {
	agent := "tillpost-go connect-go/" + connect.Version
	if userAgent != "" {
		agent = userAgent + " " + agent
	}
	return func(next connect.ClientFunc) connect.ClientFunc {
		return func(ctx context.Context, spec connect.Spec) (connect.ClientStream, error) {
			info, ok := connect.CallInfoForClientContext(ctx)
			if !ok {
				ctx, info = connect.NewClientContext(ctx)
			}
			info.RequestHeader().Set("User-Agent", agent)
			if token == nil {
				return next(ctx, spec)
			}
			value, err := token(ctx)
			if err != nil {
				return nil, fmt.Errorf("tillpost client: get a token for %s: %w", spec.Procedure, err)
			}
			if err := checkToken(value); err != nil {
				return nil, fmt.Errorf("tillpost client: the token source failed for %s: %w", spec.Procedure, err)
			}
			info.RequestHeader().Set("Authorization", "Bearer "+value)
			return next(ctx, spec)
		}
	}
}
