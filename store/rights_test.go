package store

import (
	"bytes"
	"context"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"convenor/flows"
	"convenor/store/redistest"
)

// rights is the command by which README has an operator make Convenor's own user of Redis, whose name and password it
// returns with it.
func rights(t *testing.T) (setUser, name, password string) {
	t.Helper()
	readme, err := os.ReadFile("../README.md")
	must(t, err)
	found := regexp.MustCompile("(?s)```\n(ACL SETUSER (\\S+) on >(\\S+) .*?)\n```").FindSubmatch(readme)
	if found == nil {
		t.Fatal("README says nothing of a Redis user's rights")
	}
	return strings.Join(strings.Fields(string(found[1])), " "), string(found[2]), string(found[3])
}

// limited gives a server the user of README and takes the rights from everybody else but one.
func limited(t *testing.T, server *redistest.Server) (admin *redis.Client) {
	t.Helper()
	setUser, _, _ := rights(t)
	server.Do(setUser)
	server.Do("ACL SETUSER admin on >secret ~* +@all")
	admin = redis.NewClient(&redis.Options{Network: "unix", Addr: server.Socket(), Username: "admin", Password: "secret", Protocol: 2})
	t.Cleanup(func() { _ = admin.Close() })
	server.Do("ACL SETUSER default off")
	return admin
}

// as puts the user of README into an address.
func as(t *testing.T, url string) string {
	t.Helper()
	_, name, password := rights(t)
	return strings.Replace(url, "://", "://"+name+":"+password+"@", 1)
}

// called are the methods of a Store that whole and rest call.
func called() []string {
	return []string{
		"Beat", "BeginSession", "Claim", "ClaimDeliveries", "ClaimTimers", "Close", "Coalitions", "Commit", "Complete", "Everything", "Fail",
		"Healthy", "History", "Intend", "JournalBytes", "KeepShard", "LeaveShard", "Load", "LookShard", "Mend", "Offset", "Overdue", "Page",
		"Pending", "Place", "Shift", "TakeShard", "Time", "Unarmed", "Warnings",
	}
}

// rest does, on a rehearsal's store, what whole does not.
func rest(t *testing.T, s *Store) {
	t.Helper()
	ctx := t.Context()
	must(t, s.Beat(ctx))
	_, _, err := s.Time(ctx)
	must(t, err)
	_, err = s.Shift(ctx, time.Hour)
	must(t, err)
	_, err = s.BeginSession(ctx, "app", 0, noon, time.Second, time.Second, 9)
	must(t, err)
	fence, _, err := s.TakeShard(ctx, "app", "0", "owner", noon, noon.Add(time.Minute))
	must(t, err)
	must(t, s.KeepShard(ctx, "app", "0", fence, noon.Add(time.Minute), "seat", true))
	_, _, err = s.LookShard(ctx, "app", "0")
	must(t, err)
	_, err = s.LeaveShard(ctx, "app", "0", fence, noon, "seat")
	must(t, err)
	_, err = s.Place(ctx, "slack:nowhere")
	must(t, err)
	_, err = s.History(ctx, "coalition0", 9)
	must(t, err)
	_, err = s.Overdue(ctx, noon)
	must(t, err)
	_, _, err = s.Page(ctx, "coalition0", "", 9)
	must(t, err)
	_, err = s.Unarmed(ctx, "coalition0", noon, []flows.Timer{timer("none", noon)})
	must(t, err)
	must(t, s.client.Del(ctx, shardAt(0).outbox()).Err()) // so that there is something to mend
	k, err := keysOf("coalition0", s.shards)
	must(t, err)
	must(t, s.client.Del(ctx, k.outbox(), k.timers()).Err())
	mended := 0
	for _, after := range []string{"", "timers 0"} {
		m, err := s.Mend(ctx, "coalition0", after, noon, 99)
		must(t, err)
		mended += m.Count
	}
	if mended == 0 {
		t.Error("nothing was mended")
	}
	c := commit()
	c.Forget = true
	must(t, s.Commit(ctx, c))
	_, _ = s.JournalBytes(), s.Warnings()
}

// forgetful commits when Redis has forgotten its scripts, with and without a replica to wait for.
func forgetful(t *testing.T, s *Store, admins []*redis.Client) {
	t.Helper()
	e, ok := s.engine.(*server)
	if !ok {
		t.Fatal("no server")
	}
	for _, replicas := range []bool{false, true} {
		for _, admin := range admins {
			must(t, admin.ScriptFlush(t.Context()).Err())
		}
		must(t, e.each(t.Context(), func(_ context.Context, node *redis.Client) error {
			e.replicas.Store(node, replicas)
			return nil
		}))
		must(t, s.Commit(t.Context(), commit()))
	}
}

