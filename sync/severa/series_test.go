package severa_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strconv"
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

// quarter is the window of the series tests: both changes of the clocks are
// near its ends, and 29 February is in it.
func quarter() event.Window {
	loc, _ := time.LoadLocation(helsinki)
	return event.Window{From: time.Date(2028, 2, 1, 0, 0, 0, 0, loc), To: time.Date(2028, 11, 10, 0, 0, 0, 0, loc)}
}

// shown is how an entry is compared: as anybody sees it in a calendar.
func shown(name string, start, end time.Time) string {
	return fmt.Sprintf("%s %s/%s", start.UTC().Format("2006-01-02 15:04"), end.UTC().Format("01-02 15:04"), name)
}

// listed is what Severa itself shows of a series, read past the adapter.
func (o *office) listed(series string, w event.Window) []string {
	o.Helper()
	rows, problems, err := api.All(o.client.Activities(o.Context(), api.ActivityQuery{Start: w.From, End: w.To}))
	if err != nil || len(problems) > 0 {
		o.Fatalf("list: %v, %v", err, problems)
	}
	var out []string
	for _, a := range rows {
		if a.RecurrenceParentActivityGUID == series && a.Start.Before(w.To) && a.End.After(w.From) {
			out = append(out, shown(a.Name, a.Start.Time, a.End.Time))
		}
	}
	slices.Sort(out)
	return out
}

// spelled is what an item says the same window shows.
func spelled(it event.Item, w event.Window, days *time.Location) []string {
	w.From = w.From.In(days)
	var out []string
	for _, x := range event.Occurrences(it.Event, w) {
		start, end := x.Event.When.Instants(days)
		out = append(out, shown(x.Event.Subject, start, end))
	}
	slices.Sort(out)
	return out
}

func (o *office) in(d endpoint.Delta, id string) event.Item {
	o.Helper()
	c, ok := find(d, id)
	if !ok || c.Item == nil {
		o.Fatalf("the series is listed: %v, %v", ok, c.Err)
	}
	if !c.Item.KnownWindow.Equal(quarter()) {
		o.Errorf("known window %v", c.Item.KnownWindow)
	}
	return *c.Item
}

// made are series as people make them in Severa, each with the changes that
// are made to it.
func made() map[string]severasim.Activity {
	at := func(y int, m time.Month, d, h int) time.Time {
		loc, _ := time.LoadLocation(helsinki)
		return time.Date(y, m, d, h, 0, 0, 0, loc)
	}
	days := func(ds ...time.Weekday) (out [7]bool) {
		for _, d := range ds {
			out[d] = true
		}
		return out
	}
	timed := func(start time.Time, r severasim.Recurrence) severasim.Activity {
		return severasim.Activity{Start: start, End: start.Add(90 * time.Minute), HasDuration: true, Recurrence: &r}
	}
	whole := func(start time.Time, n int, r severasim.Recurrence) severasim.Activity {
		return severasim.Activity{Start: start, End: start.AddDate(0, 0, n), HasDuration: true, AllDay: true, Recurrence: &r}
	}
	return map[string]severasim.Activity{
		"daily":            timed(at(2028, 3, 1, 9), severasim.Recurrence{Frequency: severasim.Daily, Interval: 3, Max: 40}),
		"working days":     timed(at(2028, 3, 1, 9), severasim.Recurrence{Frequency: severasim.Daily, EveryWeekday: true}),
		"weekly":           timed(at(2027, 9, 1, 23), severasim.Recurrence{Frequency: severasim.Weekly}),
		"two days":         timed(at(2028, 3, 1, 9), severasim.Recurrence{Frequency: severasim.Weekly, Days: days(time.Monday, time.Thursday), Max: 30}),
		"fortnightly":      timed(at(2028, 2, 2, 9), severasim.Recurrence{Frequency: severasim.Weekly, Interval: 2, Days: days(time.Sunday, time.Tuesday)}),
		"monthly":          timed(at(2028, 1, 15, 9), severasim.Recurrence{Frequency: severasim.Monthly, DayOfMonth: 15}),
		"last day, by 31":  timed(at(2028, 1, 31, 9), severasim.Recurrence{Frequency: severasim.Monthly, DayOfMonth: 31}),
		"31st, ten times":  timed(at(2028, 1, 31, 9), severasim.Recurrence{Frequency: severasim.Monthly, DayOfMonth: 31, Max: 8}),
		"30th":             timed(at(2028, 1, 30, 9), severasim.Recurrence{Frequency: severasim.Monthly, DayOfMonth: 30}),
		"second Tuesday":   timed(at(2028, 2, 1, 9), severasim.Recurrence{Frequency: severasim.Monthly, Ordinal: severasim.Second, Option: severasim.OnTuesday}),
		"last weekend day": timed(at(2028, 2, 1, 9), severasim.Recurrence{Frequency: severasim.Monthly, Ordinal: severasim.Last, Option: severasim.OnWeekendDay}),
		"first work day":   timed(at(2028, 2, 1, 9), severasim.Recurrence{Frequency: severasim.Monthly, Interval: 2, Ordinal: severasim.First, Option: severasim.OnWeekDay}),
		"29 February":      timed(at(2024, 2, 29, 9), severasim.Recurrence{Frequency: severasim.Yearly, Month: time.February, DayOfMonth: 29}),
		"yearly":           timed(at(2024, 6, 24, 9), severasim.Recurrence{Frequency: severasim.Yearly, Month: time.June, DayOfMonth: 24}),
		"until":            timed(at(2028, 3, 20, 3), severasim.Recurrence{Frequency: severasim.Daily, Until: time.Date(2028, 4, 2, 0, 0, 0, 0, time.UTC)}),
		// Which of two equal hours in autumn is meant differs between systems, so it ends before.
		"in the odd hour": timed(at(2028, 3, 5, 3).Add(30*time.Minute), severasim.Recurrence{Frequency: severasim.Weekly, Max: 20}),
		"whole days":      whole(at(2028, 2, 28, 0), 2, severasim.Recurrence{Frequency: severasim.Weekly, Interval: 4}),
		"whole day":       whole(at(2028, 3, 25, 0), 1, severasim.Recurrence{Frequency: severasim.Daily, Max: 10}),
	}
}

