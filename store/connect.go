package store

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// How long one try may take, and how often it is repeated. A click has 3 s in all.
const (
	dialTimeout    = 2 * time.Second
	commandTimeout = 2 * time.Second
	retries        = 1
)

// errURL does not repeat the URL, because it may hold a password.
var errURL = errors.New("the address of Redis cannot be read. Write it as redis://host:6379/0, or rediss:// for TLS, with commas " +
	"between the hosts of a Redis Cluster, or ?sentinel=name behind Sentinels")

// openRedis connects and looks at what the server tells about itself. That it can be written is shown by begin.
func (s *Store) openRedis(ctx context.Context, address string) error {
	options, err := readURL(address)
	if err != nil {
		return err
	}
	logging.Disable() // the client's own log, which goes to standard error and says again what its errors say
	e := &server{canary: s.scripts.canary, token: token, doubt: s.doubt, known: map[string]bool{}, watch: s.watch}
	options.OnConnect = e.greet
	e.client = redis.NewUniversalClient(options)
	s.client, s.shards, s.engine, s.senders.name = e.client, shardsRedis, e, token()
	s.leave = s.leaving(ctx)
	if s.warnings, err = e.test(ctx, s.scripts.all()); err != nil {
		return errors.Join(fmt.Errorf("open Redis at %s: %w", strings.Join(options.Addrs, ", "), plain(err)), e.client.Close())
	}
	return nil
}

// test looks at what every primary tells about itself, whether it takes the scripts, and whether it can be written. It
// returns what the operator should be warned of.
func (e *server) test(ctx context.Context, all []*script) (w []string, err error) {
	var mu sync.Mutex
	err = e.each(ctx, func(ctx context.Context, node *redis.Client) error {
		info, err := node.Info(ctx).Result()
		if err != nil && !redis.HasErrorPrefix(err, "NOPERM") {
			return err
		}
		says := facts(info)
		if old(says["redis_version"]) {
			return fmt.Errorf("version %s is too old. Convenor needs 6.2 or later", says["redis_version"])
		}
		if err := loadAll(ctx, node, all); err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		for _, one := range warnings(says) {
			if !slices.Contains(w, one) {
				w = append(w, one)
			}
		}
		return nil
	})
	if err == nil {
		err = e.healthy(ctx)
	}
	if err == nil {
		err = e.settle(ctx)
	}
	return w, err
}

// loadAll gives a primary the scripts, so that the first click need not.
func loadAll(ctx context.Context, node *redis.Client, all []*script) error {
	for _, sc := range all {
		if err := sc.redis.Load(ctx, node).Err(); err != nil {
			return fmt.Errorf("load %s: %w", sc.name, err)
		}
	}
	return nil
}

// readURL reads what Options.URL promises.
func readURL(address string) (*redis.UniversalOptions, error) {
	address = strings.NewReplacer(",redis://", ",", ",rediss://", ",").Replace(address) // an easy thing to write
	u, err := url.Parse(address)
	if err != nil {
		return nil, errURL
	}
	o := &redis.UniversalOptions{
		DialTimeout: dialTimeout, ReadTimeout: commandTimeout, WriteTimeout: commandTimeout,
		MaxRetries: retries, DialerRetries: 1, ContextTimeoutEnabled: true,
		Protocol: 2, DisableIdentity: true, // one way of answering, the same as the embedded store's
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
		Username:                 u.User.Username(),
		MasterName:               u.Query().Get("sentinel"),
		IsClusterMode:            u.Query().Get("cluster") == "true",
	}
	o.Password, _ = u.User.Password()
	if u.Scheme == "unix" {
		o.Addrs = []string{u.Path}
		return o, readDB(o, u.Query().Get("db"))
	}
	if u.Scheme != "redis" && u.Scheme != "rediss" || u.Host == "" {
		return nil, errURL
	}
	port := "6379"
	if o.MasterName != "" {
		port = "26379"
		o.SentinelUsername, o.SentinelPassword = o.Username, o.Password
	}
	for h := range strings.SplitSeq(u.Host, ",") {
		if _, _, err := net.SplitHostPort(h); err != nil {
			h += ":" + port
		}
		if _, _, err := net.SplitHostPort(h); err != nil {
			return nil, errURL
		}
		o.Addrs = append(o.Addrs, h)
	}
	if u.Scheme == "rediss" {
		name, _, _ := net.SplitHostPort(o.Addrs[0])
		o.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12, ServerName: name}
	}
	return o, readDB(o, strings.Trim(u.Path, "/"))
}

