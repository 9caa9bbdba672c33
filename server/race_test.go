//go:build race

package main_test

// raceDetector says that the program under test is built as these tests are.
const raceDetector = true
