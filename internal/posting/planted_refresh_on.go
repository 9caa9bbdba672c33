//go:build planted_refresh

package posting

// leaseBlind makes the engine refresh tokens although another server does so at the same moment: the very thing that it must
// never do. It exists so that the test of tokens can show that it would find it. No release is built with the tag.
const leaseBlind = true
