package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
)

// replicaWait is how long a script's caller waits for a replica to have what it wrote. Replicas take a few milliseconds; a
// click has 3 s in all.
const replicaWait = 500 * time.Millisecond

// movesMost is how often a script follows a slot of a Redis Cluster that has moved to another node.
const movesMost = 3

// server is the engine that is a Redis server, a primary behind Sentinels, or a Redis Cluster.
//
// Where a primary has replicas, an answer counts only when one of them has what was written before it: else a failover
// could take back what somebody was told is saved. A script and its WAIT go over one connection, one behind the other,
// because WAIT speaks of what its own connection has written.
type server struct {
	client   redis.UniversalClient
	canary   *script
	token    func() string
	doubt    func()
	watch    func(what string) (ended func()) // see Options
	replicas sync.Map                         // *redis.Client of a primary -> bool: whether it has replicas, or must have
	mu       sync.Mutex
	known    map[string]bool // primaries that were met, by run id and replication id
	settled  bool            // whoever is met from now on is news
	beats    atomic.Int64    // the highest count of looks that was read
}

func (e *server) run(ctx context.Context, s *script, keys, args []string) (any, error) {
	defer watched(e.watch, s.name)()
	values := make([]any, len(args))
	for i, a := range args {
		values[i] = a
	}
	var err error
	for range movesMost {
		var answer any
		answer, err = e.once(ctx, s, keys, values)
		if err == nil {
			return answer, nil
		}
		cluster, ok := e.client.(*redis.ClusterClient)
		if !ok || !moved(err) {
			break
		}
		cluster.ReloadState(ctx)
	}
	return nil, fmt.Errorf("run %s: %w", s.name, err)
}

// moved reports whether another node of a Redis Cluster has to be asked. All scripts are safe to run twice.
func moved(err error) bool {
	for _, prefix := range []string{"MOVED", "ASK", "TRYAGAIN", "READONLY"} {
		if redis.HasErrorPrefix(err, prefix) {
			return true
		}
	}
	return false
}

// once runs a script where its keys live, and waits for a replica when there should be one.
func (e *server) once(ctx context.Context, s *script, keys []string, values []any) (any, error) {
	node, err := e.primary(ctx, keys[0])
	if err != nil {
		return nil, err
	}
	must, ok := e.replicas.Load(node)
	if !ok {
		if must, err = e.look(ctx, node); err != nil {
			return nil, err
		}
	}
	if must == false {
		return s.redis.Run(ctx, node, keys, values...).Result()
	}
	answer, reached, err := kept(ctx, node, func(p redis.Pipeliner) *redis.Cmd { return p.EvalSha(ctx, s.redis.Hash(), keys, values...) })
	if redis.HasErrorPrefix(err, "NOSCRIPT") {
		answer, reached, err = kept(ctx, node, func(p redis.Pipeliner) *redis.Cmd { return p.Eval(ctx, s.source, keys, values...) })
	}
	if err != nil {
		return nil, err
	}
	if !reached {
		if must, err := e.look(ctx, node); err != nil || must {
			return nil, errors.Join(ErrUnsure, err)
		} // its last replica is gone, and it may go on without: so it is told, and the operator is warned
	}
	return answer, nil
}

// kept sends a script and a WAIT behind it.
func kept(ctx context.Context, node *redis.Client, do func(redis.Pipeliner) *redis.Cmd) (answer any, reached bool, err error) {
	pipe := node.Pipeline()
	ran := do(pipe)
	waited := pipe.Do(ctx, "WAIT", 1, replicaWait.Milliseconds())
	_, _ = pipe.Exec(ctx) // each command has its own error
	if answer, err = ran.Result(); err != nil {
		return nil, false, err
	}
	n, err := waited.Int()
	return answer, n > 0, err
}

// primary returns the client of the node that has a key.
func (e *server) primary(ctx context.Context, key string) (*redis.Client, error) {
	switch c := e.client.(type) {
	case *redis.ClusterClient:
		return c.MasterForKey(ctx, key)
	case *redis.Client:
		return c, nil
	default:
		return nil, fmt.Errorf("a client of type %T", c)
	}
}