// put adds a series of anna's, in the midnights that the service means.
func (o *office) putSeries(name string, a severasim.Activity, sw severasim.Switches) string {
	o.Helper()
	a.Name, a.OwnerGUID, a.TypeGUID = name, o.anna, o.sim.TypeOf(severasim.CalendarEntry)
	if a.AllDay && sw.MidnightOf == severasim.ZoneUTC {
		day := func(t time.Time) time.Time { y, m, d := t.Date(); return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }
		a.Start, a.End = day(a.Start), day(a.End)
	}
	id, err := o.sim.AddActivity(a)
	if err != nil {
		o.Fatalf("%s: %v", name, err)
	}
	return id
}

// unchanged are the ids of the occurrences of a series in the window.
func (o *office) unchanged(series string) []api.Activity {
	o.Helper()
	w := quarter()
	rows, _, err := api.All(o.client.Activities(o.Context(), api.ActivityQuery{Start: w.From, End: w.To, RecurrenceType: api.RecurrenceOccurrence}))
	if err != nil {
		o.Fatal(err)
	}
	return slices.DeleteFunc(rows, func(a api.Activity) bool { return a.RecurrenceParentActivityGUID != series })
}

// disturb deletes one occurrence, moves another within its day and renames a third.
func (o *office) disturb(series string) {
	o.Helper()
	rows := o.unchanged(series)
	if len(rows) < 4 {
		return
	}
	for i, change := range []func(string) error{
		func(id string) error { return o.sim.RemoveActivity(id) },
		func(id string) error {
			return o.sim.EditActivity(id, func(a *severasim.Activity) {
				if !a.AllDay {
					a.Start, a.End = a.Start.Add(25*time.Minute), a.End.Add(40*time.Minute)
				}
				a.Location = "Room"
			})
		},
		func(id string) error {
			return o.sim.EditActivity(id, func(a *severasim.Activity) { a.Name = "Renamed" })
		},
	} {
		if err := change(rows[i+1].GUID); err != nil {
			o.Fatal(err)
		}
	}
}

func (o *office) days(sw severasim.Switches) *time.Location {
	h := hands{office: o, sw: sw}
	return h.zone()
}

// aboutSeries tells whether a setting concerns series more than other entries.
func aboutSeries(v severasim.Variation) bool {
	return slices.ContainsFunc([]string{"default", "most", "series", "sunday", "clamp", "exceptions", "midnight", "horizon", "listed"}, func(part string) bool {
		return strings.Contains(v.Name, part)
	})
}

