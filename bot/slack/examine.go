package slack

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	slackgo "github.com/slack-go/slack"
)

// Finding is one thing that was looked at, in words that say what is and, unless it is well, what to do.
type Finding struct {
	Well  bool
	Words string
}

// How many channels are looked through, and how many are named.
const (
	channelsPage  = 200
	channelsPages = 25
	channelsNamed = 5
)

// Examine looks at the channels that Convenor is in. Check must have succeeded before.
func (s *Slack) Examine(ctx context.Context) ([]Finding, error) {
	if s.lacks(methodChannels) {
		return []Finding{{Words: "this server does not tell in which channels Convenor is. Please look yourself: it posts only where it was invited."}}, nil
	}
	open, archived, err := s.channels(ctx)
	if err != nil {
		return nil, fmt.Errorf("ask for the channels: %w", refusal(err))
	}
	found := []Finding{{Well: true, Words: fmt.Sprintf("it is in %d channels.", open)}}
	switch open {
	case 0:
		found[0] = Finding{Words: "it is in no channel yet. Write /invite @Convenor in the channel where your coalition meets."}
	case 1:
		found[0].Words = "it is in one channel."
	}
	if n := len(archived); n > 0 {
		names := strings.Join(archived[:min(n, channelsNamed)], ", ")
		if n > channelsNamed {
			names += fmt.Sprintf(" and %d more", n-channelsNamed)
		}
		found = append(found, Finding{Words: names + ": archived, so nothing can be posted there. " +
			"Take it out of the archive, or go on in another channel and choose that one with /coalition setup."})
	}
	return found, nil
}

// channels counts the channels that the bot is in and names those of them that are archived.
func (s *Slack) channels(ctx context.Context) (open int, archived []string, err error) {
	cursor := ""
	for range channelsPages {
		var page struct {
			slackgo.SlackResponse
			Channels []struct {
				Name     string `json:"name"`
				Archived bool   `json:"is_archived"`
			} `json:"channels"`
			Next struct {
				Cursor string `json:"next_cursor"`
			} `json:"response_metadata"`
		}
		form := url.Values{"types": {"public_channel,private_channel"}, "limit": {fmt.Sprint(channelsPage)}}
		if cursor != "" {
			form.Set("cursor", cursor)
		}
		if err := s.call(ctx, methodChannels, form, &page); err != nil {
			return 0, nil, err
		}
		if !page.Ok {
			return 0, nil, slackgo.SlackErrorResponse{Err: first(page.Error, "no answer that makes sense"), Needed: page.Needed}
		}
		for _, c := range page.Channels {
			if c.Archived {
				archived = append(archived, "#"+c.Name)
				continue
			}
			open++
		}
		if cursor = page.Next.Cursor; cursor == "" {
			break
		}
	}
	return open, archived, nil
}
