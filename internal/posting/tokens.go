package posting

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/singleflight"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/quickbooks"
	"github.com/tillpost/tillpost/internal/seal"
	"github.com/tillpost/tillpost/internal/store"
)

const (
	// refreshEarly is how long before its end an access token is replaced.
	refreshEarly = 5 * time.Minute
	// refreshTimeout bounds one refresh at Intuit; refreshLease outlives it, so that no second refresher starts meanwhile.
	refreshTimeout = 30 * time.Second
	refreshLease   = 45 * time.Second
	// refreshPoll is how often the result of another refresher is looked for.
	refreshPoll = 50 * time.Millisecond
	// swapTimeout bounds the tries to store new tokens, which may be the only good ones; swapPause lies between them.
	swapTimeout = 5 * time.Minute
	swapPause   = 250 * time.Millisecond
)

// tokenKeeper is the one owner of tokens: it opens, refreshes and stores them. One refresher at a time, across servers:
// a lease, the refresh outside any transaction, a compare-and-swap, stored before use.
type tokenKeeper struct {
	store  *store.Store
	qb     *quickbooks.Client
	sealer *seal.Sealer
	log    *slog.Logger
	flight singleflight.Group
	// waits counts those who wait for a refresh, also after their callers have gone away.
	waits sync.WaitGroup

	mu sync.Mutex
	// refused holds the newest version of a retailer's tokens that Intuit has refused; versions only rise. It outlives the
	// worker that was refused: who goes on must not try the same token for the rest of its hour.
	refused map[ledger.RetailerID]int64
}

func newTokenKeeper(cfg Config) *tokenKeeper {
	return &tokenKeeper{
		store: cfg.Store, qb: cfg.QuickBooks, sealer: cfg.Sealer, log: cfg.Log, refused: map[ledger.RetailerID]int64{},
	}
}

// refuse notes that Intuit has refused a version of a retailer's tokens, or what they may do, and tells whether that is news.
func (k *tokenKeeper) refuse(r ledger.RetailerID, version int64) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	news := version > k.refused[r]
	k.refused[r] = max(k.refused[r], version)
	return news
}

// isRefused tells whether Intuit has refused a version. It has refused 0, which is none.
func (k *tokenKeeper) isRefused(r ledger.RetailerID, version int64) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return version <= k.refused[r]
}

// grant is an access token that may be used, the company it is for, and the version to name when it turns out dead.
type grant struct {
	access  quickbooks.Secret
	realm   ledger.RealmID
	version int64
	expires time.Time
}

// use returns a token that is good for some minutes and that Intuit has not refused, refreshing it when needed. It fails with
// ErrNotConnected, ErrReauthorizationRequired or ErrQuickBooksUnavailable.
func (k *tokenKeeper) use(ctx context.Context, r ledger.RetailerID) (grant, error) {
	margin := refreshEarly
	for {
		conn, err := k.store.Connection(ctx, r)
		if err != nil {
			return grant{}, fmt.Errorf("read the connection of %s: %w", r, err)
		}
		if err := usable(conn); err != nil {
			return grant{}, err
		}
		alive := !k.isRefused(r, conn.Tokens.Version)
		if alive && time.Until(conn.Tokens.AccessExpiresAt) > margin {
			return k.open(r, conn)
		}
		if err := k.refreshOnce(ctx, r, conn); err != nil {
			return grant{}, err
		}
		margin = 0 // a token that was just made is used however short its life
	}
}

func usable(conn store.Connection) error {
	switch conn.State {
	case store.Connected:
		return nil
	case store.ReauthorizationRequired:
		return ErrReauthorizationRequired
	case store.NotConnected:
		return ErrNotConnected
	default:
		return ErrNotConnected
	}
}

// refreshOnce brings the version of the tokens forward: by refreshing, or by waiting for whoever does.
func (k *tokenKeeper) refreshOnce(ctx context.Context, r ledger.RetailerID, conn store.Connection) error {
	key := fmt.Sprintf("%s %d", r, conn.Tokens.Version)
	wait := k.flight.DoChan(key, func() (any, error) {
		// A caller that goes away must not stop a refresh between Intuit's answer and our table.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), refreshLease)
		defer cancel()
		return nil, k.leaseAndRefresh(ctx, r, conn)
	})
	done := make(chan error, 1)
	k.waits.Go(func() { done <- (<-wait).Err })
	select {
	case <-ctx.Done():
		return fmt.Errorf("wait for a token of %s: %w", r, ctx.Err())
	case err := <-done:
		return err
	}
}

