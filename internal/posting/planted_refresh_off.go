//go:build !planted_refresh

package posting

// leaseBlind is a planted bug, off: see the file that is built in its place.
const leaseBlind = false
