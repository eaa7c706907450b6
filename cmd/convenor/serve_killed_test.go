package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"convenor/bot/discord/discordfake"
	"convenor/flows"
	"convenor/store/redistest"
)

// TestKilledWithAnEventUnderWay: kill -9 of the process that has the bot's session, while it has heard something that is
// not saved and has saved something that it heard later. Whoever takes over carries the one out, and not the other again:
// each time there is one answer to each. CONVENOR_SCALE=10 kills twenty processes.
func TestKilledWithAnEventUnderWay(t *testing.T) {
	t.Parallel()
	kills := 2
	if scale, err := strconv.Atoi(os.Getenv("CONVENOR_SCALE")); err == nil && scale > 0 {
		kills *= scale
	}
	redis := redistest.Start(t)
	o := bareOffice(t, redis.URL())
	f := join(t, o, false, discordfake.User{ID: rosa, Name: "Rosa", Locale: "en-US"})
	u := &underWay{club{people{o, flows.English}, f}, redis}
	o.launch()
	arrive(t, o, f, false)
	u.acts(f.Command(rosa, commons, "home", nil))
	holder := o
	for kill := range kills {
		next := o.beside()
		ready(t, next)
		u.kill(holder, kill)
		holder = next
	}
	for kill := range kills {
		if n := u.told(newcomer(kill)); n != 1 {
			t.Errorf("the one of kill %d was answered %d times", kill, n)
		}
	}
	if n := len(menus(u.club)); n != kills {
		t.Errorf("%d answers to %d that were saved before", n, kills)
	}
	begun, resumed := f.Links()
	if begun != 1 || resumed != kills {
		t.Errorf("%d sessions begun, %d resumed", begun, resumed)
	}
	t.Logf("%d kills, each with an event under way: none lost, none carried out twice; %d session, resumed %d times", kills, begun, resumed)
}

// underWay is a club whose processes are killed in the middle of something.
type underWay struct {
	club
	redis *redistest.Server
}

// newcomer is somebody who has done nothing before. Their numbers are two apart, so that no two share direct messages.
func newcomer(kill int) string { return fmt.Sprint(100000000000001000 + 2*kill) }

// told counts what Convenor has told somebody in direct messages.
func (u *underWay) told(user string) (n int) {
	for _, m := range u.server.Messages(discordfake.DMChannel(user)) {
		if m.Author == discordfake.BotUser {
			n++
		}
	}
	return n
}

// kill has a newcomer call Convenor in a channel of their own, which is heard and gets no further than to the question
// what channel that is; then rosa say something in private, which is answered; then kills the process, and waits until
// another has gone on.
func (u *underWay) kill(holder *office, kill int) {
	u.t.Helper()
	user, channel := newcomer(kill), fmt.Sprint(100000000000002000+kill)
	u.server.AddUser(discordfake.User{ID: user, Name: fmt.Sprint("Newcomer ", kill), Locale: "en-US"})
	u.server.AddChannel(channel, fmt.Sprint("room-", kill))
	u.server.Fault("GET /channels/{channel}", discordfake.Fault{Hold: u.ctx.Done()})
	u.server.Write(user, channel, "<@"+discordfake.BotUser+"> me")
	u.await("it to be heard", func() bool { return u.server.Held() == kill+1 })
	u.server.Write(rosa, "", "help")
	u.await("the other to be answered", func() bool { return len(menus(u.club)) == kill+1 })
	for range 2 { // one may have been on its way before
		u.kept()
	}
	if n := u.told(user); n != 0 {
		u.t.Fatal("nothing was under way: it was carried out")
	}
	holder.kill()
	u.await("it to be carried out by another", func() bool { return u.told(user) > 0 })
}

func (u *underWay) await(what string, ok func() bool) {
	u.t.Helper()
	if err := u.server.Await(u.soon(), what, ok); err != nil {
		u.t.Fatal(err)
	}
}

// kept returns when the lease of the shard has been renewed, and the seat with it.
func (u *underWay) kept() {
	u.t.Helper()
	lease := func() string { return u.redis.Do("HGET cv1:shards:" + discordfake.ApplicationID + " 0/1") }
	before := strings.Fields(lease())
	for soon := u.soon(); ; {
		now := strings.Fields(lease())
		if len(before) > 2 && len(now) > 2 && now[1] != before[1] { // until when it is held
			return
		}
		if soon.Err() != nil {
			u.t.Fatal("the lease is not renewed")
		}
	}
}
