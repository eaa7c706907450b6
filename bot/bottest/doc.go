// Package bottest holds what tests of the bot and of its platforms share: TestPlatform, the conformance suite that every
// platform passes; Recorder, a platform in memory that remembers what people saw; and Faulty, which makes any platform
// go wrong.
package bottest
