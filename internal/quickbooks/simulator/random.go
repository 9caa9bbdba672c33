package simulator

import (
	crand "crypto/rand"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"
	"sync"
	"time"
)

// random makes tokens, codes and ids. With a seed they are the same in every run, but not after a restart that goes on
// with the same state.
type random struct {
	mu     sync.Mutex
	source io.Reader
}

// newRandom makes the source of a simulator that goes on for the generation-th time.
func newRandom(seed, generation uint64) *random {
	if seed == 0 {
		return &random{source: crand.Reader}
	}
	var key [32]byte
	binary.LittleEndian.PutUint64(key[:], seed)
	binary.LittleEndian.PutUint64(key[8:], generation)
	return &random{source: rand.NewChaCha8(key)}
}

// bytes returns n random bytes. Neither source ever fails.
func (r *random) bytes(n int) []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	b := make([]byte, n)
	_, _ = io.ReadFull(r.source, b)
	return b
}

// text returns n letters and digits.
func (r *random) text(n int) string {
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(r.bytes(n))[:n]
}

// base64 returns n characters as they stand in the parts of a JWE.
func (r *random) base64(n int) string {
	return base64.RawURLEncoding.EncodeToString(r.bytes(n))[:n]
}

// realm returns a realm id of 16 digits as Intuit gives them out.
func (r *random) realm() string {
	const prefix, digits = "934145", 1_000_000_000
	return prefix + "1" + fmt.Sprintf("%09d", binary.LittleEndian.Uint64(r.bytes(8))%digits)
}

// code returns an authorization code.
func (r *random) code() string { return "AB11" + r.text(44) }

// accessToken returns an access token with the looks and the length of Intuit's, so that a column that is too short
// for one is found out here.
func (r *random) accessToken() string {
	header := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"dir","enc":"A128CBC-HS256"}`))
	return header + ".." + r.base64(22) + "." + r.base64(704) + "." + r.base64(22)
}

// refreshToken returns a refresh token; Intuit's carry the time at which they expire.
func (r *random) refreshToken(expires time.Time) string {
	return "RT1-" + strconv.Itoa(int(r.bytes(1)[0])) + "-H0-" + strconv.FormatInt(expires.Unix(), 10) + r.text(20)
}

// transactionID returns an intuit_tid.
func (r *random) transactionID(now time.Time) string {
	return fmt.Sprintf("1-%08x-%s", now.Unix(), hex.EncodeToString(r.bytes(12)))
}
