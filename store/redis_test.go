package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"convenor/flows"
	"convenor/store/redistest"
)

// whole walks through everything the store does.
func whole(t *testing.T, s *Store) {
	t.Helper()
	for i := range 5 {
		c := commit()
		c.Coalition = fmt.Sprintf("coalition%d", i)
		c.Key = "slack:Ev1"
		c.Writes = []flows.Write{write("person", "a", 0, "x"), write("text", "b", 0, "y")}
		c.Deliveries = []flows.Delivery{{ID: "d", Coalition: c.Coalition, Space: "s", At: noon}, {ID: "n", Coalition: c.Coalition, Person: "p", At: noon}}
		c.Timers = []flows.Timer{{ID: "t", Coalition: c.Coalition, At: noon}}
		must(t, s.Commit(t.Context(), c))
		must(t, s.Commit(t.Context(), c))
		_, err := s.Claim(t.Context(), fmt.Sprint("slack:T", i), c.Coalition)
		must(t, err)
		got, err := s.Load(t.Context(), c.Coalition, flows.Ref{Kind: "person"}, flows.Ref{Kind: "text", ID: "b"})
		must(t, err)
		same(t, show(t, got), "a=x@1", "b=y@1")
	}
	leases := claim(t, s, noon)
	if len(leases) != 10 {
		t.Fatalf("%d leases, want 10", len(leases))
	}
	for i, l := range leases {
		must(t, s.Intend(t.Context(), l, noon))
		if i%2 == 0 {
			must(t, s.Fail(t.Context(), l, noon.Add(time.Hour), true))
			continue
		}
		must(t, s.Complete(t.Context(), l, []flows.Write{write("receipt", l.Delivery.ID, 0, "z")}))
	}
	if got := len(fired(t, s, noon, 99)); got != 5 {
		t.Fatalf("%d timers, want 5", got)
	}
	coalitions, err := s.Coalitions(t.Context())
	must(t, err)
	same(t, coalitions, "coalition0", "coalition1", "coalition2", "coalition3", "coalition4")
	for _, c := range coalitions {
		_, err := s.Everything(t.Context(), c)
		must(t, err)
	}
	p, err := s.Pending(t.Context())
	must(t, err)
	if p != (Pending{Conversations: 5, Timers: 5}) {
		t.Errorf("pending: %+v", p)
	}
	must(t, s.Healthy(t.Context()))
	_, err = s.Offset(t.Context())
	must(t, err)
}

func TestRedisCluster(t *testing.T) {
	t.Parallel()
	c := redistest.StartCluster(t)
	one, _, _ := strings.Cut(c.URL(), ",")
	s := open(t, Options{URL: one + "?cluster=true"})
	for _, node := range c.Nodes {
		node.Do("SCRIPT FLUSH")
	}
	whole(t, s)
	held := 0
	for n, node := range c.Nodes {
		size, err := strconv.Atoi(strings.TrimPrefix(node.Do("DBSIZE"), ":"))
		must(t, err)
		if size == 0 {
			t.Errorf("node %d holds nothing", n)
		}
		held += size
	}
	t.Logf("%d keys on %d nodes", held, len(c.Nodes))
}

func openFails(t *testing.T, url string) string {
	t.Helper()
	s, err := Open(t.Context(), Options{URL: url})
	if err != nil {
		return err.Error()
	}
	must(t, s.Close())
	return ""
}

// waitFor waits for another process to come to a state that it sends no word of.
func waitFor(t *testing.T, ok func() bool) {
	t.Helper()
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for range 6000 {
		if ok() {
			return
		}
		<-look.C
	}
	t.Fatal("waited in vain")
}

