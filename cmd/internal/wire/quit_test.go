package wire

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"lockstep/cmd/internal/sample"
	"lockstep/store/secret"
	"lockstep/sync/localapi"
	"lockstep/sync/state"
)

// quitWithin is what a person who leaves the program waits at the most.
const quitWithin = 5 * time.Second

// TestRun_EndsInMidWriteWithTheActionInHand: servers that are slow to answer are
// waited for, and nothing that was not begun is. The next start goes on.
func TestRun_EndsInMidWriteWithTheActionInHand(t *testing.T) {
	made, err := sample.New(sample.Options{Now: time.Now, People: 2, Entries: 40, Rate: -1, Latency: 100 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	open, err := made.Start("127.0.0.1:0", "127.0.0.1:0", false)
	if err != nil {
		t.Fatal(err)
	}
	defer open.Close()
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	home, ring := filepath.Join(t.TempDir(), "home"), secret.NewMemory()
	begin := func() *Site {
		t.Helper()
		site, err := Open(t.Context(), Options{Home: home, Now: time.Now, Ring: ring, Policies: noPolicies})
		if err != nil {
			t.Fatal(err)
		}
		return site
	}
	site := begin()
	h := house{open: open, site: site, agent: site.Agent()}
	d := h.draft()
	d.People.Everyone = true
	if _, err := h.agent.SaveSetup(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	for system, text := range h.secrets() {
		if err := h.agent.SetSecret(t.Context(), localapi.SecretRequest{System: system, Secret: text}); err != nil {
			t.Fatal(err)
		}
	}
	ctx, quit := context.WithCancel(t.Context())
	defer quit()
	ran, synced := make(chan error, 1), make(chan error, 1)
	go func() { ran <- site.Run(ctx) }()
	go func() {
		_, err := h.agent.Sync(ctx, localapi.SyncRequest{ApproveFirst: true})
		synced <- err
	}()
	for seq, writing := uint64(0), false; !writing; {
		s, err := h.agent.Status(t.Context(), seq)
		if err != nil {
			t.Fatal(err)
		}
		seq = s.Seq
		for _, p := range s.People {
			writing = writing || p.Done > 0 && p.Done < p.Total
		}
	}
	at := time.Now()
	quit()
	if err := <-ran; err != nil {
		t.Errorf("run: %v", err)
	}
	if err := <-synced; err != nil && !errors.Is(err, context.Canceled) {
		if e, ok := errors.AsType[*localapi.Error](err); !ok || e.Code != localapi.CodeFailed {
			t.Errorf("sync: %v", err)
		}
	}
	people, err := site.Store.People(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range people {
		snap, err := site.Store.Person(p.ID).Load(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range snap.Open {
			if e.Phase == state.Sent {
				t.Errorf("%s: entry %d was sent, and left without its outcome", p.Name, e.ID)
			}
		}
	}
	if err := site.Close(); err != nil {
		t.Error(err)
	}
	took := time.Since(at)
	t.Logf("the end took %v", took)
	if took > quitWithin {
		t.Errorf("the end took %v, want %v at the most", took, quitWithin)
	}

	site = begin()
	defer site.Close()
	agent := site.Agent()
	if _, err := agent.Sync(t.Context(), localapi.SyncRequest{ApproveFirst: true}); err != nil {
		t.Fatal(err)
	}
	again, err := agent.Sync(t.Context(), localapi.SyncRequest{Full: true})
	if err != nil || again.Writes != 0 {
		t.Errorf("after the next start %d writes were left, %v, want none", again.Writes, err)
	}
	seen := map[string]bool{}
	for _, p := range open.People {
		items, err := open.Exchange.Items(p.Email, "calendar")
		if err != nil {
			t.Fatal(err)
		}
		for _, it := range items {
			key := p.Email + it.Subject + it.Start.String() + it.Location + it.Body.Text
			if seen[key] {
				t.Errorf("%s has an entry twice, at %v", p.Name(), it.Start)
			}
			seen[key] = true
		}
	}
}
