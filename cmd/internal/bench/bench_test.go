package main

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lockstep/sync/event"
)

// TestMain lets the test binary play the parts of the large sync.
func TestMain(m *testing.M) {
	if role := os.Getenv(roleVar); role != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

const (
	syncPage  = 512 // entries that one SyncFolderItems names
	readBatch = 64  // entries that one GetItem reads
	lanes     = 4   // connections for calls to one Exchange
)

// requests is what a pull of n entries costs, and nothing else.
func requests(n int) map[string]int {
	return map[string]int{"SyncFolderItems": (n + syncPage - 1) / syncPage, "GetItem": (n + readBatch - 1) / readBatch}
}

func TestCosts_OfAnOffice(t *testing.T) {
	if testing.Short() {
		t.Skip("syncs an office")
	}
	n := size{People: 5, Items: 60}
	r, err := newRig(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	rows, err := r.jobs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	jobs := map[string]row{}
	for _, x := range rows {
		jobs[x.Job] = x
	}
	on := func(job string, s event.Side) side {
		x, ok := jobs[job]
		if !ok {
			t.Fatalf("nobody measured %q", job)
		}
		return x.Sides[s]
	}

	pull := on("first pull (preview)", event.Exchange).Requests
	want := requests(n.Items)
	for op := range want {
		want[op] *= n.People
	}
	if d := cmp.Diff(want, pull); d != "" {
		t.Errorf("requests of a first pull (-want +got):\n%s", d)
	}

	if got, want := jobs["first sync"].Writes, 2*n.People*n.Items; got != want {
		t.Errorf("a first sync reports %d writes, want %d: each entry made in Severa and marked in Exchange", got, want)
	}
	first := on("first sync", event.Business).Requests
	if got, want := first["POST /v1/activities"], n.People*n.Items; got != want {
		t.Errorf("a first sync posts %d activities, want %d", got, want)
	}
	if got, most := on("first sync", event.Exchange).Requests["UpdateItem"], n.People*((n.Items+readBatch-1)/readBatch); got > most {
		t.Errorf("a first sync marks with %d requests, want at most %d", got, most)
	}

	for _, job := range []string{"cycle after it", "cycle with a sweep", "idle cycle"} {
		if got := jobs[job].Writes; got != 0 {
			t.Errorf("%s writes %d, want nothing", job, got)
		}
	}
	idle := jobs["idle cycle"]
	if d := cmp.Diff(map[string]int{"SyncFolderItems": n.People}, idle.Sides[event.Exchange].Requests); d != "" {
		t.Errorf("requests of an idle cycle to Exchange (-want +got):\n%s", d)
	}
	if got := idle.Sides[event.Business].total(); got > 4 {
		t.Errorf("an idle cycle asks Severa %d times, want at most 4: %s", got, parts(idle.Sides[event.Business].Requests))
	}

	signIns, conns := r.exchange.Gate().Stats().Handshakes, r.relays[event.Exchange].count().Conns
	if signIns < 1 || signIns > lanes || int64(signIns) != conns {
		t.Errorf("%d sign-ins on %d connections over everything, want one on each of at most %d", signIns, conns, lanes)
	}
}

func TestCosts_OfAPullOfSeveralPages(t *testing.T) {
	n := size{People: 1, Items: 2*syncPage + 76}
	r, err := newRig(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	got, err := r.measure("pull", func() (int, error) {
		_, err := r.site.Office.Preview(t.Context(), nil, false)
		return 0, err
	})
	if err != nil {
		t.Fatal(err)
	}
	want := requests(n.Items)
	if d := cmp.Diff(want, got.Sides[event.Exchange].Requests); d != "" {
		t.Errorf("requests (-want +got):\n%s", d)
	}
}

func TestShares_ChargeTheFirstThatIsNoHelper(t *testing.T) {
	traces := `File: x
Type: cpu
-----------+-------------------------------------------------------
      10ms   runtime.memmove
             encoding/xml.(*Decoder).Token
             lockstep/sync/exchange/ews.decode
-----------+-------------------------------------------------------
      1.02s   modernc.org/libc.memcpy
             modernc.org/sqlite/lib._step
-----------+-------------------------------------------------------
      10ms   runtime.gcDrain
             runtime.gcBgMarkWorker
-----------+-------------------------------------------------------
         0   runtime.idle
`
	want := []share{{sqlite, 100 * 1020.0 / 1040}, {"encoding/xml", 1000.0 / 1040}, {"runtime (memory and scheduling)", 1000.0 / 1040}}
	if d := cmp.Diff(want, shares([]byte(traces))); d != "" {
		t.Errorf("shares (-want +got):\n%s", d)
	}
}

func TestCheck_FailsWhatCostsTooMuch(t *testing.T) {
	for _, c := range []struct {
		large   large
		program program
		faults  int
	}{
		{large{PullPeak: 90, SyncPeak: 199, Packages: []share{{sqlite, 60}, {"encoding/json", maxShare}}}, program{MiB: 39, Start: 5, Floor: 1}, 0},
		{large{SyncPeak: maxPeak}, program{Start: 5, Floor: 1}, 1},
		{large{PullPeak: 300, Packages: []share{{"encoding/json", 21}, {"lockstep/sync/event", 30}}}, program{Start: 5, Floor: 1}, 3},
		{large{Packages: []share{{"encoding/xml", 40}, {cryptoTLS, 30}}}, program{MiB: maxMiB, Start: 26, Floor: 1}, 2},
		{large{}, program{Start: 50 * time.Millisecond, Floor: 10 * time.Millisecond}, 1},
	} {
		got := 0
		for _, err := range []error{c.large.check(), c.program.check()} {
			if err != nil {
				got += 1 + strings.Count(err.Error(), "\n")
			}
		}
		if got != c.faults {
			t.Errorf("%+v, %+v: %d faults, want %d", c.large, c.program, got, c.faults)
		}
	}
}

// TestLarge_StaysWithinItsMemory is the first sync of a tenth of the size that
// make bench does, which shows a leak per entry as well.
func TestLarge_StaysWithinItsMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("syncs a thousand entries")
	}
	l, err := measureLarge(t.Context(), 1000, "")
	if err != nil {
		t.Fatal(err)
	}
	if l.Writes != 2000 {
		t.Errorf("%d writes, want 2000", l.Writes)
	}
	if most := 100; l.SyncPeak > most {
		t.Errorf("%d MiB at the peak, want at most %d", l.SyncPeak, most)
	}
}
