//go:build !planted_fence

package store

// unfenced is a planted bug, off: see the file that is built in its place.
const unfenced = false
