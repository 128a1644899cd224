package demo

import (
	"context"
	"errors"
	"os"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"lockstep/cmd/internal/wire"
	"lockstep/sync/localapi"
)

// play starts a demo and opens its office.
func play(t *testing.T, now func() time.Time) (*Office, localapi.Agent) {
	t.Helper()
	o, err := Start(now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := o.Close(); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(o.Home); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the home is left behind: %v", err)
		}
	})
	site, err := o.Open(t.Context(), wire.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = site.Close() })
	return o, site.Agent()
}

func bring(t *testing.T, a localapi.Agent) []string {
	t.Helper()
	s, err := a.Sync(t.Context(), localapi.SyncRequest{ApproveFirst: true, Full: true})
	if err != nil {
		t.Fatal(err)
	}
	var troubles []string
	for _, p := range s.People {
		if p.Trouble != nil {
			troubles = append(troubles, p.Trouble.Kind)
		}
	}
	return troubles
}

// find is the entry of that subject on a side.
func find(t *testing.T, a localapi.Agent, q localapi.DemoRequest, side, subject string) (localapi.DemoEntry, bool) {
	t.Helper()
	s, err := a.Demo(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(s.Entries, func(e localapi.DemoEntry) bool { return e.Side == side && e.Subject == subject })
	if i < 0 {
		return localapi.DemoEntry{}, false
	}
	return s.Entries[i], true
}

func TestDemo_EntriesCrossBothWays(t *testing.T) {
	_, a := play(t, time.Now)
	ctx := t.Context()
	begin, err := a.Demo(ctx, localapi.DemoRequest{})
	if err != nil || !begin.Present || len(begin.People) != 5 || len(begin.Entries) == 0 || begin.Password == "" {
		t.Fatalf("demo = %+v, %v, want five people and a week", begin, err)
	}
	if runs, err := a.Runs(ctx, 0); err != nil || len(runs) != 0 {
		t.Errorf("runs = %+v, %v, want nothing synced yet", runs, err)
	}
	who := begin.People[0].Address
	q := localapi.DemoRequest{Person: who}
	start := begin.From.AddDate(0, 0, 6).Add(20 * time.Hour) // Sunday evening: nobody has anything then
	edit := func(e localapi.DemoEdit) {
		t.Helper()
		e.Person = who
		if err := a.DemoEdit(ctx, e); err != nil {
			t.Fatal(err)
		}
	}
	edit(localapi.DemoEdit{Do: localapi.DemoAdd, Side: "exchange", Subject: "From Outlook", Start: start, End: start.Add(time.Hour)})
	edit(localapi.DemoEdit{Do: localapi.DemoAdd, Side: "business", Subject: "From Severa", Start: start, End: start.Add(time.Hour)})
	if got := bring(t, a); len(got) != 0 {
		t.Fatalf("troubles = %v", got)
	}
	for side, subject := range map[string]string{"business": "From Outlook", "exchange": "From Severa"} {
		e, ok := find(t, a, q, side, subject)
		if !ok || !e.Start.Equal(start) || e.Fixed {
			t.Fatalf("%q has not come to %s: %+v", subject, side, e)
		}
		edit(localapi.DemoEdit{Do: localapi.DemoMove, Side: side, ID: e.ID, Start: start.Add(time.Hour), End: start.Add(2 * time.Hour)})
	}
	bring(t, a)
	for side, subject := range map[string]string{"business": "From Severa", "exchange": "From Outlook"} {
		e, ok := find(t, a, q, side, subject)
		if !ok || !e.Start.Equal(start.Add(time.Hour)) {
			t.Fatalf("%q was not moved in %s: %+v", subject, side, e)
		}
		edit(localapi.DemoEdit{Do: localapi.DemoDelete, Side: side, ID: e.ID})
	}
	bring(t, a)
	for _, side := range []string{"business", "exchange"} {
		for _, subject := range []string{"From Outlook", "From Severa"} {
			if _, there := find(t, a, q, side, subject); there {
				t.Errorf("%q is in %s still", subject, side)
			}
		}
	}
}

func TestDemo_ShowsSeriesDateByDateAndLetsThemBe(t *testing.T) {
	o, a := play(t, time.Now)
	ctx := t.Context()
	bring(t, a)
	next := localapi.DemoRequest{Week: o.now().AddDate(0, 0, 7)}
	for _, side := range []string{"business", "exchange"} {
		e, ok := find(t, a, next, side, "Viikon aloitus")
		if !ok || !e.Series || !e.Fixed || e.End.Sub(e.Start) != time.Hour {
			t.Fatalf("the series in %s next week: %+v, %v", side, e, ok)
		}
		s, err := a.Demo(ctx, next)
		if err != nil {
			t.Fatal(err)
		}
		err = a.DemoEdit(ctx, localapi.DemoEdit{Do: localapi.DemoDelete, Side: side, Person: s.Person, ID: e.ID})
		if x, ok := errors.AsType[*localapi.Error](err); !ok || x.Code != localapi.CodeUsage {
			t.Errorf("deleting a date in %s: %v, want it refused", side, err)
		}
	}
}

func TestDemo_FaultsComeAndGo(t *testing.T) {
	var ahead atomic.Int64
	_, a := play(t, func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) })
	ctx := t.Context()
	bring(t, a)
	fault := func(name string, on bool) {
		t.Helper()
		if err := a.DemoFault(ctx, localapi.DemoFault{Fault: name, On: on}); err != nil {
			t.Fatal(err)
		}
		if s, err := a.Demo(ctx, localapi.DemoRequest{}); err != nil || s.Faults[name] != on {
			t.Errorf("faults = %v, %v, want %s to be %v", s.Faults, err, name, on)
		}
	}
	for name, want := range map[string]string{
		localapi.FaultThrottle: "throttled", localapi.FaultOffline: "unavailable", localapi.FaultWrongPassword: "auth",
	} {
		fault(name, true)
		if got := bring(t, a); len(got) == 0 || !slices.Contains(got, want) {
			t.Errorf("with %s: %v, want %s", name, got, want)
		}
		fault(name, false)
		ahead.Add(int64(time.Minute)) // whom a server has asked to wait waits for so long
		if got := bring(t, a); len(got) != 0 {
			t.Errorf("after %s: %v, want no trouble", name, got)
		}
	}
	// The other way out of a changed password is to type the new one.
	fault(localapi.FaultWrongPassword, true)
	if got := bring(t, a); !slices.Contains(got, "auth") {
		t.Fatalf("troubles = %v, want refused sign-ins", got)
	}
	s, err := a.Demo(ctx, localapi.DemoRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.SetSecret(ctx, localapi.SecretRequest{System: localapi.SystemExchange, Secret: localapi.Secret(s.Password)}); err != nil {
		t.Fatal(err)
	}
	if got := bring(t, a); len(got) != 0 {
		t.Errorf("with the new password: %v, want no trouble", got)
	}
	if err := a.DemoFault(ctx, localapi.DemoFault{Fault: "earthquake"}); err == nil {
		t.Error("an unknown fault is no error")
	}
}

// TestNoDemo_IsRefused: an office that people work at cannot be played with.
func TestNoDemo_IsRefused(t *testing.T) {
	var d localapi.NoDemo
	if s, err := d.Demo(context.Background(), localapi.DemoRequest{}); err != nil || s.Present {
		t.Errorf("demo = %+v, %v, want none", s, err)
	}
	for _, err := range []error{d.DemoEdit(t.Context(), localapi.DemoEdit{}), d.DemoFault(t.Context(), localapi.DemoFault{})} {
		if e, ok := errors.AsType[*localapi.Error](err); !ok || e.Code != localapi.CodeNoDemo {
			t.Errorf("error = %v, want %s", err, localapi.CodeNoDemo)
		}
	}
}
