//go:build planted_resend

package posting

// freshSend makes the engine forget a request whose outcome is not known, and post its events by a new one: the very thing
// that it must never do. It exists so that the chaos test can show that it would find it. No release is built with the tag.
const freshSend = true