// Drain waits until no refresh of tokens is under way, or ctx ends. Call it once Run has returned and nobody else uses the
// engine, before the store is closed: what Intuit has answered and nobody stored is lost.
func (e *Engine) Drain(ctx context.Context) {
	idle := make(chan struct{})
	go func() {
		e.tokens.waits.Wait()
		close(idle)
	}()
	select {
	case <-idle:
	case <-ctx.Done():
		e.Log.WarnContext(ctx, "tokens were still being refreshed when the grace ended")
	}
}

func (k *tokenKeeper) leaseAndRefresh(ctx context.Context, r ledger.RetailerID, conn store.Connection) error {
	owner := uuid.NewString()
	for {
		now := time.Now()
		asOf := now
		if leaseBlind {
			asOf = now.Add(refreshLease) // every lease has run out by then
		}
		won, err := k.store.LeaseRefresh(ctx, r, conn.Tokens.Version, owner, asOf, now.Add(refreshLease))
		if err != nil {
			return fmt.Errorf("lease the refresh of %s: %w", r, err)
		}
		if won {
			// By the clock of the lease: a server that was frozen since must not send, because another may have by now.
			return k.refresh(ctx, r, conn, owner, now.Add(refreshTimeout))
		}
		moved, err := k.waitForOther(ctx, r, conn.Tokens.Version)
		if err != nil || moved {
			return err
		}
	}
}

// waitForOther sleeps a moment and tells whether another refresher has brought the version forward.
func (k *tokenKeeper) waitForOther(ctx context.Context, r ledger.RetailerID, version int64) (bool, error) {
	select {
	case <-ctx.Done():
		return false, fmt.Errorf("%w: another refresh of the tokens of %s does not end", ErrQuickBooksUnavailable, r)
	case <-time.After(refreshPoll):
	}
	conn, err := k.store.Connection(ctx, r)
	if err != nil {
		return false, fmt.Errorf("read the connection of %s: %w", r, err)
	}
	return conn.Tokens.Version != version || conn.State != store.Connected, nil
}

func (k *tokenKeeper) refresh(
	ctx context.Context, r ledger.RetailerID, conn store.Connection, owner string, deadline time.Time,
) error {
	old, err := k.openRefresh(r, conn)
	if err != nil {
		return err
	}
	// Its own deadline and no other: a refresh that is given up while Intuit works on it can cost the connection.
	ctx = context.WithoutCancel(ctx)
	callCtx, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	token, err := k.qb.Refresh(callCtx, old)
	if err != nil {
		if callCtx.Err() == nil { // otherwise the answer may still be on its way: then the lease runs out by itself
			defer k.endLease(ctx, r, owner)
		}
		return k.refreshFailed(ctx, r, conn, owner, err)
	}
	sealed, err := k.seal(r, conn.Realm, token)
	if err != nil {
		return err
	}
	swapped, err := k.swap(ctx, r, conn.Tokens.Version, owner, sealed)
	if err != nil {
		return fmt.Errorf("store the tokens of %s: %w", r, err)
	}
	k.log.InfoContext(ctx, "tokens refreshed", "retailer", string(r), "realm", string(conn.Realm), "stored", swapped)
	if !swapped {
		k.dropUnwanted(ctx, r, token.Refresh)
	}
	return nil
}

// dropUnwanted revokes new tokens of a retailer who has disconnected meanwhile: what was revoked then were the old ones, which
// may be worth nothing any more. Of a retailer who is connected nothing is revoked: it could end what is in use.
func (k *tokenKeeper) dropUnwanted(ctx context.Context, r ledger.RetailerID, refresh quickbooks.Secret) {
	conn, err := k.store.Connection(ctx, r)
	if err != nil || conn.State != store.NotConnected {
		return
	}
	k.revokeQuietly(ctx, r, refresh)
}

// swap stores new tokens. The old ones may be dead already, so a database that is away for a while is waited for.
func (k *tokenKeeper) swap(
	ctx context.Context, r ledger.RetailerID, version int64, owner string, tokens store.Tokens,
) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, swapTimeout)
	defer cancel()
	for {
		swapped, err := k.store.SwapTokens(ctx, r, version, owner, tokens)
		if err == nil {
			return swapped, nil // not swapped also after an error that hid a success: then the version has moved
		}
		k.log.WarnContext(ctx, "new tokens could not be stored; trying again", "retailer", string(r), "error", err)
		select {
		case <-ctx.Done():
			return false, err
		case <-time.After(swapPause):
		}
	}
}