// TestRedisUserWithFewRights does all that the store can as the user that README has an operator make, on one Redis and on a
// Cluster, and is refused nothing.
func TestRedisUserWithFewRights(t *testing.T) {
	t.Parallel()
	var has []string
	for m := range reflect.TypeFor[*Store]().Methods() {
		has = append(has, m.Name)
	}
	if !slices.Equal(has, called()) {
		t.Fatalf("the store can do %v, and this test calls %v", has, called())
	}
	for name, start := range map[string]func(t *testing.T) (url string, servers []*redistest.Server){
		"redis": func(t *testing.T) (string, []*redistest.Server) {
			t.Helper()
			r := redistest.Start(t)
			return r.URL(), []*redistest.Server{r}
		},
		"cluster": func(t *testing.T) (string, []*redistest.Server) {
			t.Helper()
			c := redistest.StartCluster(t)
			return c.URL(), c.Nodes
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url, servers := start(t)
			var admins []*redis.Client
			for _, server := range servers {
				admins = append(admins, limited(t, server))
			}
			o := Options{URL: as(t, url), Rehearsal: true}
			s := open(t, o)
			whole(t, s)
			rest(t, s)
			forgetful(t, s, admins)
			same(t, s.Warnings())
			must(t, s.Close())
			var moved bytes.Buffer
			must(t, Export(t.Context(), o, &moved))
			_, err := Beats(t.Context(), o)
			must(t, err)
			to := redistest.Start(t)
			admins = append(admins, limited(t, to))
			must(t, Import(t.Context(), Options{URL: as(t, to.URL())}, bytes.NewReader(moved.Bytes())))
			for _, admin := range admins {
				refused, err := admin.Do(t.Context(), "ACL", "LOG").Slice()
				must(t, err)
				for _, one := range refused {
					t.Errorf("refused: %v", one)
				}
			}
		})
	}
}

// TestRightsNameEachCommand: the user of README may give every command that a script gives, and none that endangers what
// others keep in the same Redis.
func TestRightsNameEachCommand(t *testing.T) {
	t.Parallel()
	r := redistest.Start(t)
	setUser, name, _ := rights(t)
	r.Do(setUser)
	client := redis.NewClient(&redis.Options{Network: "unix", Addr: r.Socket(), Protocol: 2})
	t.Cleanup(func() { _ = client.Close() })
	sources, err := filepath.Glob("*.lua")
	must(t, err)
	given := map[string]bool{}
	for _, path := range sources {
		source, err := os.ReadFile(path)
		must(t, err)
		for _, command := range regexp.MustCompile(`redis\.call\('([A-Z]+)'`).FindAllSubmatch(source, -1) {
			given[string(command[1])] = true
		}
	}
	if len(given) < 20 {
		t.Errorf("the scripts give only %v", slices.Sorted(maps.Keys(given)))
	}
	for command := range given {
		args := []any{"cv1:x", "cv1:x", "cv1:x", "cv1:x"}
		for n := len(args); n > 0; n-- { // as many as it takes
			says, err := client.Do(t.Context(), append([]any{"ACL", "DRYRUN", name, command}, args[:n]...)...).Text()
			if err == nil && says != "OK" {
				t.Errorf("%s: %s", command, says)
			}
			if err == nil {
				break
			}
			if n == 1 {
				t.Errorf("%s: %v", command, err)
			}
		}
	}
	for _, bad := range []string{
		"FLUSHALL", "FLUSHDB", "KEYS *", "CONFIG GET *", "SCRIPT FLUSH", "FUNCTION FLUSH", "SHUTDOWN", "DEBUG SLEEP 1", "ACL LIST", "REPLICAOF NO ONE",
		"GET another", "CLIENT KILL x", "MONITOR", "PUBLISH x y",
	} {
		ask := []any{"ACL", "DRYRUN", name}
		for word := range strings.FieldsSeq(bad) {
			ask = append(ask, word)
		}
		says, err := client.Do(t.Context(), ask...).Text()
		must(t, err)
		if says == "OK" {
			t.Errorf("%s is allowed", bad)
		}
	}
}
