// Package bottest holds what tests of the bot and of its platforms share: TestPlatform, the conformance suite that every
// platform passes; Recorder, a platform in memory that remembers what people saw; Faulty, which makes any platform go
// wrong; and a corpus of what platforms are given to show, Vocabulary by kind and Talk by flow.
package bottest
