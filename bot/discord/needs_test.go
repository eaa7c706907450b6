package discord

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestInviteFile holds deploy/discord/invite.txt current.
func TestInviteFile(t *testing.T) {
	t.Parallel()
	kept, err := os.ReadFile(filepath.Join("..", "..", "deploy", "discord", "invite.txt"))
	must(t, err)
	if string(kept) != Manifest("") {
		t.Error("deploy/discord/invite.txt is out of date: go run ./cmd/convenor manifest discord > deploy/discord/invite.txt")
	}
}

// TestInviteLink names the application and asks for nothing that the table does not explain.
func TestInviteLink(t *testing.T) {
	t.Parallel()
	const want = "https://discord.com/oauth2/authorize?client_id=42&permissions=309237713920&scope=bot+applications.commands"
	if got := InviteLink("42"); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	const administrator = 1 << 3
	for _, p := range Permissions() {
		if p.Bit&(p.Bit-1) != 0 || p.Bit == administrator || p.For == "" || !strings.Contains(Manifest("42"), p.Name) {
			t.Errorf("%s is not one permission that is explained", p.Name)
		}
	}
}

// TestAllows computes permissions as Discord does: everybody's, then the roles' together, then the member's own.
func TestAllows(t *testing.T) {
	t.Parallel()
	const view, write = "1024", "2048"
	type over struct{ id, allow, deny string }
	for name, tt := range map[string]struct {
		base  uint64
		overs []over
		want  uint64
	}{
		"nothing changed":                        {1024, nil, 1024},
		"everybody is kept out":                  {3072, []over{{"g", "0", view}}, 2048},
		"a role is let in again":                 {3072, []over{{"r1", view, "0"}, {"g", "0", view}}, 3072},
		"one role's yes beats another role's no": {0, []over{{"r1", view, "0"}, {"r2", "0", view}}, 1024},
		"the member's own comes last":            {1024, []over{{"me", "0", view}, {"r1", view, "0"}}, 0},
		"another role's is no concern":           {1024, []over{{"r9", write, view}}, 1024},
		"an administrator may everything":        {8, []over{{"g", "0", view}}, ^uint64(0)},
		"nonsense counts as nothing":             {1024, []over{{"g", "-1", "x"}}, 1024},
	} {
		var r room
		for _, o := range tt.overs {
			r.Overwrites = append(r.Overwrites, overwrite{ID: o.id, Allow: o.allow, Deny: o.deny})
		}
		if got := r.allows(tt.base, "g", []string{"r1", "r2"}, "me"); got != tt.want {
			t.Errorf("%s: %b, want %b", name, got, tt.want)
		}
	}
}