func TestSeries_IsReadExactlyAsSeveraShowsIt(t *testing.T) {
	for _, v := range variations() {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t, setup{sim: severasim.Options{Switches: v.Switches}})
			anna := o.endpoint(o.anna)
			ids := map[string]string{}
			for name, a := range made() {
				if aboutSeries(v) || name == "two days" || name == "whole days" || name == "last day, by 31" {
					ids[name] = o.putSeries(name, a, v.Switches)
					o.disturb(ids[name])
				}
			}
			d := o.whole(anna)
			for name, id := range ids {
				it := o.in(d, id)
				if diff := cmp.Diff(o.listed(id, quarter()), spelled(it, quarter(), o.days(v.Switches))); diff != "" {
					t.Errorf("%s (-Severa +item):\n%s", name, diff)
				}
				if d := event.Diff(it.Event, anna.Normalize(it.Event)); d != 0 {
					t.Errorf("%s: the item is not normal in %v:\n%s", name, d, cmp.Diff(it.Event, anna.Normalize(it.Event)))
				}
				got := o.item(anna, id)
				if d := event.Diff(it.Event, got.Event); d != 0 || got.Version != it.Version {
					t.Errorf("%s: by id it differs in %v, version %q of %q", name, d, got.Version, it.Version)
				}
			}
		})
	}
}

func TestSeries_ChangeOfOneOccurrenceIsAChangeOfTheSeries(t *testing.T) {
	for _, v := range variations() {
		t.Run(v.Name, func(t *testing.T) {
			o := newOffice(t, setup{sim: severasim.Options{Switches: v.Switches}})
			anna := o.endpoint(o.anna)
			id := o.putSeries("weekly", made()["weekly"], v.Switches)
			d, err := anna.Changes(t.Context(), "", quarter())
			if err != nil {
				t.Fatal(err)
			}
			o.clock.advance(5 * time.Minute)
			row := o.unchanged(id)[2]
			if err := o.sim.EditActivity(row.GUID, func(a *severasim.Activity) { a.Name = "Renamed" }); err != nil {
				t.Fatal(err)
			}
			before, _ := find(d, id)
			if d, err = anna.Changes(t.Context(), d.Next, quarter()); err != nil {
				t.Fatal(err)
			}
			c, ok := find(d, id)
			if !ok || c.Item == nil || len(c.Item.Recurrence.Overrides) != 1 {
				t.Fatalf("told %v: %+v", ok, c)
			}
			x := c.Item.Recurrence.Overrides[0]
			if x.Fields != event.FieldSubject || x.Event.Subject != "Renamed" || c.Item.Version == before.Item.Version {
				t.Errorf("override of %v in %v, version %q after %q", x.Original, x.Fields, c.Item.Version, before.Item.Version)
			}
			o.clock.advance(5 * time.Minute)
			if err := o.sim.RemoveActivity(o.unchanged(id)[0].GUID); err != nil {
				t.Fatal(err)
			}
			next, err := anna.Changes(t.Context(), d.Next, quarter())
			if err != nil {
				t.Fatal(err)
			}
			c, ok = find(next, id)
			if v.Switches.QuietExceptions {
				c, ok = find(o.whole(anna), id) // nothing tells of it but a listing of the whole
			}
			if !ok || c.Item == nil || len(c.Item.Recurrence.Deleted) != 1 {
				t.Errorf("a deleted occurrence: told %v, %+v", ok, c.Item)
			}
		})
	}
}

func (o *office) whole(ep endpoint.Endpoint) endpoint.Delta {
	o.Helper()
	o.clock.advance(5 * time.Minute)
	d, err := ep.Changes(o.Context(), "", quarter())
	if err != nil {
		o.Fatal(err)
	}
	return d
}

func TestChanges_IdleOfficeWithFiftySeriesCostsNoMore(t *testing.T) {
	o := newOffice(t, setup{})
	anna, boss := o.endpoint(o.anna), o.endpoint(o.boss)
	for i := range 50 {
		a := made()["weekly"]
		a.Participants = []severasim.Participant{{Who: o.boss}}
		o.putSeries(fmt.Sprintf("series %d", i), a, severasim.Switches{})
	}
	var next [2]endpoint.Cursor
	for i, ep := range []endpoint.Endpoint{anna, boss} {
		d, err := ep.Changes(t.Context(), "", quarter())
		if err != nil || len(d.Changes) != 50 {
			t.Fatalf("%d series, %v", len(d.Changes), err)
		}
		next[i] = d.Next
	}
	for cycle := range 4 {
		o.clock.advance(3 * time.Minute)
		o.sim.ResetCounts()
		for i, ep := range []endpoint.Endpoint{anna, boss} {
			d, err := ep.Changes(t.Context(), next[i], quarter())
			if err != nil || cycle > 1 && len(d.Changes) > 0 { // what is told twice is told apart by its version
				t.Fatalf("cycle %d: %d changes, %v", cycle, len(d.Changes), err)
			}
			next[i] = d.Next
		}
		if got := o.sim.Counts().Total(); got > 4 {
			t.Errorf("idle cycle %d: %d requests, want at most 4: %v", cycle, got, o.sim.Counts().Requests)
		}
	}
	o.clock.advance(3 * time.Minute)
	o.sim.ResetCounts()
	for _, a := range o.sim.Activities()[:10] {
		if err := o.sim.EditActivity(a.GUID, func(a *severasim.Activity) { a.Notes = "new" }); err != nil {
			t.Fatal(err)
		}
	}
	d, err := anna.Changes(t.Context(), next[0], quarter())
	if err != nil || len(d.Changes) != 10 {
		t.Fatalf("%d changes, %v", len(d.Changes), err)
	}
	// The feed, who takes part in each, and the pages of anna's occurrences, not of each series.
	if got := o.sim.Counts().Requests["GET /v1/activities"]; got > 30 {
		t.Errorf("ten changed series cost %d requests: %v", got, o.sim.Counts().Requests)
	}
}

