package exchange_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/exchange"
	"lockstep/sync/exchange/ews"
	"lockstep/sync/exchange/ewssim"
)

func TestLookup_FindsThePrimaryAddress(t *testing.T) {
	for _, g := range []ewssim.Generation{ewssim.Exchange2007SP1, ewssim.Exchange2010SP2, ewssim.Exchange2016} {
		r := newRig(t, rigOptions{sim: ewssim.Options{Version: g}})
		want := exchange.Mailbox{Address: anna, Name: "Anna Berg"}
		for _, a := range []string{anna, "A.Berg@office.test", " ANNA@OFFICE.TEST "} {
			if got, err := r.conn.Lookup(t.Context(), a); err != nil || got != want {
				t.Errorf("%s: %q is %+v, %v, want %+v", g, a, got, err, want)
			}
		}
		for _, a := range []string{"nobody@office.test", "anna", "office.test"} {
			got, err := r.conn.Lookup(t.Context(), a)
			if err == nil {
				t.Errorf("%s: %q is %+v, want nobody", g, a, got)
				continue
			}
			wants(t, endpoint.As(err), endpoint.NotFound, endpoint.ScopeCalendar, "ErrorNameResolutionNoResults")
		}
	}
}

func TestCheck_TellsWhatIsMissing(t *testing.T) {
	r := newRig(t, rigOptions{})
	if err := r.conn.Check(t.Context(), anna); err != nil {
		t.Errorf("all is well, and yet: %v", err)
	}
	wants(t, endpoint.As(r.conn.Check(t.Context(), "nobody@office.test")), endpoint.NotFound, endpoint.ScopeCalendar, "")
	wants(t, endpoint.As(r.conn.Check(t.Context(), "a.berg@office.test")), endpoint.NotFound, endpoint.ScopeCalendar, "ErrorNonPrimarySmtpAddress")
	r.RevokeImpersonation(account)
	wants(t, endpoint.As(r.conn.Check(t.Context(), anna)), endpoint.Forbidden, endpoint.ScopeCalendar, "")

	d := newRig(t, rigOptions{access: ews.AccessDelegate})
	if err := d.Share(anna, "", account, ewssim.RightRead); err != nil {
		t.Fatal(err)
	}
	wants(t, endpoint.As(d.conn.Check(t.Context(), anna)), endpoint.Forbidden, endpoint.ScopeCalendar, "ErrorAccessDenied")
}

// connect signs in with something else than the right password.
func (r *rig) connect(t testing.TB, o ews.Options) endpoint.Endpoint {
	t.Helper()
	o.URL, o.Domain, o.User, o.Now = strings.Replace(r.url, "127.0.0.1", "localhost", 1), "OFFICE", account, time.Now
	c, err := ews.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return exchange.New(c, exchange.Options{}).Endpoint(anna, "")
}

func TestErrors_OfTheAccountHaveItsScope(t *testing.T) {
	r := newRig(t, rigOptions{})
	ep := r.connect(t, ews.Options{Password: "wrong"})
	e := event.Event{Subject: "x", When: helsinki(t, "2026-03-11T09:00:00", "2026-03-11T10:00:00")}
	op := endpoint.Op{Kind: endpoint.Create, Want: e, Stamp: event.Stamp{Office: "o", Key: "k"}}
	for _, err := range []*endpoint.Error{apply(t, ep, op).Err, apply(t, ep, op).Err, apply(t, ep, op).Err} {
		wants(t, err, endpoint.Auth, endpoint.ScopeAccount, "")
	}
	if n := r.WriteTotal(); n != 0 {
		t.Errorf("%d writes", n)
	}
	c, err := ews.New(ews.Options{URL: "https://exchange.invalid/EWS/Exchange.asmx", User: account, Password: secret, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	_, err = exchange.New(c, exchange.Options{}).Endpoint(anna, "").Changes(t.Context(), "", event.Window{})
	wants(t, endpoint.As(err), endpoint.Unavailable, endpoint.ScopeAccount, "")
}

// hinted waits for a hint; false when none comes before the watch ends.
func hinted(t testing.TB, ch <-chan struct{}) bool {
	t.Helper()
	late := time.NewTimer(time.Minute) // a loaded machine takes its time
	defer late.Stop()
	select {
	case _, open := <-ch:
		return open
	case <-late.C:
		t.Fatal("neither a hint nor an end within a minute")
		return false
	}
}

func TestWatch_PeopleShareOneStream(t *testing.T) {
	r := newRig(t, rigOptions{ex: exchange.Options{Poll: time.Hour}})
	ctx, cancel := context.WithCancel(t.Context())
	var chs []<-chan struct{}
	for _, who := range []string{anna, olaf} {
		w, _ := r.conn.Endpoint(who, "").(endpoint.Watcher)
		ch, err := w.Watch(ctx)
		if err != nil {
			t.Fatal(err)
		}
		chs = append(chs, ch)
	}
	// The second person makes the stream begin anew, with a hint for the first.
	if !hinted(t, chs[0]) {
		t.Error("no hint when the stream was cut for a second person")
	}
	if _, err := r.Put(olaf, "", ewssim.Item{Subject: "y", Start: at(3, 7), End: at(3, 8)}); err != nil {
		t.Fatal(err)
	}
	if !hinted(t, chs[1]) {
		t.Error("no hint for the second person")
	}
	select {
	case <-chs[0]:
		t.Error("a hint of somebody else's entry")
	default:
	}
	r.put(t, ewssim.Item{Subject: "x"})
	if !hinted(t, chs[0]) {
		t.Error("no hint of an entry of one's own")
	}
	if n := r.requests()["GetStreamingEvents"]; n > 2 {
		t.Errorf("%d streams were opened, want at most one per person who joined", n)
	}
	cancel()
	for _, ch := range chs {
		for hinted(t, ch) {
		}
	}
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for r.Subscriptions() > 0 {
		<-look.C // the test's own time-out is the end of patience
	}
}

func TestWatch_EndsWhenTheServerForgetsAndBeginsAnew(t *testing.T) {
	r := newRig(t, rigOptions{ex: exchange.Options{Poll: time.Hour}})
	ep := r.anna()
	for range 2 {
		ch, err := ep.Watch(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		r.put(t, ewssim.Item{Subject: "x"})
		if !hinted(t, ch) {
			t.Fatal("no hint")
		}
		r.DropSubscriptions()
		for hinted(t, ch) {
		}
	}
}

func TestWatch_OutlivesTheStreamsOwnEnd(t *testing.T) {
	// A minute of a stream takes a second here.
	r := newRig(t, rigOptions{ex: exchange.Options{Poll: time.Hour, Stream: time.Minute}})
	ch, err := r.anna().Watch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for r.requests()["GetStreamingEvents"] < 2 {
		<-look.C // the test's own time-out is the end of patience
	}
	r.put(t, ewssim.Item{Subject: "x"})
	if !hinted(t, ch) {
		t.Error("no hint after the first stream's end")
	}
}
