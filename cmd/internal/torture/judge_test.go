package main

import (
	"math/rand/v2"
	"testing"
	"time"

	"lockstep/sync/exchange/ewssim"
	"lockstep/sync/severa/severasim"
)

// stand is an office in which one entry stands once on either side, as
// somebody made it, and the ids of both copies.
func stand(t *testing.T) (c *crowd, name, activity, item string) {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 2))
	o, err := newOffice(rng)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(o.Close)
	c = newCrowd(o, rng)
	start := time.Now().UTC().Truncate(time.Hour).Add(48 * time.Hour)
	tok := &token{
		name: "tok0001", guest: -1, said: [2]values{{}, {}},
		base: values{subject: "tok0001 made", when: span(start, start.Add(time.Hour)), location: "", notes: ""},
	}
	c.tokens[tok.name] = tok
	if activity, err = o.severa.AddActivity(severasim.Activity{
		Name: "tok0001 made", Start: start, End: start.Add(time.Hour), HasDuration: true,
		TypeGUID: o.severa.TypeOf(severasim.CalendarEntry), OwnerGUID: o.users[0],
	}); err != nil {
		t.Fatal(err)
	}
	made, err := o.exchange.Put(address(0), "", ewssim.Item{Subject: "tok0001 made", Start: start, End: start.Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	return c, tok.name, activity, made.ID
}

func TestJudge_FindsEachKindOfHarm(t *testing.T) {
	for _, c := range []struct {
		name               string
		harm               func(c *crowd, name, activity, item string) error
		lost, twice, wrong int
	}{
		{"none", func(*crowd, string, string, string) error { return nil }, 0, 0, 0},
		{"gone from Severa", func(c *crowd, _, activity, _ string) error { return c.severa.RemoveActivity(activity) }, 1, 0, 0},
		{"gone from Exchange", func(c *crowd, _, _, item string) error { return c.exchange.Drop(item, true) }, 1, 0, 0},
		{"in Deleted Items", func(c *crowd, _, _, item string) error { return c.exchange.Drop(item, false) }, 1, 1, 0},
		{"copied", func(c *crowd, _, _, item string) error { _, err := c.exchange.Copy(item); return err }, 0, 1, 0},
		{"sides differ", func(c *crowd, _, _, item string) error {
			return c.exchange.Edit(item, func(it *ewssim.Item) { it.Location = "elsewhere" })
		}, 0, 0, 1},
		{"an edit lost", func(c *crowd, name, _, _ string) error {
			c.tokens[name].said[business][location] = "room 1"
			return nil
		}, 1, 0, 0},
		{"a deletion undone", func(c *crowd, name, _, _ string) error { c.tokens[name].gone = true; return nil }, 0, 0, 1},
		{"nobody made it", func(c *crowd, name, _, _ string) error { delete(c.tokens, name); return nil }, 0, 0, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			crowd, name, activity, item := stand(t)
			if err := c.harm(crowd, name, activity, item); err != nil {
				t.Fatal(err)
			}
			v, err := crowd.judge()
			if err != nil {
				t.Fatal(err)
			}
			if len(v.Lost) != c.lost || len(v.Duplicated) != c.twice || len(v.Wrong) != c.wrong {
				t.Errorf("verdict %+v, want %d lost, %d twice, %d wrong", v, c.lost, c.twice, c.wrong)
			}
		})
	}
}

func TestRead_TakesAReportThatIsNotAtRestForStuck(t *testing.T) {
	for text, bad := range map[string]bool{
		`{"writes":2,"people":[{"complete":true}]}`:                           false,
		`{"writes":0,"unapproved":true}`:                                      true,
		`{"writes":0,"people":[{"complete":false}]}`:                          true,
		`{"writes":0,"people":[{"complete":true,"waiting":1}]}`:               true,
		`{"writes":0,"people":[{"complete":true,"problems":[{}]}]}`:           true,
		`{"writes":0,"people":[{"complete":true,"halt":{"code":"shifted"}}]}`: true,
		`panic: runtime error`:                                                true,
	} {
		if _, wrong := read(outcome{out: text}); (wrong != "") != bad {
			t.Errorf("read(%s) = %q, want a complaint: %v", text, wrong, bad)
		}
	}
	if _, wrong := read(outcome{hung: true}); wrong == "" {
		t.Error("a run that did not end is no matter of complaint")
	}
}

func TestJobs_AreTheSameForOneSeed(t *testing.T) {
	o := options{seed: 7, kills: 45, others: 5}
	rounds := map[string]int{}
	for i, j := range jobs(o) {
		rounds[j.mode.name] += j.rounds
		if again := jobs(o)[i]; again.seed != j.seed {
			t.Errorf("lane %d has another seed the second time", i)
		}
	}
	if rounds["kill"] != 45 || rounds["cut"] != 5 || len(rounds) != len(modes()) {
		t.Errorf("rounds by mode = %v", rounds)
	}
}
