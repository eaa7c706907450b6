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
	const want = "https://discord.com/oauth2/authorize?client_id=42&permissions=274877975552&scope=bot+applications.commands"
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
