package main

import (
	"io"
	"log/slog"
	"regexp"
)

// secrets are forms that must never reach a log, whatever an error carries.
// The middle two are Discord's: a bot's token, and what answers an interaction.
var secrets = regexp.MustCompile(`(xox[a-z]|xapp)-[A-Za-z0-9-]+` +
	`|[A-Za-z0-9_-]{23,}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,}|aW50ZXJhY3Rpb24[A-Za-z0-9+/=_-]*` +
	`|//[^/@\s]*:[^/@\s]*@`)

// newLog writes lines of JSON, with anything that looks like a token or a password blotted out. Names and texts never
// come here: nobody gives them to a log.
func newLog(w io.Writer, level slog.Level) *slog.Logger {
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		switch v := a.Value.Any().(type) {
		case string:
			a.Value = slog.StringValue(secrets.ReplaceAllString(v, "[secret]"))
		case error:
			a.Value = slog.StringValue(secrets.ReplaceAllString(v.Error(), "[secret]"))
		}
		return a
	}}))
}