// endLease lets the next try begin at once. It may fail: the lease ends by itself.
func (k *tokenKeeper) endLease(ctx context.Context, r ledger.RetailerID, owner string) {
	if err := k.store.EndRefresh(ctx, r, owner); err != nil {
		k.log.WarnContext(ctx, "the lease on a refresh could not be given back", "retailer", string(r), "error", err)
	}
}

// refreshFailed decides what a failed refresh means: only a dead grant ends the authorization, and only while the tokens
// are still the stored ones and the lease is still ours. Otherwise another refresher was faster: its tokens count.
func (k *tokenKeeper) refreshFailed(
	ctx context.Context, r ledger.RetailerID, conn store.Connection, owner string, err error,
) error {
	var fault *quickbooks.Error
	if !errors.As(err, &fault) || !fault.Facts().Reconnect {
		return fmt.Errorf("%w: refresh the tokens of %s: %w", ErrQuickBooksUnavailable, r, err)
	}
	lost, storeErr := k.store.LoseAuthorization(ctx, r, conn.Tokens.Version, owner, fault.Facts().Words, time.Now())
	if storeErr != nil {
		return fmt.Errorf("mark the authorization of %s as lost: %w", r, storeErr)
	}
	if lost {
		k.log.WarnContext(ctx, "the authorization was lost; the retailer must connect again",
			"retailer", string(r), "realm", string(conn.Realm), "error", err)
	}
	return nil // the caller reads the connection again
}

func (k *tokenKeeper) open(r ledger.RetailerID, conn store.Connection) (grant, error) {
	access, err := k.sealer.Open(conn.Tokens.AccessSealed, binding(r, conn.Realm, "access"))
	if err != nil {
		return grant{}, fmt.Errorf("open the access token of %s: %w", r, err)
	}
	return grant{
		access: quickbooks.Secret(access), realm: conn.Realm,
		version: conn.Tokens.Version, expires: conn.Tokens.AccessExpiresAt,
	}, nil
}

func (k *tokenKeeper) openRefresh(r ledger.RetailerID, conn store.Connection) (quickbooks.Secret, error) {
	if len(conn.Tokens.RefreshSealed) == 0 {
		return "", nil
	}
	refresh, err := k.sealer.Open(conn.Tokens.RefreshSealed, binding(r, conn.Realm, "refresh"))
	if err != nil {
		return "", fmt.Errorf("open the refresh token of %s: %w", r, err)
	}
	return quickbooks.Secret(refresh), nil
}

func (k *tokenKeeper) seal(r ledger.RetailerID, realm ledger.RealmID, token quickbooks.Token) (store.Tokens, error) {
	access, err := k.sealer.Seal([]byte(token.Access.Reveal()), binding(r, realm, "access"))
	if err != nil {
		return store.Tokens{}, fmt.Errorf("seal the access token of %s: %w", r, err)
	}
	refresh, err := k.sealer.Seal([]byte(token.Refresh.Reveal()), binding(r, realm, "refresh"))
	if err != nil {
		return store.Tokens{}, fmt.Errorf("seal the refresh token of %s: %w", r, err)
	}
	return store.Tokens{
		AccessSealed: access, RefreshSealed: refresh, AccessExpiresAt: token.AccessExpiresAt,
		RefreshExpiresAt: token.RefreshExpiresAt, RefreshHardExpiresAt: token.RefreshHardExpiresAt,
	}, nil
}

func binding(r ledger.RetailerID, realm ledger.RealmID, purpose string) seal.Binding {
	return seal.Binding{RetailerID: string(r), RealmID: string(realm), Purpose: purpose}
}

// revokeQuietly tells Intuit that a grant is not used any more. A failure is only logged: the tokens are forgotten here.
func (k *tokenKeeper) revokeQuietly(ctx context.Context, r ledger.RetailerID, refresh quickbooks.Secret) bool {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), revokeTimeout)
	defer cancel()
	if err := k.qb.Revoke(ctx, refresh); err != nil {
		k.log.WarnContext(ctx, "Intuit could not be told that a grant is ended", "retailer", string(r), "error", err)
		return false
	}
	return true
}

const revokeTimeout = 15 * time.Second
