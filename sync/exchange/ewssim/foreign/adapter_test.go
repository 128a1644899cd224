package foreign

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/exchange"
	"lockstep/sync/exchange/ews"
	"lockstep/sync/exchange/ewssim"
)

// calendarOf is Anna's calendar as Lockstep sees it.
func (o office) calendarOf(t *testing.T, mailbox string) endpoint.Endpoint {
	t.Helper()
	c, err := ews.New(ews.Options{URL: o.url, Domain: "OFFICE", User: service, Password: password, Access: ews.AccessPrimary, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return exchange.New(c, exchange.Options{}).Endpoint(mailbox, "Europe/Helsinki")
}

func on(month time.Month, day int) event.Date { return event.Date{Year: 2026, Month: month, Day: day} }

func clock(month time.Month, day, hour, minute int) event.Wall {
	return event.Wall{Date: on(month, day), Hour: hour, Minute: minute}
}

func hours(month time.Month, day, from, to, minute int) event.Span {
	return event.Span{Start: clock(month, day, from, 0), End: clock(month, day, to, minute), Zone: "Europe/Kyiv"}
}

func movedTo(original event.Wall, s event.Span) event.Override {
	return event.Override{Original: original, Fields: event.FieldWhen, Event: event.Event{When: s}}
}

// foreignSeries are the series of series_made.py, by subject.
func foreignSeries() map[string]event.Event {
	return map[string]event.Event{
		"Fortnightly": {When: hours(3, 16, 9, 10, 0), Recurrence: &event.Recurrence{
			Frequency: event.Weekly, Interval: 2, Days: 1<<time.Monday | 1<<time.Thursday, Count: 7, Deleted: []event.Wall{clock(4, 2, 9, 0)},
			Overrides: []event.Override{
				movedTo(clock(3, 30, 9, 0), hours(3, 31, 14, 15, 30)),
				{Original: clock(4, 13, 9, 0), Fields: event.FieldSubject | event.FieldLocation, Event: event.Event{Subject: "Renamed", Location: "Sali"}},
			},
		}},
		"Month's end": {When: hours(3, 31, 9, 10, 0), Recurrence: &event.Recurrence{
			Frequency: event.Monthly, Interval: 1, DayOfMonth: 31, Overrides: []event.Override{movedTo(clock(4, 30, 9, 0), hours(4, 29, 9, 10, 0))},
		}},
		"Last working day": {When: hours(3, 31, 9, 10, 0), Recurrence: &event.Recurrence{Frequency: event.Monthly, Interval: 2, Ordinal: -1, Days: 0x3e, Count: 3}},
		"Birthday":         {When: hours(3, 29, 9, 10, 0), Recurrence: &event.Recurrence{Frequency: event.Yearly, Interval: 1, DayOfMonth: 29, Month: time.March}},
		"Shift": {When: event.AllDay(on(3, 27), on(3, 29)), Recurrence: &event.Recurrence{
			Frequency: event.Daily, Interval: 3, Count: 5, Deleted: []event.Wall{on(4, 2).Midnight()}, Overrides: []event.Override{movedTo(on(3, 30).Midnight(), event.AllDay(on(3, 31), on(4, 1)))},
		}},
	}
}

type seenMaster struct {
	Subject, Start, End string
	Rule                []any
	Modified            [][3]string
	Deleted             []string
}

type seenSeries struct {
	Masters []seenMaster
	View    [][5]string
}

// Lockstep reads the series that exchangelib makes exactly, and makes series that exchangelib reads as its own.
func TestAdapter_SharesSeriesWithExchangelib(t *testing.T) {
	t.Parallel()
	old := config{"build": []int{14, 2, 247, 1}, "api_version": "Exchange2010_SP2"}
	for _, tt := range []struct {
		name    string
		server  config
		options ewssim.Options
	}{
		{"Exchange 2016", known, ewssim.Options{}},
		{"Exchange 2010", old, ewssim.Options{Version: ewssim.Exchange2010SP2}},
		{"times with offset, keys of their own", known, ewssim.Options{Switches: ewssim.Switches{OffsetTimes: true, FullZones: true, OccurrenceKeys: true, MasterIsRecurring: true}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			theirs, ours := open(t, tt.options, false), open(t, tt.options, false)
			exchangelib[map[string]any](t, theirs.config("ntlm", "impersonation", anna, tt.server), "series_made")
			d, err := theirs.calendarOf(t, anna).Changes(t.Context(), "", event.Window{})
			if err != nil {
				t.Fatal(err)
			}
			want := foreignSeries()
			ep := ours.calendarOf(t, anna)
			var ops []endpoint.Op
			for _, ch := range d.Changes {
				if ch.Item == nil {
					t.Errorf("an entry cannot be read: %v", ch.Err)
					continue
				}
				got, subject := ch.Item.Event, ch.Item.Subject
				got = event.Only(got, event.FieldWhen|event.FieldRecurrence)
				if diff := cmp.Diff(want[subject], got, cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("%s (-want +got)\n%s", subject, diff)
				}
				e := want[subject]
				e.Subject, e.ShowAs, e.Reminder = subject, ch.Item.ShowAs, ch.Item.Reminder
				if e.Recurrence.Frequency == event.Weekly {
					rule := *e.Recurrence
					rule.FirstDay = time.Monday // as its maker chose, though no week differs
					e.Recurrence = &rule
				}
				ops = append(ops, endpoint.Op{Kind: endpoint.Create, Want: e, Stamp: event.Stamp{Office: "o", Key: event.Key(subject)}})
			}
			if len(ops) != len(want) {
				t.Fatalf("%d series are read, want %d", len(ops), len(want))
			}
			for i, r := range ep.Apply(t.Context(), ops) {
				if r.Err != nil {
					t.Fatalf("create %s: %v", ops[i].Want.Subject, r.Err)
				}
			}
			a := exchangelib[seenSeries](t, theirs.config("ntlm", "impersonation", anna, tt.server), "series_seen")
			b := exchangelib[seenSeries](t, ours.config("ntlm", "impersonation", anna, tt.server), "series_seen")
			if diff := cmp.Diff(a, b); diff != "" {
				t.Errorf("exchangelib sees its own series and ours differently (-own +ours)\n%s", diff)
			}
			if len(b.Masters) != len(want) || len(b.View) != 17 {
				t.Errorf("exchangelib sees %d series and %d occurrences", len(b.Masters), len(b.View))
			}
			shown := [5]string{"Fortnightly", "2026-03-31T11:00:00Z", "2026-03-31T12:30:00Z", "", "Exception"}
			if !slices.Contains(b.View, shown) || slices.ContainsFunc(b.View, func(v [5]string) bool { return v[0] == "Fortnightly" && strings.HasPrefix(v[1], "2026-04-02") }) {
				t.Errorf("the moved occurrence is not shown, or the deleted one is: %v", b.View)
			}
		})
	}
}