// look asks a primary whether it has replicas, or is told to take no writes without. One that does not say has none.
func (e *server) look(ctx context.Context, node *redis.Client) (must bool, err error) {
	info, err := node.Info(ctx, "replication").Result()
	if err != nil && !redis.HasErrorPrefix(err, "NOPERM") {
		return false, err
	}
	says := facts(info)
	_, told := says["min_slaves_good_slaves"]
	must = told || says["connected_slaves"] != "" && says["connected_slaves"] != "0"
	e.replicas.Store(node, must)
	return must, nil
}

// greet looks, on each new connection and before anything is sent over it, who is at the other end. Another primary, or
// the same one after a start, may have lost the last writes.
func (e *server) greet(ctx context.Context, cn *redis.Conn) error {
	answers := [2]*redis.StringCmd{}
	for i, section := range []string{"server", "replication"} {
		answers[i] = cn.Info(ctx, section)
		if err := answers[i].Err(); err != nil {
			if redis.HasErrorPrefix(err, "NOPERM") || redis.HasErrorPrefix(err, "NOAUTH") || redis.HasErrorPrefix(err, "LOADING") {
				return nil // what is asked next says so itself
			}
			return fmt.Errorf("ask who is there: %w", err)
		}
	}
	says, role := facts(answers[0].Val()), facts(answers[1].Val())
	if says["redis_mode"] == "sentinel" || says["run_id"] == "" {
		return nil
	}
	who := says["run_id"] + " " + role["master_replid"]
	e.mu.Lock()
	news := e.settled && !e.known[who]
	e.known[who] = true
	e.mu.Unlock()
	if news {
		e.replicas.Clear()
		e.doubt()
	}
	return nil
}

// settle meets every primary, so that who is met later is news.
func (e *server) settle(ctx context.Context) error {
	err := e.each(ctx, func(ctx context.Context, node *redis.Client) error {
		_, err := e.look(ctx, node)
		return err
	})
	e.mu.Lock()
	defer e.mu.Unlock()
	e.settled = true
	return err
}

// each calls do with every primary.
func (e *server) each(ctx context.Context, do func(context.Context, *redis.Client) error) error {
	if cluster, ok := e.client.(*redis.ClusterClient); ok {
		return cluster.ForEachMaster(ctx, do)
	}
	node, err := e.primary(ctx, "")
	if err != nil {
		return err
	}
	return do(ctx, node)
}

// beat counts a look, finds out when the count has fallen, and looks again which primaries have replicas.
func (e *server) beat(ctx context.Context, s *script) error {
	answer, err := e.run(ctx, s, []string{keyBeat}, nil)
	if err != nil {
		return err
	}
	count, ok := answer.(int64)
	if !ok {
		return fmt.Errorf("unexpected answer %v", answer)
	}
	if before := e.beats.Swap(count); count <= before {
		e.doubt()
	}
	return e.each(ctx, func(ctx context.Context, node *redis.Client) error {
		_, err := e.look(ctx, node)
		return err
	})
}

// time asks for the clock of the primary that holds what is not part of a coalition.
func (e *server) time(ctx context.Context) (time.Time, error) {
	node, err := e.primary(ctx, keyMeta)
	if err != nil {
		return time.Time{}, err
	}
	return node.Time(ctx).Result()
}

// forget asks each primary to write its append-only file anew. One that has none, or does not let this user ask, has
// nothing to rewrite or has an operator who sees to it.
func (e *server) forget(ctx context.Context) {
	_ = e.each(ctx, func(ctx context.Context, node *redis.Client) error { return node.BgRewriteAOF(ctx).Err() })
}

func (e *server) healthy(ctx context.Context) error {
	token := e.token()
	answer, err := e.run(ctx, e.canary, []string{keyCanary}, []string{token})
	if err != nil {
		return err
	}
	if answer != token {
		return fmt.Errorf("run canary: read back %v", answer)
	}
	return nil
}

func (e *server) close() error { return e.client.Close() }

// facts reads INFO. Managed servers hide part of it, so any of it may be missing.
func facts(info string) map[string]string {
	says := map[string]string{}
	for line := range strings.Lines(info) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok {
			says[name] = value
		}
	}
	return says
}
