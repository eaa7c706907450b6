package bench

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"convenor/store"
	"convenor/store/redisd"
)

// errNotEmpty means that the named Redis holds something: the bench empties what it uses.
var errNotEmpty = errors.New("this Redis is not empty. The bench fills the Redis it is given and empties it again, " +
	"so please name one that holds nothing and that nobody else uses, or name none")

// redisOf is the Redis that is measured on: one that was named, or a server of our own.
type redisOf struct {
	url    string
	client *redis.Client // for the bare operations
	own    *redisd.Server
}

// openRedis connects to an empty Redis, or starts one.
func openRedis(ctx context.Context, url string) (*redisOf, error) {
	r := &redisOf{url: url}
	if url == "" {
		own, err := redisd.New()
		if errors.Is(err, redisd.ErrMissing) {
			return nil, unmeasuredError{"no redis-server on the PATH, and none was named with --redis"}
		}
		if err != nil {
			return nil, err
		}
		r.own, r.url = own, own.URL()
		if err := own.StartKeeping("--appendfsync", "everysec", "--auto-aof-rewrite-percentage", "0"); err != nil {
			return nil, errors.Join(err, own.Close())
		}
	}
	o, err := redis.ParseURL(r.url)
	if err != nil {
		return nil, errors.Join(errors.New("write the Redis as redis://host:6379/0, rediss:// or unix:///path: one server"), r.stop())
	}
	r.client = redis.NewClient(o)
	size, err := r.client.DBSize(ctx).Result()
	switch {
	case err != nil:
		err = fmt.Errorf("reach the Redis at %s: %w", o.Addr, err)
	case size > 0:
		err = errNotEmpty
	}
	if err != nil {
		return nil, errors.Join(err, r.client.Close(), r.stop())
	}
	return r, nil
}

func (r *redisOf) stop() error {
	if r.own == nil {
		return nil
	}
	return r.own.Close()
}

// close ends what openRedis began. What goes wrong now concerns no figure.
func (r *redisOf) close() {
	if r == nil {
		return
	}
	_ = r.client.Close()
	_ = r.stop()
}

// emptyWithin is how long Redis may take to free gigabytes.
const emptyWithin = 2 * time.Minute

// empty takes everything away that a figure has written.
func (r *redisOf) empty(ctx context.Context) error {
	if err := r.client.WithTimeout(emptyWithin).FlushDB(ctx).Err(); err != nil {
		return fmt.Errorf("empty the Redis again: %w", err)
	}
	return nil
}

// used is how many bytes of memory the server uses.
func (r *redisOf) used(ctx context.Context) (int64, error) {
	info, err := r.client.Info(ctx, "memory").Result()
	if err != nil {
		return 0, fmt.Errorf("ask Redis for its memory: %w", err)
	}
	for line := range strings.Lines(info) {
		if value, ok := strings.CutPrefix(strings.TrimSpace(line), "used_memory:"); ok {
			return strconv.ParseInt(value, 10, 64)
		}
	}
	return 0, unmeasuredError{"this Redis does not tell how much memory it uses"}
}

// open opens the store on an empty Redis.
func (r *redisOf) open(ctx context.Context) (*store.Store, error) {
	if err := r.empty(ctx); err != nil {
		return nil, err
	}
	return r.beside(ctx)
}

// beside opens the store once more, as a replica does.
func (r *redisOf) beside(ctx context.Context) (*store.Store, error) {
	return store.Open(ctx, store.Options{URL: r.url})
}
