// Package demo is the demonstration of a retailer's week: it makes the events, drives the service through its public API
// and the QuickBooks simulator through its web pages, and proves that the books are right.
//
// Its proof is worth something because it is apart: it computes what every event must do to every account from the event
// itself, and never imports the packages that build, store or post entries.
package demo