func TestSeries_OccurrencesThatCannotBeToldApartAreAProblem(t *testing.T) {
	o := newOffice(t, setup{sim: severasim.Options{Switches: severasim.Switches{PlainExceptionIDs: true}}})
	anna := o.endpoint(o.anna)
	id := o.putSeries("weekly", made()["weekly"], severasim.Switches{})
	for i, row := range o.unchanged(id)[2:4] { // both leave their days
		if err := o.sim.EditActivity(row.GUID, func(a *severasim.Activity) {
			a.Start, a.End = a.Start.AddDate(0, 0, 1+i), a.End.AddDate(0, 0, 1+i)
		}); err != nil {
			t.Fatal(err)
		}
	}
	c, ok := find(o.whole(anna), id)
	if !ok || c.Err == nil || c.Err.Code != "series_exception" || c.Err.Scope != endpoint.ScopeItem {
		t.Errorf("told %v: %v", ok, c.Err)
	}
}

func TestSeries_AnIDTellsWhichOccurrenceWasMoved(t *testing.T) {
	o := newOffice(t, setup{})
	anna := o.endpoint(o.anna)
	id := o.putSeries("weekly", made()["weekly"], severasim.Switches{})
	o.whole(anna)
	var want []event.Wall
	loc, _ := time.LoadLocation(helsinki)
	for _, row := range o.unchanged(id)[2:5] {
		want = append(want, event.WallOf(row.Start.In(loc)))
		if err := o.sim.EditActivity(row.GUID, func(a *severasim.Activity) {
			a.Start, a.End = a.Start.AddDate(0, 0, 20), a.End.AddDate(0, 0, 20)
		}); err != nil {
			t.Fatal(err)
		}
	}
	c, _ := find(o.whole(anna), id)
	if c.Item == nil {
		t.Fatal(c.Err)
	}
	var got []event.Wall
	for _, x := range c.Item.Recurrence.Overrides {
		got = append(got, x.Original)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("moved (-want +got):\n%s", diff)
	}
}

func TestSeries_AnUnreadableOccurrenceIsItsSeriesTroubleAlone(t *testing.T) {
	o := newOffice(t, setup{})
	bad, good := o.putSeries("weekly", made()["weekly"], severasim.Switches{}), o.putSeries("daily", made()["daily"], severasim.Switches{})
	row := o.unchanged(bad)[1].GUID
	anna := o.garbled(row)
	d := o.whole(anna)
	if c, ok := find(d, bad); !ok || c.Err == nil || c.Err.Code != "unreadable" {
		t.Errorf("the series: told %v, %v", ok, c.Err)
	}
	if c, ok := find(d, good); !ok || c.Item == nil {
		t.Errorf("the other series: told %v, %v", ok, c.Err)
	}
}

// garbled is anna's calendar behind a proxy that makes one row unreadable.
func (o *office) garbled(id string) endpoint.Endpoint {
	o.Helper()
	to, err := url.Parse(o.url)
	if err != nil {
		o.Fatal(err)
	}
	proxy := httptest.NewServer(&httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.Out.URL.Scheme, r.Out.URL.Host = to.Scheme, to.Host },
		ModifyResponse: func(r *http.Response) error {
			b, err := io.ReadAll(r.Body)
			var rows []map[string]any
			if err == nil && json.Unmarshal(b, &rows) == nil {
				for _, row := range rows {
					if row["guid"] == id {
						row["isAllDay"] = "?"
					}
				}
				b, err = json.Marshal(rows)
			}
			r.Body = io.NopCloser(bytes.NewReader(b))
			r.ContentLength = int64(len(b))
			r.Header.Set("Content-Length", strconv.Itoa(len(b)))
			return err
		},
	})
	o.Cleanup(proxy.Close)
	behind := *o
	behind.url = proxy.URL + to.Path
	conn := severa.New(behind.newClient(o.clock.now, nil), severa.Options{Now: o.clock.now, Zone: helsinki, Account: "office"})
	ep, err := conn.Endpoint(o.Context(), o.anna)
	if err != nil {
		o.Fatal(err)
	}
	return ep
}
