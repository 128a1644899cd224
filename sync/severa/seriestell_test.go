package severa_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/severa"
	"lockstep/sync/severa/api"
	"lockstep/sync/severa/severasim"
)

// without is a series without its nth occurrence.
func without(e event.Event, n int) event.Event {
	return event.WithOccurrence(e, event.Occurrences(series(e), quarter())[n].Original, nil)
}

// moved is a series whose nth occurrence lies days and hours later.
func moved(e event.Event, n, days, hours int) event.Event {
	o := event.Occurrences(series(e), quarter())[n]
	to := o.Event
	to.When.Start.Date, to.When.End.Date = to.When.Start.AddDays(days), to.When.End.AddDays(days)
	to.When.Start.Hour, to.When.End.Hour = to.When.Start.Hour+hours, to.When.End.Hour+hours
	return event.WithOccurrence(e, o.Original, &to)
}

// series is e without its exceptions.
func series(e event.Event) event.Event {
	r := *e.Recurrence
	r.Overrides, r.Deleted = nil, nil
	e.Recurrence = &r
	return e
}

// TestHoldSeries_WhatALaterLookCouldNotTell makes series where exceptions bear
// ids of their own, and looks at them as one who has just been started.
func TestHoldSeries_WhatALaterLookCouldNotTell(t *testing.T) {
	days, hours := meant()["whole days"], meant()["monthly"]
	for name, tt := range map[string]struct {
		e     event.Event
		whole bool
	}{
		"moved to another day, the next one deleted":     {without(moved(days, 2, 1, 0), 3), false},
		"moved to another day, one deleted far from it":  {without(moved(days, 1, 1, 0), 4), true},
		"two moved to other days, side by side":          {moved(moved(days, 2, 1, 0), 3, 1, 0), false},
		"two moved to other days":                        {moved(moved(days, 1, 1, 0), 3, 1, 0), true},
		"moved alone, past its neighbour":                {moved(days, 1, 15, 0), true},
		"moved to the day of a deleted one":              {without(moved(days, 1, 14, 0), 2), false},
		"moved within its day, the next one deleted":     {without(moved(hours, 1, 0, 3), 2), true},
		"an hour moved to another day, the next deleted": {without(moved(hours, 1, 1, 3), 2), false},
		"two deleted": {without(without(days, 2), 3), true},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, setup{sim: severasim.Options{Switches: severasim.Switches{
				PlainExceptionIDs: true, Listed: severasim.ListNone,
			}}})
			anna := o.opened()
			r := o.apply(anna, createOp(tt.e))
			if !tt.whole {
				if o.holds(anna, tt.e) || r.Err == nil || r.Err.Scope != endpoint.ScopeItem || r.Err.Kind != endpoint.Invalid {
					t.Errorf("held whole: %v, made: %v", o.holds(anna, tt.e), r.Err)
				}
				if n := o.sim.Counts().TotalWrites(); n != 0 {
					t.Errorf("%d writes for what is not made", n)
				}
				return
			}
			if r.Err != nil {
				t.Fatal(r.Err)
			}
			o.conn = severa.New(o.client, severa.Options{Now: o.clock.now, Zone: helsinki, Account: "office"})
			c, ok := find(o.whole(o.endpoint(o.anna)), string(r.Item.ID))
			if !ok || c.Item == nil {
				t.Fatalf("after a restart: %v", c.Err)
			}
			if diff := cmp.Diff(r.Item.Event, c.Item.Event); diff != "" {
				t.Errorf("after a restart (-made +read):\n%s", diff)
			}
		})
	}
}

func TestUpdate_WhatALaterLookCouldNotTellIsRefused(t *testing.T) {
	o := newOffice(t, setup{sim: severasim.Options{Switches: severasim.Switches{PlainExceptionIDs: true}}})
	anna := o.opened()
	made := o.apply(anna, createOp(moved(meant()["whole days"], 2, 1, 0)))
	if made.Err != nil {
		t.Fatal(made.Err)
	}
	o.sim.ResetCounts()
	want := without(made.Item.Event, 3)
	r := o.apply(anna, endpoint.Op{Kind: endpoint.Update, Target: made.Item.Ref, Want: want, Fields: event.FieldRecurrence})
	if r.Err == nil || r.Err.Code != severa.CodeSeriesException || r.Err.Scope != endpoint.ScopeItem || r.Err.Kind != endpoint.Invalid {
		t.Errorf("got %v, want it refused", r.Err)
	}
	if n := o.sim.Counts().TotalWrites(); n != 0 {
		t.Errorf("%d writes of what is refused", n)
	}
	want = made.Item.Event
	want.Subject = "Another"
	if r = o.apply(anna, endpoint.Op{Kind: endpoint.Update, Target: made.Item.Ref, Want: want, Fields: event.FieldSubject}); r.Err != nil {
		t.Errorf("rename: %v", r.Err)
	}
}

// afterPost calls a function once, when a POST has been answered.
type afterPost struct {
	http.RoundTripper
	do func()
}

func (a *afterPost) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := a.RoundTripper.RoundTrip(r)
	if do := a.do; r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/activities") && do != nil {
		a.do = nil
		do()
	}
	return resp, err
}

// TestCreate_SeriesThatReadsBadlyIsItsOwnTrouble: a person moves two occurrences
// of a series while it is being made. To end the run of everything else, or to make
// it again at each cycle, would be no help.
func TestCreate_SeriesThatReadsBadlyIsItsOwnTrouble(t *testing.T) {
	o := newOffice(t, setup{sim: severasim.Options{Switches: severasim.Switches{PlainExceptionIDs: true}}})
	post := &afterPost{RoundTripper: http.DefaultTransport}
	client, err := api.New(api.Options{
		BaseURL: o.url, ClientID: "lockstep", Secret: api.NewSecret("secret"), Now: o.clock.now,
		Pacer: api.NewPacer(newClock(time.Minute).now), Repeats: -1, Transport: post,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	o.conn = severa.New(client, severa.Options{Now: o.clock.now, Zone: helsinki, Account: "office"})
	anna := o.opened()
	post.do = func() {
		for _, row := range o.unchanged(o.sim.Activities()[0].GUID)[2:4] {
			if err := o.sim.EditActivity(row.GUID, func(a *severasim.Activity) {
				a.Start, a.End = a.Start.AddDate(0, 0, 1), a.End.AddDate(0, 0, 1)
			}); err != nil {
				t.Error(err)
			}
		}
	}
	r := o.apply(anna, createOp(meant()["whole days"]))
	if post.do != nil {
		t.Fatal("nothing was made")
	}
	if r.Err == nil || r.Err.Scope != endpoint.ScopeItem || r.Err.Kind != endpoint.Invalid || r.Err.Code != severa.CodeSeriesException {
		t.Errorf("got %v, want the trouble of one entry", r.Err)
	}
	if left := o.sim.Activities(); len(left) != 0 {
		t.Errorf("%d activities are left of it", len(left))
	}
}
