package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"convenor/flows"
)

// History returns the newest n audit lines of a coalition, the newest first. About the last 100,000 are kept.
func (s *Store) History(ctx context.Context, coalition string, n int) ([]flows.Audit, error) {
	k, err := keysOf(coalition, s.shards)
	if err != nil {
		return nil, fmt.Errorf("read the audit lines: %w", err)
	}
	lines, err := s.client.LRange(ctx, k.audit(), int64(-n), -1).Result()
	if err != nil {
		return nil, fmt.Errorf("read the audit lines: %w", err)
	}
	slices.Reverse(lines)
	history := make([]flows.Audit, len(lines))
	for i, line := range lines {
		if err := json.Unmarshal([]byte(line), &history[i]); err != nil {
			return nil, fmt.Errorf("decode an audit line: %w", err)
		}
	}
	return history, nil
}
