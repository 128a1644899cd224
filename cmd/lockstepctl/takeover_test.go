//go:build linux

package main

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"lockstep/cmd/internal/sample"
	"lockstep/sync/exchange/ewssim"
	"lockstep/sync/office"
)

// often lets a program look as often as a setting may.
const often = "[rules]\nevery = \"10s\"\n"

// second is another home for the same office, as on another PC.
func (r *rig) second() *rig {
	r.t.Helper()
	o := *r
	dir := r.t.TempDir()
	o.home, o.file = filepath.Join(dir, "home"), filepath.Join(dir, "office.toml")
	o.env = append(slices.Clone(r.env), "LOCKSTEP_HOME="+o.home)
	o.rules = often
	o.setUp()
	return &o
}

// agent runs the program until the test ends.
func (r *rig) agent(lease string) *exec.Cmd {
	r.t.Helper()
	c := r.command(context.WithoutCancel(r.t.Context()), "--lease", lease, "run") // the clean-up ends it
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	if err := c.Start(); err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() {
		_ = c.Process.Signal(syscall.SIGCONT)
		_ = c.Process.Signal(syscall.SIGINT)
		if err := c.Wait(); err != nil {
			r.t.Errorf("run: %v\n%s", err, out.String())
		}
	})
	return c
}

// until waits for something that must come.
func (r *rig) until(what string, is func() bool) {
	r.t.Helper()
	deadline := time.NewTimer(90 * time.Second)
	defer deadline.Stop()
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for !is() {
		select {
		case <-again.C:
		case <-deadline.C:
			r.t.Fatalf("never came: %s\n%s", what, r.ok("", "status", "--json"))
		}
	}
}

// put makes entries of the first person in Exchange.
func (r *rig) put(word string, n int) {
	r.t.Helper()
	for i := range n {
		start := time.Now().AddDate(0, 0, 10+i/4).UTC().Truncate(24 * time.Hour).Add(time.Duration(7+2*(i%4)) * time.Hour)
		if _, err := r.office.Exchange.Put(r.office.People[0].Email, "", ewssim.Item{
			Subject: fmt.Sprintf("%s %02d", word, i), Start: start, End: start.Add(time.Hour),
		}); err != nil {
			r.t.Fatal(err)
		}
	}
}

// arrived are the activities of a word, by subject.
func (r *rig) arrived(word string) map[string]int {
	out := map[string]int{}
	for _, a := range r.office.Severa.Activities() {
		if strings.HasPrefix(a.Name, word) {
			out[a.Name]++
		}
	}
	return out
}

// entries counts the calendar entries that programs wrote; the notes that hold
// leases are counted apart by the server.
func (r *rig) entries() int {
	n := r.office.Severa.Counts().TotalWrites()
	for c, k := range r.office.Exchange.Writes() {
		if !strings.Contains(c.Op, " ") {
			n += k
		}
	}
	return n
}

func (r *rig) noTwins(words ...string) {
	r.t.Helper()
	there := map[string]int{}
	items, err := r.office.Exchange.Items(r.office.People[0].Email, "calendar")
	if err != nil {
		r.t.Fatal(err)
	}
	for _, it := range items {
		there[it.Subject]++
	}
	for _, word := range words {
		for subject, n := range r.arrived(word) {
			if n != 1 || there[subject] != 1 {
				r.t.Errorf("%q is %d times in Severa and %d times in Exchange", subject, n, there[subject])
			}
		}
	}
}

// A holder that is stopped in the midst of its writes and comes to itself after
// another PC has taken over writes no more than the batch that was in flight.
func TestTakeover_StoppedHolder_FinishesTheBatchInFlightAndNoMore(t *testing.T) {
	t.Parallel()
	const lease = 5 * time.Second
	a := newRig(t, sample.Options{People: 1, Entries: 6, Latency: 40 * time.Millisecond})
	a.rules = often
	a.setUp()
	a.sync(exitOK, "--approve-first")
	b := a.second()
	b.sync(exitOK, "--approve-first")

	holder := a.agent(lease.String())
	a.put("before", 40)
	a.until("the holder writes", func() bool { return len(a.arrived("before")) >= 5 })
	if err := holder.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	if n := len(a.arrived("before")); n >= 40 {
		t.Fatalf("the holder was done before it could be stopped: %d entries", n)
	}

	b.agent("10m") // reads along until the holder's lease is over
	b.until("the other PC has brought everything in step", func() bool { return len(b.arrived("before")) == 40 })
	b.until("the other PC is at rest", func() bool {
		s := decode[office.Status](t, b.ok("", "status", "--json"))
		return s.People[0].Lease.State == "held" && s.Health == office.UpToDate
	})
	b.noTwins("before")

	written := a.entries()
	if err := holder.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	a.until("the holder reads along", func() bool {
		s := decode[office.Status](t, a.ok("", "status", "--json"))
		return s.People[0].Lease.State == office.LeaseStandby && s.Health == office.Standby
	})
	// Creations in Severa go one by one, so that a batch is one request. It is
	// one that had left when the process was stopped, or nothing at all.
	inFlight := a.entries() - written
	if inFlight > 1 {
		t.Errorf("after it was continued, the old holder wrote %d times, want at most the batch in flight", inFlight)
	}

	written = a.office.Severa.Counts().Writes["POST /v1/activities"]
	a.put("after", 8)
	a.until("what came after is in step", func() bool { return len(a.arrived("after")) == 8 })
	// What was in flight came as a second activity just like one that the other PC made: that is a person's to decide.
	rest := office.UpToDate
	if inFlight == 1 {
		rest = office.NeedsAttention
	}
	b.until("the other PC is at rest again", func() bool {
		s := decode[office.Status](t, b.ok("", "status", "--json"))
		return s.Health == rest && s.People[0].Waiting == inFlight
	})
	if n := a.office.Severa.Counts().Writes["POST /v1/activities"] - written; n != 8 {
		t.Errorf("8 entries were made in Severa %d times", n)
	}
	if inFlight == 0 {
		b.noTwins("before", "after")
	}
}

// Two programs that run side by side on one office make nothing twice.
func TestTakeover_TwoHomesUnderEdits_NoDuplicates(t *testing.T) {
	t.Parallel()
	a := newRig(t, sample.Options{People: 1, Entries: 6})
	a.rules = often
	a.setUp()
	a.sync(exitOK, "--approve-first")
	b := a.second()
	b.sync(exitOK, "--approve-first")
	a.agent("3s")
	b.agent("3s")
	for i := range 5 {
		word := fmt.Sprintf("round%d", i)
		a.put(word, 4)
		a.until("both sides have "+word, func() bool { return len(a.arrived(word)) == 4 })
		a.noTwins(word)
	}
}
