//go:build !planted_resend

package posting

// freshSend is a planted bug, off: see the file that is built in its place.
const freshSend = false
