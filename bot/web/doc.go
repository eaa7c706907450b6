// Package web is the playground of `convenor play`: a pretend Slack and a pretend Discord in one page, in which a
// visitor acts as several people and sees what Convenor remembers.
//
// A World holds what stands on the two pretend platforms: messages and each person's language. It is their own
// storage, apart from Convenor's store, and survives kill -9. World.Platforms are ordinary bot.Platform
// implementations, and everything a visitor does goes through the ordinary Handle: nothing here knows a flow.
//
// A Server shows a World as a page. It needs no build step, sets no cookie and loads nothing from elsewhere.
package web
