package redistest

import (
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"strings"
	"testing"

	"convenor/store/redisd"
)

// slots is how many hash slots a Redis Cluster has.
const slots = 16384

// portsFrom and portsMost are where ports are looked for: below those that systems give to outgoing connections (on Linux
// from 32,768), so that none takes a port before its server does, or while its server is away.
const (
	portsFrom = 20_000
	portsMost = 12_000
)

// Port is a port on loopback that nobody listens on.
func Port(tb testing.TB) string {
	tb.Helper()
	for range portsMost {
		port := strconv.Itoa(portsFrom + rand.IntN(portsMost))          //nolint:gosec // so that tests side by side try different ones
		if l, err := net.Listen("tcp", "127.0.0.1:"+port); err == nil { //nolint:noctx // loopback answers at once
			_ = l.Close()
			return port
		}
	}
	tb.Fatal("no port is free")
	return ""
}

// Cluster is a Redis Cluster of one test: three primaries on loopback that share the slots. It ends with the test.
type Cluster struct {
	Nodes []*Server
	ports []string
}

// StartCluster starts a Redis Cluster and returns when all of its nodes agree that it is complete.
func StartCluster(tb testing.TB) *Cluster {
	tb.Helper()
	const nodes = 3
	c := &Cluster{}
	var gossip []string
	for n := range nodes {
		port, bus := Port(tb), Port(tb)
		node := Start(tb, "--port", port, "--bind", "127.0.0.1", "--cluster-enabled", "yes", "--cluster-port", bus, "--cluster-node-timeout", "15000")
		node.Do(fmt.Sprintf("CLUSTER SET-CONFIG-EPOCH %d", n+1))
		node.Do(fmt.Sprintf("CLUSTER ADDSLOTSRANGE %d %d", slots*n/nodes, slots*(n+1)/nodes-1))
		c.Nodes, c.ports, gossip = append(c.Nodes, node), append(c.ports, port), append(gossip, bus)
	}
	for n := 1; n < nodes; n++ {
		c.Nodes[0].Do("CLUSTER MEET 127.0.0.1 " + c.ports[n] + " " + gossip[n])
	}
	if !redisd.Until(c.complete) {
		tb.Fatal("the Redis Cluster does not come to be complete")
	}
	return c
}

func (c *Cluster) complete() bool {
	for _, n := range c.Nodes {
		info, err := n.redis.Ask("CLUSTER INFO")
		if err != nil || !strings.Contains(info, "cluster_state:ok") || !strings.Contains(info, "cluster_size:3\r") {
			return false
		}
	}
	return true
}

// URL is the Cluster's address as Convenor reads it: two of its nodes, which tell of the third.
func (c *Cluster) URL() string {
	return "redis://127.0.0.1:" + c.ports[0] + ",127.0.0.1:" + c.ports[1]
}
