//go:build planted_fence

package store

// unfenced makes the store take the writes of a worker that has lost its lease: the very thing that it must never do. It
// exists so that the chaos test can show that it would find it. No release is built with the tag.
const unfenced = true