func TestRedisThatCannotBeUsedIsRefusedInPlainWords(t *testing.T) {
	t.Parallel()
	const secret = "verysecret"
	for name, c := range map[string]struct {
		url   string   // the address; or, with none, a Redis that was
		args  []string // started with these
		do    string   // and told this
		login string
		want  string
	}{
		"not there":        {url: "redis://127.0.0.1:" + redistest.Port(t), want: "nothing answers there"},
		"no such socket":   {url: "unix:///nowhere/at/all", want: "nothing answers there"},
		"address":          {url: "redis://:" + secret + "@host:port:6379/0", want: "Write it as redis://"},
		"other scheme":     {url: "http://:" + secret + "@host", want: "Write it as redis://"},
		"other database":   {url: "redis://host/main", want: "Write it as redis://"},
		"replica":          {do: "REPLICAOF 127.0.0.1 1", want: "read-only replica"},
		"may not write":    {do: "ACL SETUSER default on nopass ~* +@all -@write", want: "this user may not do what Convenor needs"},
		"other keys only":  {do: "ACL SETUSER default on nopass resetkeys ~other:* +@all", want: "this user may not do what Convenor needs"},
		"password wanted":  {args: []string{"--requirepass", "hush"}, want: "wants a password"},
		"wrong password":   {args: []string{"--requirepass", "hush"}, login: ":" + secret + "@", want: "does not accept the user name or password"},
		"memory full":      {args: []string{"--maxmemory", "1"}, want: "memory of Redis is full"},
		"too few replicas": {args: []string{"--min-replicas-to-write", "1"}, want: "too few of its replicas"},
		"cluster":          {args: []string{"--port", redistest.Port(t), "--bind", "127.0.0.1", "--cluster-enabled", "yes", "--cluster-port", redistest.Port(t)}, want: "Redis Cluster"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if c.url == "" {
				r := redistest.Start(t, c.args...)
				if c.do != "" {
					r.Do(c.do)
				}
				c.url = strings.Replace(r.URL(), "://", "://"+c.login, 1)
			}
			got := openFails(t, c.url)
			t.Log(got)
			if !strings.Contains(got, c.want) || strings.Contains(got, secret) {
				t.Errorf("got %q, want %q and no password", got, c.want)
			}
		})
	}
}

func TestFrozenRedisIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	r := redistest.Start(t)
	r.Pause()
	t.Cleanup(r.Resume)
	if got := openFails(t, r.URL()); !strings.Contains(got, "does not answer in time") {
		t.Errorf("got %q", got)
	}
}

func TestRedisStillLoading(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("run canary: %w", redis.ErrClosed)
	if plain(err).Error() != err.Error() {
		t.Error("words for an error that has none")
	}
	got := plain(fmt.Errorf("run canary: %w", loading{})).Error()
	if !strings.Contains(got, "still loading") {
		t.Errorf("got %q", got)
	}
}

type loading struct{}

func (loading) Error() string { return "LOADING Redis is loading the dataset in memory" }
func (loading) RedisError()   {}

func TestRedisWarnings(t *testing.T) {
	t.Parallel()
	s := open(t, Options{URL: redistest.Start(t, "--appendonly", "no", "--maxmemory-policy", "allkeys-lru").URL()})
	w := strings.Join(s.Warnings(), "\n")
	if len(s.Warnings()) != 2 || !strings.Contains(w, "appendonly") || !strings.Contains(w, "noeviction") {
		t.Errorf("got %q", w)
	}
}

func TestRedisVersions(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]bool{"5.0.14": true, "6.0.16": true, "6.2.0": false, "7.0.15": false, "10.1.0": false, "": false, "unstable": false} {
		if old(version) != want {
			t.Errorf("%q: %v", version, !want)
		}
	}
}

