package store

import (
	"slices"
	"testing"
	"time"

	"convenor/flows"
)

// edit is a delivery that edits a message of a space.
func edit(id, space, key string) flows.Delivery {
	d := post(id, space)
	d.Edit, d.Message.Key = true, key
	return d
}

// card is a post that can be edited.
func card(id, space, key string) flows.Delivery {
	d := edit(id, space, key)
	d.Edit = false
	return d
}

func owe(t *testing.T, s *Store, deliveries ...flows.Delivery) {
	t.Helper()
	c := commit()
	c.Deliveries = deliveries
	must(t, s.Commit(t.Context(), c))
	must(t, s.Commit(t.Context(), c)) // a repeat changes nothing
}

// drain completes all that waits in a space and lists it in order, "-" before what is superseded.
func drain(t *testing.T, s *Store, space string) []string {
	t.Helper()
	var out []string
	for {
		leases := claim(t, s, noon)
		i := slices.IndexFunc(leases, func(l flows.Lease) bool { return l.Delivery.Space == space })
		for n, l := range leases {
			if n != i {
				must(t, s.Fail(t.Context(), l, noon, false))
			}
		}
		if i < 0 {
			return out
		}
		id := leases[i].Delivery.ID
		if leases[i].Superseded {
			id = "-" + id
		}
		out = append(out, id)
		must(t, s.Complete(t.Context(), leases[i], nil))
	}
}

// TestALaterEditSupersedes: an edit is superseded by a later one of the same message in the same conversation, and by
// nothing else.
func TestALaterEditSupersedes(t *testing.T) {
	t.Parallel()
	for name, begin := range kinds() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, again := begin(t)
			owe(t, s, edit("e1", "s", "k"), edit("e2", "s", "k"), edit("x1", "s", "other"), post("p1", "s"), post("p2", "s"))
			owe(t, s, edit("e3", "s", "k"), edit("y1", "elsewhere", "k"))
			s = again()
			same(t, drain(t, s, "s"), "-e1", "-e2", "x1", "p1", "p2", "e3")
			owe(t, s, edit("e3", "s", "k")) // done before
			owe(t, s, edit("e4", "s", "k"))
			same(t, drain(t, s, "s"), "e4") // what is done supersedes nothing, and nothing is superseded by it
			owe(t, s, edit("e5", "s", "k"), card("c2", "s", "k"), edit("e6", "s", "k"), edit("e7", "s", "k"))
			same(t, drain(t, s, "s"), "e5", "c2", "-e6", "e7") // e5 is of the message that stood before
			same(t, drain(t, s, "elsewhere"), "y1")
			k, err := keysOf("c1", s.shards)
			must(t, err)
			if left := s.client.HGetAll(t.Context(), k.edits()).Val(); len(left) != 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

// TestSupersededWhileItIsSent: an edit that is on its way when a later one comes may still be completed, and is
// superseded when it was given back.
func TestSupersededWhileItIsSent(t *testing.T) {
	t.Parallel()
	for name, begin := range kinds() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := begin(t)
			owe(t, s, edit("e1", "s", "k"))
			l := claimOne(t, s, noon)
			owe(t, s, edit("e2", "s", "k"))
			must(t, s.Complete(t.Context(), l, nil))
			if l = claimOne(t, s, noon); l.Superseded {
				t.Errorf("superseded by what was done before: %+v", l)
			}
			owe(t, s, edit("e3", "s", "k"))
			must(t, s.Fail(t.Context(), l, noon.Add(time.Second), true))
			if l = claimOne(t, s, noon.Add(time.Second)); l.Delivery.ID != "e2" || !l.Superseded {
				t.Errorf("given back: %+v", l)
			}
			if l = claimOne(t, s, noon.Add(time.Hour)); l.Delivery.ID != "e2" || !l.Superseded {
				t.Errorf("claimed again after its lease: %+v", l)
			}
			must(t, s.Complete(t.Context(), l, nil))
			same(t, drain(t, s, "s"), "e3")
		})
	}
}
