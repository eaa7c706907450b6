// Package slackfake is a Slack workspace that lives in the test's process: the Web API over real HTTP, Socket Mode over
// a real WebSocket or, after SetRequestURL, signed requests to the app, and people who type, press and fill in forms. A
// bot under test, in this process or another, is pointed at it by its APIURL; when that bot is killed and started
// again, the workspace is still as it was.
//
// It is as strict as Slack where being lax would hide a fault: it refuses what breaks a limit of Block Kit, wants the
// bot to be a member of a channel, hands out a trigger once and for three seconds, keeps what was typed into a form
// when the form is updated, and shows metadata only to whom asks for it. It is kinder in one thing: an event that
// nobody acknowledged is sent again for as long as it takes, where Slack gives up after the third repeat. A click or a
// command is never sent again: like Slack it tells the person that it did not work.
//
// Tests wait with Await and its relatives, which wake on every change; nothing here sleeps.
package slackfake