func TestRedisAddresses(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"redis://h":                            "[h:6379] 0 false",
		"redis://h:1/3":                        "[h:1] 3 false",
		"redis://u:p@h:1,k:2":                  "[h:1 k:2] 0 false u p",
		"redis://h:1,redis://k:2":              "[h:1 k:2] 0 false",
		"redis://h?cluster=true":               "[h:6379] 0 true",
		"unix:///run/redis.sock?db=2":          "[/run/redis.sock] 2 false",
		"rediss://h:1":                         "[h:1] 0 false tls:h",
		"redis://[::1]:5":                      "[[::1]:5] 0 false",
		"redis://:p@a,b:9/1?sentinel=mymaster": "[a:26379 b:9] 1 false  p mymaster",
	} {
		o, err := readURL(address)
		if err != nil {
			t.Errorf("%s: %v", address, err)
			continue
		}
		got := fmt.Sprint(o.Addrs, o.DB, o.IsClusterMode)
		if o.Password != "" {
			got += " " + o.Username + " " + o.Password
		}
		if o.TLSConfig != nil {
			got += " tls:" + o.TLSConfig.ServerName
		}
		if o.MasterName != "" {
			got += " " + o.MasterName
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", address, got, want)
		}
	}
}

func TestRedisGoneAndBack(t *testing.T) {
	t.Parallel()
	r := redistest.Start(t)
	s := open(t, Options{URL: r.URL()})
	c := commit()
	c.Writes = []flows.Write{write("person", "a", 0, "x")}
	must(t, s.Commit(t.Context(), c))
	r.Kill()
	lost := commit()
	lost.Writes = []flows.Write{write("person", "b", 0, "y")}
	if err := s.Commit(t.Context(), lost); err == nil {
		t.Fatal("a commit without Redis was acknowledged")
	}
	if err := s.Healthy(t.Context()); err == nil || !strings.Contains(err.Error(), "nothing answers there") {
		t.Errorf("health without Redis: %v", err)
	}
	for name, err := range map[string]error{
		"load":  errOf(s.Load(t.Context(), "c1", flows.Ref{Kind: "person"})),
		"claim": errOf(s.ClaimDeliveries(t.Context(), noon, noon.Add(time.Minute), 1)),
		"timer": errOf(s.ClaimTimers(t.Context(), noon, noon.Add(time.Minute), 1)),
		"place": errOf(s.Place(t.Context(), "slack:T1")),
	} {
		if err == nil {
			t.Errorf("%s: no error without Redis", name)
		}
	}
	r.Restart()
	must(t, s.Commit(t.Context(), lost)) // the same one, again
	must(t, s.Healthy(t.Context()))
	same(t, values(t, s, flows.Ref{Kind: "person"}), "a=x@1", "b=y@1")
}

func errOf[T any](_ T, err error) error { return err }

func TestFlushedScriptsAreLoadedAgain(t *testing.T) {
	t.Parallel()
	r := redistest.Start(t)
	s := open(t, Options{URL: r.URL()})
	r.Do("SCRIPT FLUSH")
	whole(t, s)
}

func TestTwoReplicasShareAClock(t *testing.T) {
	t.Parallel()
	r := redistest.Start(t)
	a, b := open(t, Options{URL: r.URL(), Rehearsal: true}), open(t, Options{URL: r.URL(), Rehearsal: true})
	var group sync.WaitGroup
	for range 10 {
		for _, s := range []*Store{a, b} {
			group.Go(func() {
				if _, err := s.Shift(context.Background(), time.Hour); err != nil {
					t.Error(err)
				}
			})
		}
	}
	group.Wait()
	for _, s := range []*Store{a, b} {
		d, err := s.Offset(t.Context())
		must(t, err)
		if d != 20*time.Hour {
			t.Errorf("moved %v, want 20h", d)
		}
	}
}

func TestRedisKilledLosesNothingAcknowledged(t *testing.T) {
	t.Parallel()
	r := redistest.Start(t)
	s := open(t, Options{URL: r.URL()})
	var acknowledged []string
	for i := range 60 {
		c := commit()
		id := fmt.Sprintf("%02d", i)
		c.Writes = []flows.Write{write("person", id, 0, "x")}
		if i%15 == 7 {
			r.Kill()
			if err := s.Commit(t.Context(), c); err == nil {
				t.Fatal("acknowledged by nobody")
			}
			r.Restart()
		}
		must(t, s.Commit(t.Context(), c))
		acknowledged = append(acknowledged, id+"=x@1")
	}
	same(t, values(t, s, flows.Ref{Kind: "person"}), acknowledged...)
}
