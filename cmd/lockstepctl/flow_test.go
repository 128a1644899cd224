package main

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lockstep/cmd/internal/sample"
	"lockstep/sync/exchange/ewssim"
	"lockstep/sync/localapi"
	"lockstep/sync/severa/severasim"
)

// small is an office that is synced in a second: Severa's quota is ten requests.
func small() sample.Options { return sample.Options{People: 2, Entries: 14} }

func TestSync_WritesNothingBeforeApproval(t *testing.T) {
	t.Parallel()
	r := newRig(t, small())
	got := r.sync(exitApproval)
	if n := r.writes(); n != 0 {
		t.Errorf("an unapproved first sync wrote %d times", n)
	}
	if got.Preview == nil || got.Preview.Digest == "" {
		t.Fatal("an unapproved first sync shows no preview to approve")
	}
	out, _, code := r.run("", "sync", "--once")
	if code != exitApproval || !strings.Contains(out, "--approve "+got.Preview.Digest) {
		t.Errorf("exit code %d, want %d; output without the digest %s:\n%s", code, exitApproval, got.Preview.Digest, out)
	}
}

func TestSync_DoesWhatWasApprovedAndRestsThen(t *testing.T) {
	t.Parallel()
	r := newRig(t, small())
	p := decode[localapi.Preview](t, r.ok("", "preview", "--json"))
	if n := r.writes(); n != 0 {
		t.Errorf("a preview wrote %d times", n)
	}
	want := kinds(p)
	got := r.sync(exitOK, "--approve", p.Digest)
	created := 0
	for _, person := range got.People {
		created += person.Written["business"]["create"] + person.Written["exchange"]["create"]
	}
	if created != want["create"] || created == 0 {
		t.Errorf("%d entries created, the preview showed %d", created, want["create"])
	}
	r.resetCounters()
	if got := r.sync(exitOK); got.Writes != 0 || r.writes() != 0 {
		t.Errorf("a sync with nothing to do reports %d writes, the servers count %d", got.Writes, r.writes())
	}
}

func TestSync_RebuildsALostHomeFromTheMarks(t *testing.T) {
	t.Parallel()
	r := newRig(t, small())
	r.sync(exitOK, "--approve-first")
	if n := r.made(); n == 0 {
		t.Fatal("the first sync made nothing in Exchange")
	}
	if err := os.RemoveAll(r.home); err != nil {
		t.Fatal(err)
	}
	r.resetCounters()
	r.setUp()
	p := decode[localapi.Preview](t, r.ok("", "preview", "--json"))
	if k := kinds(p); k["create"]+k["update"]+k["delete"]+k["ask"] != 0 || k["pair"] == 0 {
		t.Errorf("plan after a lost home = %v, want pairs alone", k)
	}
	r.sync(exitOK, "--approve-first")
	if n := r.made(); n != 0 || r.office.Severa.Counts().TotalWrites() != 0 {
		t.Errorf("a sync after a lost home made or removed %d entries in Exchange, of %v, and wrote %v to Severa",
			n, r.office.Exchange.Writes(), r.office.Severa.Counts().Writes)
	}
}

// made counts the calendar entries that were made, deleted or moved in any
// mailbox; what is hidden is counted under names of its own.
func (r *rig) made() int {
	n := 0
	for c, times := range r.office.Exchange.Writes() {
		if c.Op == "CreateItem" || c.Op == "DeleteItem" || c.Op == "MoveItem" {
			n += times
		}
	}
	return n
}

func TestSync_TakesAMovedMailboxForTheSame(t *testing.T) {
	t.Parallel()
	r := newRig(t, small())
	r.sync(exitOK, "--approve-first")
	before := len(r.office.Severa.Activities())
	if err := r.office.Exchange.MoveMailbox(r.office.People[0].Email); err != nil {
		t.Fatal(err)
	}
	r.resetCounters()
	got := r.sync(exitOK)
	for _, person := range got.People {
		for side, kinds := range person.Written {
			if kinds["create"]+kinds["delete"] != 0 {
				t.Errorf("%s: %s after the mailbox moved: %v", person.Name, side, kinds)
			}
		}
	}
	if after := len(r.office.Severa.Activities()); after != before {
		t.Errorf("%d activities after the mailbox moved, %d before", after, before)
	}
}

func TestSync_PlansAnEntryAnewThatChangedAfterThePreview(t *testing.T) {
	t.Parallel()
	r := newRig(t, small())
	p := decode[localapi.Preview](t, r.ok("", "preview", "--json"))
	var id, old string
	for _, row := range p.People[0].Rows {
		if row.Kind == "create" && row.Side == "business" {
			id, old = row.Entries["exchange"].ID, row.Entries["exchange"].Subject
		}
	}
	if id == "" {
		t.Fatal("the sample has no entry that is only in Exchange")
	}
	if err := r.office.Exchange.Edit(id, func(it *ewssim.Item) { it.Subject = "Changed by hand" }); err != nil {
		t.Fatal(err)
	}
	got := r.sync(exitApproval, "--approve", p.Digest)
	owner, start := r.office.Severa.Users()[0].GUID, startOf(t, r, id)
	for _, a := range r.office.Severa.Activities() {
		if a.Name == old && a.OwnerGUID == owner && a.Start.Equal(start) {
			t.Errorf("the stale state %q was written", old)
		}
	}
	again := r.sync(exitOK, "--approve", got.Preview.Digest)
	if again.Writes == 0 || !hasActivity(r.office.Severa, "Changed by hand") {
		t.Errorf("the state after the preview did not arrive once it was approved")
	}
}

func startOf(t *testing.T, r *rig, id string) time.Time {
	t.Helper()
	items, err := r.office.Exchange.Items(r.office.People[0].Email, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, it := range items {
		if it.ID == id {
			return it.Start
		}
	}
	return time.Time{}
}

func hasActivity(s *severasim.Server, name string) bool {
	for _, a := range s.Activities() {
		if a.Name == name {
			return true
		}
	}
	return false
}

// TestSync_KilledHalfwayLeavesNoDuplicate kills the program at several moments
// of a first sync, lets it finish, and compares with an office that was synced
// in one go.
func TestSync_KilledHalfwayLeavesNoDuplicate(t *testing.T) {
	t.Parallel()
	whole := newRig(t, small())
	whole.sync(exitOK, "--approve-first")
	want := census(t, whole)
	for _, after := range []int{1, 3, 6, 9} {
		r := newRig(t, small())
		ctx, cancel := context.WithCancel(t.Context())
		c := r.command(ctx, "sync", "--once", "--approve-first")
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		tick := time.NewTicker(time.Millisecond)
		for ended := time.Now().Add(time.Minute); r.writes() < after && time.Now().Before(ended); {
			<-tick.C
		}
		tick.Stop()
		cancel() // SIGKILL
		_ = c.Wait()
		at := r.writes()
		t.Logf("killed after %d writes", at)
		r.sync(exitOK, "--approve-first")
		if got := r.sync(exitOK); got.Writes != 0 {
			t.Errorf("killed after %d writes: the sync after the next still wrote %d times", at, got.Writes)
		}
		if diff := cmp.Diff(want, census(t, r)); diff != "" {
			t.Errorf("killed after %d writes: the calendars (-in one go +after the kill)\n%s", at, diff)
		}
	}
}

// census lists what is in both systems, without ids.
func census(t *testing.T, r *rig) string {
	t.Helper()
	return marshal(t, theirs(t, r.office))
}
