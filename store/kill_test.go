package store

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"convenor/flows"
)

// The test binary runs again as a child that is killed: TestMain sends it to what childTask names.
const childTask, childDir = "STORE_TEST_TASK", "STORE_TEST_DIR"

func TestMain(m *testing.M) {
	switch os.Getenv(childTask) {
	case "open":
		_, err := Open(context.Background(), Options{Dir: os.Getenv(childDir)})
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
	case "claim":
		if err := claimAndHang(os.Getenv(childDir)); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
	case "write":
		if err := writeAndTell(os.Getenv(childDir)); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
	default:
		goleak.VerifyTestMain(m)
	}
}

func child(t *testing.T, task, dir string) *exec.Cmd {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), childTask+"="+task, childDir+"="+dir)
	return c
}

// writeAndTell commits from several goroutines and prints what was acknowledged, until it is killed.
func writeAndTell(dir string) error {
	s, err := Open(context.Background(), Options{Dir: dir})
	if err != nil {
		return err
	}
	records, err := s.Load(context.Background(), "c1", flows.Ref{Kind: "person"})
	if err != nil {
		return err
	}
	var mu sync.Mutex
	var group sync.WaitGroup
	for g := range 4 {
		group.Go(func() {
			for i := len(records); ; i++ {
				id := fmt.Sprintf("%d.%d", g, i)
				c := commit()
				c.Writes = []flows.Write{write("person", id, 0, strings.Repeat(id, 50))}
				c.Deliveries = []flows.Delivery{post(id, id)}
				if err := s.Commit(context.Background(), c); err != nil {
					panic(err)
				}
				mu.Lock()
				fmt.Println(id)
				mu.Unlock()
			}
		})
	}
	group.Wait()
	return nil
}

func TestKilledWriterLosesNothingAcknowledged(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	acknowledged := map[string]bool{}
	for round := range 15 {
		c := child(t, "write", dir)
		out, err := c.StdoutPipe()
		must(t, err)
		must(t, c.Start())
		lines := bufio.NewScanner(out)
		for n := 0; lines.Scan(); n++ { // to the end: what was printed was acknowledged, also just before the kill
			if !strings.Contains(lines.Text(), ".") {
				t.Fatal(lines.Text())
			}
			acknowledged[lines.Text()] = true
			if n == 5+7*round {
				must(t, c.Process.Signal(syscall.SIGKILL))
			}
		}
		_ = c.Wait()
		s := open(t, Options{Dir: dir})
		there := map[string]bool{}
		records, err := s.Load(t.Context(), "c1", flows.Ref{Kind: "person"})
		must(t, err)
		for _, r := range records {
			there[r.ID] = true
			if want := strconv.Quote(strings.Repeat(r.ID, 50)); string(r.Data) != want {
				t.Fatalf("record %s holds %s", r.ID, r.Data)
			}
		}
		for id := range acknowledged {
			if !there[id] {
				t.Fatalf("round %d: %s was acknowledged and is gone", round, id)
			}
		}
		p, err := s.Pending(t.Context())
		must(t, err)
		if int(p.Conversations) != len(there) {
			t.Fatalf("%d records and %d deliveries that were committed together", len(there), p.Conversations)
		}
		must(t, s.Close())
	}
	t.Logf("%d acknowledged", len(acknowledged))
}

func TestTwentyThousandRecordsOpenInSeconds(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, Options{Dir: dir})
	for i := range 200 {
		c := commit()
		for n := range 100 {
			c.Writes = append(c.Writes, write("text", fmt.Sprintf("%d.%d", i, n), 0, strings.Repeat("words ", 40)))
		}
		must(t, s.Commit(t.Context(), c))
	}
	want := state(t, s)
	must(t, s.Close())
	start := time.Now()
	s = open(t, Options{Dir: dir})
	t.Logf("opened in %v", time.Since(start))
	same(t, state(t, s), want...)
}
