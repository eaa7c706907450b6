package discord

import (
	"context"
	"encoding/json"
	"fmt"

	discordgo "github.com/bwmarrin/discordgo"
)

// request asks Discord for something and reads the answer into into, unless that is nil. body is sent as JSON.
func (d *Discord) request(ctx context.Context, method, path string, body, into any) error {
	var raw []byte
	if body != nil {
		var err error
		if raw, err = json.Marshal(body); err != nil {
			return fmt.Errorf("encode a request: %w", err)
		}
	}
	// A limiter of the vendor's that is new knows no limits: ours is in the transport.
	bucket := discordgo.NewRatelimiter().LockBucket("")
	answer, err := d.rest.RequestWithLockedBucket(method, discordgo.EndpointAPI+path, "application/json", raw, bucket, 0, discordgo.WithContext(ctx))
	if err != nil {
		return err
	}
	if into == nil {
		return nil
	}
	if err := json.Unmarshal(answer, into); err != nil {
		return fmt.Errorf("read an answer of Discord's: %w", err)
	}
	return nil
}
