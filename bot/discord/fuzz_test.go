package discord

import (
	"crypto/ed25519"
	"encoding/hex"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"convenor/bot/bottest"
)

// TestMutatedRequestsAreRefused changes signed requests in every part of them, 20,000 times or with CONVENOR_SCALE set
// that many times as often: each is refused, and without a word.
func TestMutatedRequestsAreRefused(t *testing.T) {
	t.Parallel()
	public, private, err := ed25519.GenerateKey(nil)
	must(t, err)
	var said strings.Builder
	d, err := New(Options{
		Token: "x", PublicKey: hex.EncodeToString(public), Pack: keys{}, Now: time.Now, Log: slog.New(slog.NewTextHandler(&said, nil)),
	})
	must(t, err)
	mux := http.NewServeMux()
	d.Register(mux)
	knock := func(stamp, signature, body string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodPost, "/discord/interactions", strings.NewReader(body))
		r.Header.Set("X-Signature-Timestamp", stamp)
		r.Header.Set("X-Signature-Ed25519", signature)
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		return w
	}
	n := 20_000
	if scale, err := strconv.Atoi(os.Getenv("CONVENOR_SCALE")); err == nil && scale > 0 {
		n *= scale
	}
	t.Logf("%d times", n)
	const ping = `{"id":"1","application_id":"2","type":1,"token":"secret"}`
	random := rand.New(rand.NewPCG(1, 2))
	for i := range n {
		at := strconv.FormatInt(time.Now().Unix(), 10)
		signature := hex.EncodeToString(ed25519.Sign(private, []byte(at+ping)))
		if i%1000 == 0 {
			if w := knock(at, signature, ping); w.Code != http.StatusOK {
				t.Fatalf("as it was signed: %d", w.Code)
			}
		}
		stamp, sign, body := at, signature, ping
		switch i % 4 {
		case 0:
			sign = bottest.Mutate(random, signature)
		case 1:
			body = bottest.Mutate(random, ping)
		case 2:
			stamp = bottest.Mutate(random, at)
		default:
			stamp, sign, body = bottest.Mutate(random, at), bottest.Mutate(random, signature), bottest.Mutate(random, ping)
		}
		if stamp == at && strings.EqualFold(sign, signature) && body == ping {
			continue // the same request: the letters of a number may be large or small
		}
		if w := knock(stamp, sign, body); w.Code != http.StatusUnauthorized || w.Body.Len() != 0 {
			t.Fatalf("%q, %q, %q: %d %q", stamp, sign, body, w.Code, w.Body)
		}
	}
	if lines := strings.Count(said.String(), "\n"); lines == 0 || lines > 10 || strings.Contains(said.String(), "secret") {
		t.Errorf("the log holds %d lines:\n%s", lines, said.String())
	}
}

// FuzzDecode: whatever arrives, decoding neither breaks nor lets through what has no author or no key.
func FuzzDecode(f *testing.F) {
	token := customID("5", "es", 0, "v1.answer.abc.1.q1..")
	for _, seed := range []string{
		`{"id":"1","application_id":"2","type":1,"token":"t"}`,
		`{"id":"1","type":2,"guild_id":"5","channel_id":"6","locale":"en-US","member":{"user":{"id":"9"}},"data":{"name":"coalition","options":[{"name":"ask","type":1,"options":[{"name":"activity","type":3,"value":"2.1","focused":true}]}]}}`,
		`{"id":"1","type":4,"user":{"id":"9"},"data":{"name":"coalition","options":[{"name":"ask","type":1,"options":[{"name":"activity","type":3,"value":"2","focused":true}]}]}}`,
		`{"id":"1","type":3,"channel_id":"6","channel":{"type":11,"parent_id":"7"},"user":{"id":"9","username":"x"},"message":{},"data":{"custom_id":"` + token + `","component_type":3,"values":["a"]}}`,
		`{"id":"1","type":5,"user":{"id":"9"},"data":{"custom_id":"` + token + `","components":[{"type":18,"component":{"type":4,"custom_id":"q1","value":"words"}},{"type":1,"components":[{"type":4,"custom_id":"q2","value":"more"}]}]}}`,
		`{"id":"1","type":19,"guild_id":"5","channel_id":"6","content":"<@3> hi <@!9>","author":{"id":"9","username":"x"},"mentions":[{"id":"3"}]}`,
		`{"id":"1","type":0,"channel_id":"6","content":"hi","author":{"id":"9","bot":true}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if d, err := decodeInteraction(data); err == nil && d.kind != ignored && d.kind != pinged {
			set := 0
			for _, is := range []bool{d.in.Press != nil, d.in.Submit != nil, d.in.Command != nil, d.kind == owned, d.kind == completed} {
				if is {
					set++
				}
			}
			if set != 1 || d.in.User == "" || d.in.Typed != nil || d.id == "" || d.in.Key != name+":"+d.id {
				t.Errorf("let through: %+v", d)
			}
		}
		if d, err := decodeMessage(data, "3"); err == nil && d.kind != ignored {
			if d.kind != written || d.in.Typed == nil || d.in.User == "" || !strings.HasPrefix(d.in.Key, name+":") {
				t.Errorf("let through: %+v", d)
			}
		}
	})
}

// FuzzEscape: whatever somebody typed, what is sent to Discord holds no mark that would name somebody, hide a part or
// turn a text around, and it says the same.
func FuzzEscape(f *testing.F) {
	for _, seed := range []string{
		"@everyone", "<@1>", "<#2> <@&3> <t:1:R> </a:1>", "**b** __u__ ~~s~~ ||h|| `c` [x](https://y.example)", "> a\n# b\n- c\n1. d", "-# e",
		"a\u202eb", "\x00", "\xff<", `\\*`, "see https://a.example/x_y_z?q=1#f now", "https://a.example/*b*",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		safe := clean(typed)
		read, bare := shown(escape(safe))
		if read != safe {
			t.Errorf("%q is read as %q", safe, read)
		}
		if strings.ContainsAny(bare, "\\*`|<>@[]()!") {
			t.Errorf("%q is sent with marks: %q", typed, bare)
		}
		if !utf8.ValidString(safe) || strings.IndexFunc(safe, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }) >= 0 {
			t.Errorf("%q is kept as %q", typed, safe)
		}
	})
}

// shown is how Discord shows a text in which every mark stands behind a backslash, and what of it stands behind none.
func shown(sent string) (read, bare string) {
	var all, rest strings.Builder
	behind := false
	for _, r := range sent {
		switch {
		case behind:
			if r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == ' ') {
				all.WriteByte('\\') // Discord shows that one
			}
			all.WriteRune(r)
			behind = false
		case r == '\\':
			behind = true
		default:
			all.WriteRune(r)
			rest.WriteRune(r)
		}
	}
	if behind {
		rest.WriteByte('\\')
	}
	return all.String(), rest.String()
}