func readDB(o *redis.UniversalOptions, text string) error {
	if text == "" {
		return nil
	}
	db, err := strconv.Atoi(text)
	if err != nil || db < 0 {
		return errURL
	}
	o.DB = db
	return nil
}

// old reports whether a version is below 6.2, the first that has all that the scripts use.
func old(version string) bool {
	major, rest, _ := strings.Cut(version, ".")
	minor, _, _ := strings.Cut(rest, ".")
	a, errA := strconv.Atoi(major)
	b, errB := strconv.Atoi(minor)
	return errA == nil && errB == nil && (a < 6 || a == 6 && b < 2)
}

// warnings says what could make this Redis lose something. What is not told is not warned of.
func warnings(says map[string]string) []string {
	var w []string
	if says["aof_enabled"] == "0" {
		w = append(w, "Redis does not keep a log of writes (appendonly is off): when it stops without warning, "+
			"answers of the last minutes are lost. Set appendonly to yes")
	}
	if p := says["maxmemory_policy"]; p != "" && p != "noeviction" {
		w = append(w, "Redis may drop records when its memory is full (maxmemory-policy is "+p+"). Set it to noeviction")
	}
	if n := says["connected_slaves"]; n != "" && n != "0" && says["min_slaves_good_slaves"] == "" {
		w = append(w, "Redis has replicas but takes writes without them (min-replicas-to-write is 0): cut off from them, it "+
			"would take what the next primary never sees. Set min-replicas-to-write to 1")
	}
	if says["role"] == "slave" {
		w = append(w, "This Redis is a replica that takes writes. Its next synchronisation throws them away. "+
			"Name the primary instead")
	}
	return w
}

const noRights = "this user may not do what Convenor needs in Redis: read, write and scripts on keys that begin with cv1:"

// plain puts the words for whoever runs Convenor before an error of the store.
func plain(err error) error {
	say := func(words string) error { return fmt.Errorf("%s (%w)", words, err) }
	for _, c := range []struct{ starts, words string }{
		{"WRONGPASS", "Redis does not accept the user name or password"},
		{"NOAUTH", "Redis wants a password, and none is set"},
		{"NOPERM", noRights},
		{"The user executing the script can't run", noRights},
		{"READONLY", "this Redis is a read-only replica, so nothing can be saved there. Name the primary instead"},
		{"MISCONF", "Redis takes no writes, because it cannot save to its disk. See to the disk of Redis"},
		{"OOM", "the memory of Redis is full, so nothing can be saved. Give it more memory"},
		{"NOREPLICAS", "Redis takes no writes, because too few of its replicas are up"},
		{"LOADING", "Redis is still loading its data. Please try again in a moment"},
		{"BUSY", "Redis is busy with somebody's script. Please try again in a moment"},
		{"CLUSTERDOWN", "the Redis Cluster is down or not complete"},
		{"MOVED", "this Redis is part of a Redis Cluster. Add ?cluster=true to its address"},
		{"CROSSSLOT", "this Redis is part of a Redis Cluster. Add ?cluster=true to its address"},
	} {
		if redis.HasErrorPrefix(err, c.starts) || strings.Contains(err.Error(), c.starts+" ") {
			return say(c.words)
		}
	}
	var network *net.OpError
	switch {
	case errors.Is(err, ErrReadOnly), errors.Is(err, ErrClosed), errors.Is(err, ErrUnsure), errors.Is(err, context.Canceled):
		return err
	case errors.As(err, &network) && network.Op == "dial":
		return say("nothing answers there. Is Redis running, and is the address right?")
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		return say("Redis does not answer in time")
	}
	return err
}
