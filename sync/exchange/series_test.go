package exchange_test

import (
	"fmt"
	"slices"
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

func generations() []ewssim.Generation {
	return []ewssim.Generation{ewssim.Exchange2007SP1, ewssim.Exchange2010SP2, ewssim.Exchange2013SP1, ewssim.Exchange2016}
}

// settings are the switches of the server that series meet.
func settings() map[string]ewssim.Switches {
	return map[string]ewssim.Switches{
		"plain": {}, "own keys": {OccurrenceKeys: true}, "offsets and full zones": {OffsetTimes: true, FullZones: true},
		"html": {HTMLBodies: true, MasterIsRecurring: true},
	}
}

func wallOf(t testing.TB, s string) event.Wall {
	t.Helper()
	w, err := event.ParseWall(s)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// weekly is a meeting on Tuesdays at nine, from 10 March, through the change of
// the clocks on 29 March 2026.
func weekly(t testing.TB) event.Event {
	t.Helper()
	return event.Event{
		Subject: "Weekly", Notes: "agenda", ShowAs: event.ShowBusy, When: span(t, "2026-03-10T09:00:00", "2026-03-10T10:00:00", "Europe/Kyiv"),
		Recurrence: &event.Recurrence{Frequency: event.Weekly, Interval: 1, Days: 1 << time.Tuesday, Count: 8},
	}
}

// with is a series with exceptions.
func with(e event.Event, deleted []event.Wall, overrides ...event.Override) event.Event {
	rule := *e.Recurrence
	rule.Deleted, rule.Overrides = deleted, overrides
	e.Recurrence = &rule
	return e
}

// excepted is weekly with one occurrence moved after the change of the clocks,
// one renamed and one deleted.
func excepted(t testing.TB) event.Event {
	t.Helper()
	return with(
		weekly(t), []event.Wall{wallOf(t, "2026-04-07T09:00:00")},
		event.Override{Original: wallOf(t, "2026-03-17T09:00:00"), Fields: event.FieldSubject | event.FieldLocation, Event: event.Event{Subject: "Renamed", Location: "Attic"}},
		event.Override{Original: wallOf(t, "2026-03-31T09:00:00"), Fields: event.FieldWhen, Event: event.Event{When: span(t, "2026-04-01T14:00:00", "2026-04-01T15:30:00", "Europe/Kyiv")}},
	)
}

func createOp(e event.Event, key event.Key) endpoint.Op {
	return endpoint.Op{Kind: endpoint.Create, Want: e, Fields: event.AllFields, Stamp: event.Stamp{Office: "o", Partner: "p", Key: key}}
}

// made is a series that the endpoint has created.
func made(t testing.TB, ep endpoint.Endpoint, e event.Event) event.Item {
	t.Helper()
	res := apply(t, ep, createOp(e, "k"))
	if res.Err != nil {
		t.Fatal(res.Err)
	}
	return get(t, ep, res.Item.ID)
}

// differsNot demands that a series reads as it was wanted.
func differsNot(t testing.TB, ep endpoint.Endpoint, got, want event.Event) {
	t.Helper()
	if d := cmp.Diff(ep.Normalize(want), got, cmpopts.EquateEmpty()); d != "" {
		t.Errorf("series (-want +got):\n%s", d)
	}
}

// views are the occurrences that the server shows, as "start-end subject".
func (r *rig) views(t testing.TB, from, to string) []string {
	t.Helper()
	start, end := zulu(t, from), zulu(t, to)
	page, err := r.client.Mailbox(anna).FindItemView(t.Context(), ews.ViewRequest{
		Folder: ews.FolderRef{Name: ews.FolderCalendar}, Start: start, End: end, Shape: ews.Shape{Fields: []ews.FieldURI{ews.FieldStart, ews.FieldEnd, ews.FieldSubject}},
	})
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, it := range page.Items {
		out = append(out, it.Start.Time.Format("0102T1504")+"-"+it.End.Time.Format("0102T1504")+" "+it.Subject)
	}
	return out
}

func zulu(t testing.TB, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// What a person has made in Outlook is one entry with exactly its exceptions.
func TestSeries_IsReadAsOneEntry(t *testing.T) {
	for _, g := range generations() {
		for name, s := range settings() {
			t.Run(g.String()+" "+name, func(t *testing.T) {
				r := newRig(t, rigOptions{sim: ewssim.Options{Version: g, Switches: s}})
				day := func(month time.Month, d int) ewssim.Day {
					return ewssim.DayOf(time.Date(2026, month, d, 0, 0, 0, 0, time.UTC))
				}
				id := r.put(t, ewssim.Item{
					Subject: "Weekly", Body: ewssim.Body{Text: "agenda"},
					Rule: &ewssim.Rule{Pattern: ewssim.Weekly, Interval: 1, Days: 1 << time.Tuesday, Start: day(3, 10), Count: 8},
				})
				edit := func(d ewssim.Day, f func(*ewssim.Item)) {
					if err := r.EditOccurrence(string(id), d, f); err != nil {
						t.Fatal(err)
					}
				}
				edit(day(3, 17), func(it *ewssim.Item) { it.Subject, it.Location = "Renamed", "Attic" })
				edit(day(3, 31), func(it *ewssim.Item) {
					it.Start, it.End = zulu(t, "2026-04-01T11:00:00Z"), zulu(t, "2026-04-01T12:30:00Z")
				})
				edit(day(4, 14), func(it *ewssim.Item) { it.Categories = []string{"Red"} }) // nothing that we hold
				if err := r.DropOccurrence(string(id), day(4, 7)); err != nil {
					t.Fatal(err)
				}
				p := pull(t, r.anna(), "")
				it, ok := p.items[id]
				if !ok || len(p.items) != 1 {
					t.Fatalf("%d items, errors %v", len(p.items), p.errs)
				}
				if d := cmp.Diff(excepted(t), it.Event, cmpopts.EquateEmpty()); d != "" {
					t.Errorf("series (-want +got):\n%s", d)
				}
				if it.KnownWindow != event.AllTime() {
					t.Errorf("exceptions are known for %v", it.KnownWindow)
				}
				if d := cmp.Diff(it, get(t, r.anna(), id)); d != "" {
					t.Errorf("got by id (-listed +got):\n%s", d)
				}
			})
		}
	}
}

func TestSeries_RoundTripsOfEveryRule(t *testing.T) {
	rules := map[string]event.Recurrence{
		"daily": {Frequency: event.Daily, Interval: 3}, "weekly": {Frequency: event.Weekly, Interval: 2, Days: 1<<time.Monday | 1<<time.Thursday, FirstDay: time.Monday},
		"weekly on two weekends": {Frequency: event.Weekly, Interval: 2, Days: 1<<time.Sunday | 1<<time.Monday, FirstDay: time.Monday},
		"monthly":                {Frequency: event.Monthly, Interval: 1, DayOfMonth: 31}, "yearly": {Frequency: event.Yearly, Interval: 1, DayOfMonth: 29, Month: time.February},
		"nth": {Frequency: event.Monthly, Interval: 2, Ordinal: 2, Days: 1 << time.Wednesday}, "last working day": {Frequency: event.Monthly, Interval: 1, Ordinal: -1, Days: 0x3e},
		"first weekend day": {Frequency: event.Yearly, Interval: 1, Ordinal: 1, Days: 0x41, Month: time.October}, "last day": {Frequency: event.Monthly, Interval: 1, Ordinal: -1, Days: 0x7f},
	}
	ranges := map[string]func(*event.Recurrence){
		"endless": func(*event.Recurrence) {}, "numbered": func(r *event.Recurrence) { r.Count = 6 },
		"until": func(r *event.Recurrence) { r.Until = event.Date{Year: 2031, Month: 12, Day: 31} },
	}
	for _, g := range generations() {
		t.Run(g.String(), func(t *testing.T) {
			r := newRig(t, rigOptions{sim: ewssim.Options{Version: g}})
			for zone := range homes() {
				ep := r.conn.Endpoint(anna, zone)
				for name, rule := range rules {
					for end, limit := range ranges {
						for _, allDay := range []bool{false, true} {
							limit(&rule)
							e := event.Event{Subject: "x", When: span(t, "2026-03-02T23:30:00", "2026-03-03T01:00:00", zone), Recurrence: &rule}
							if allDay {
								e.When = event.AllDay(event.Date{Year: 2026, Month: 3, Day: 2}, event.Date{Year: 2026, Month: 3, Day: 4})
							}
							hold, code := ep.(endpoint.SeriesHolder).HoldSeries(e)
							if hold != event.HoldWhole {
								t.Fatalf("%s is held %v, %s", name, hold, code)
							}
							res := apply(t, ep, createOp(e, event.Key(fmt.Sprint(zone, name, end, allDay))))
							if g == ewssim.Exchange2007SP1 && name == "weekly on two weekends" {
								// It has no word for the day on which weeks begin, which counts here.
								wants(t, res.Err, endpoint.Invalid, endpoint.ScopeItem, event.HoldFirstDay)
								continue
							}
							if res.Err != nil {
								t.Fatal(res.Err)
							}
							differsNot(t, ep, get(t, ep, res.Item.ID).Event, e)
							if err := r.Drop(string(res.Item.ID), true); err != nil {
								t.Fatal(err)
							}
						}
					}
				}
			}
		})
	}
}

func TestSeries_IsCreatedWithItsExceptions(t *testing.T) {
	for _, g := range generations() {
		for _, access := range []ews.Access{ews.AccessPrimary, ews.AccessDelegate} {
			for name, s := range settings() {
				t.Run(g.String()+" "+access.String()+" "+name, func(t *testing.T) {
					r := newRig(t, rigOptions{sim: ewssim.Options{Version: g, Switches: s}, access: access})
					ep := r.anna()
					want := excepted(t)
					res := apply(t, ep, createOp(want, "k"))
					if res.Err != nil {
						t.Fatal(res.Err)
					}
					it := get(t, ep, res.Item.ID)
					differsNot(t, ep, it.Event, want)
					if it.Ref != res.Item.Ref || it.Stamp.Key != "k" {
						t.Errorf("result names %+v, read %+v with mark %+v", res.Item.Ref, it.Ref, it.Stamp)
					}
					got := r.views(t, "2026-03-01T00:00:00Z", "2026-04-15T00:00:00Z")
					shown := []string{
						"0310T0700-0310T0800 Weekly", "0317T0700-0317T0800 Renamed", "0324T0700-0324T0800 Weekly",
						"0401T1100-0401T1230 Weekly", "0414T0600-0414T0700 Weekly",
					}
					if d := cmp.Diff(shown, got); d != "" {
						t.Errorf("the server shows (-want +got):\n%s", d)
					}
					// Once more: all is there already.
					before := r.WriteTotal()
					again := apply(t, ep, endpoint.Op{Kind: endpoint.Update, Target: it.Ref, Want: want, Fields: event.AllFields})
					if n := r.WriteTotal() - before; again.Err != nil || n != 0 || !again.Exact || again.Item.Ref != it.Ref {
						t.Errorf("the same once more: %d writes, %+v", n, again)
					}
					if len(r.Mail()) != 0 {
						t.Error("somebody was mailed")
					}
				})
			}
		}
	}
}

// Each change of a series, and what the server holds afterwards.
func TestSeries_Updates(t *testing.T) {
	moved := func(t testing.TB, original, start, end string) event.Override {
		return event.Override{Original: wallOf(t, original), Fields: event.FieldWhen, Event: event.Event{When: span(t, start, end, "Europe/Kyiv")}}
	}
	cases := map[string]struct {
		change func(t testing.TB, e event.Event) event.Event
		fields event.FieldSet
	}{
		"subject alone": {func(_ testing.TB, e event.Event) event.Event { e.Subject = "Other"; return e }, event.FieldSubject},
		"another hour":  {func(t testing.TB, e event.Event) event.Event { return atTen(t, e) }, event.FieldWhen},
		"another rule": {func(_ testing.TB, e event.Event) event.Event {
			r := *e.Recurrence
			r.Count = 9
			e.Recurrence = &r
			return e
		}, event.FieldRecurrence},
		"another day": {onWednesday, event.FieldWhen | event.FieldRecurrence},
		"one more moved": {func(t testing.TB, e event.Event) event.Event {
			return plus(e, moved(t, "2026-04-21T09:00:00", "2026-04-22T08:00:00", "2026-04-22T09:00:00"))
		}, event.FieldRecurrence},
		"one less": {func(_ testing.TB, e event.Event) event.Event {
			return with(e, e.Recurrence.Deleted, e.Recurrence.Overrides[0])
		}, event.FieldRecurrence},
		"one deleted": {func(t testing.TB, e event.Event) event.Event {
			return with(e, append([]event.Wall{wallOf(t, "2026-03-17T09:00:00")}, e.Recurrence.Deleted...), e.Recurrence.Overrides[1])
		}, event.FieldRecurrence},
		"one back":            {func(_ testing.TB, e event.Event) event.Event { return with(e, nil, e.Recurrence.Overrides...) }, event.FieldRecurrence},
		"a plain entry":       {func(_ testing.TB, e event.Event) event.Event { e.Recurrence = nil; return e }, event.FieldRecurrence},
		"all exceptions gone": {func(_ testing.TB, e event.Event) event.Event { return with(e, nil) }, event.FieldRecurrence},
		"room for another": {func(t testing.TB, e event.Event) event.Event {
			return with(e, []event.Wall{wallOf(t, "2026-03-24T09:00:00")}, moved(t, "2026-03-17T09:00:00", "2026-03-25T09:00:00", "2026-03-25T10:00:00"))
		}, event.FieldRecurrence},
		"several at once past each other": {func(t testing.TB, e event.Event) event.Event {
			return with(e, nil, moved(t, "2026-03-17T09:00:00", "2026-03-24T11:00:00", "2026-03-24T12:00:00"), moved(t, "2026-03-24T09:00:00", "2026-03-27T11:00:00", "2026-03-27T12:00:00"))
		}, event.FieldRecurrence},
	}
	for _, g := range []ewssim.Generation{ewssim.Exchange2007SP1, ewssim.Exchange2016} {
		for name, s := range settings() {
			for what, c := range cases {
				t.Run(g.String()+" "+name+" "+what, func(t *testing.T) {
					r := newRig(t, rigOptions{sim: ewssim.Options{Version: g, Switches: s}})
					ep := r.anna()
					was := made(t, ep, excepted(t))
					want := c.change(t, was.Event)
					res := apply(t, ep, endpoint.Op{Kind: endpoint.Update, Target: was.Ref, Want: want, Fields: c.fields, Stamp: event.Stamp{Office: "o", Key: "k", Digest: "d2"}})
					if res.Err != nil {
						t.Fatal(res.Err)
					}
					now := get(t, ep, res.Item.ID)
					differsNot(t, ep, now.Event, want)
					if now.Ref != res.Item.Ref || now.Stamp.Digest != "d2" || res.Before == nil || event.Diff(res.Before.Event, was.Event) != 0 {
						t.Errorf("result names %+v, read %+v, mark %+v, before %+v", res.Item.Ref, now.Ref, now.Stamp, res.Before)
					}
					if stale := apply(t, ep, endpoint.Op{Kind: endpoint.Update, Target: was.Ref, Want: was.Event, Fields: c.fields}); stale.Err == nil || stale.Err.Kind != endpoint.Precondition {
						t.Errorf("an update of the old version: %+v", stale)
					}
				})
			}
		}
	}
}

func plus(e event.Event, x event.Override) event.Event {
	return with(e, e.Recurrence.Deleted, append(slices.Clone(e.Recurrence.Overrides), x)...)
}

// atTen moves a series to ten o'clock; its exceptions go along.
func atTen(t testing.TB, e event.Event) event.Event {
	e.When = span(t, "2026-03-10T10:00:00", "2026-03-10T11:00:00", "Europe/Kyiv")
	out, lost := event.Rekey(e)
	if lost != 0 {
		t.Fatalf("%d exceptions lost", lost)
	}
	return out
}

// onWednesday moves a series to another day, where none of its exceptions is.
func onWednesday(t testing.TB, e event.Event) event.Event {
	e.When = span(t, "2026-03-11T09:00:00", "2026-03-11T10:00:00", "Europe/Kyiv")
	e = with(e, nil)
	rule := *e.Recurrence
	rule.Days = 1 << time.Wednesday
	e.Recurrence = &rule
	return e
}

// A person's own formatting, files and categories outlive every change of
// something else, and a text is only replaced by other words.
func TestUpdate_KeepsWhatOnlyExchangeHolds(t *testing.T) {
	const rich = `<html><body><b>Bold</b> agenda</body></html>`
	for _, rule := range []*ewssim.Rule{nil, {Pattern: ewssim.Weekly, Interval: 1, Days: 1 << time.Tuesday, Start: ewssim.DayOf(at(10, 7)), Count: 8}} {
		r := newRig(t, rigOptions{})
		ep := r.anna()
		id := r.put(t, ewssim.Item{
			Subject: "x", Body: ewssim.Body{HTML: true, Text: rich}, Categories: []string{"Red", "Customer"}, FreeBusy: "OOF", ReminderSet: true, ReminderMinutes: 45, Rule: rule,
			Attachments: []ewssim.Attachment{{Serial: 1, Name: "plan.pdf", Type: "application/pdf", Content: "JVBERi0="}},
		})
		steps := []struct {
			fields event.FieldSet
			change func(*event.Event)
			body   string
		}{
			{event.FieldSubject, func(e *event.Event) { e.Subject = "y" }, rich},
			{event.FieldWhen, func(e *event.Event) { e.When = helsinki(t, "2026-03-10T11:00:00", "2026-03-10T12:00:00") }, rich},
			{event.FieldLocation | event.FieldPrivate, func(e *event.Event) { e.Location, e.Private = "Attic", true }, rich},
			{event.FieldNotes | event.FieldSubject, func(e *event.Event) { e.Subject = "z" }, rich}, // the same words
			{event.FieldShowAs | event.FieldReminder, func(e *event.Event) { e.ShowAs, e.Reminder = event.ShowUnset, event.Reminder{} }, rich},
			{event.FieldRecurrence, func(e *event.Event) {
				if e.Recurrence != nil {
					*e = with(*e, []event.Wall{{Date: event.Date{Year: 2026, Month: 3, Day: 17}, Hour: 11}})
				}
			}, rich},
			{event.FieldNotes, func(e *event.Event) { e.Notes = "other words" }, "other words"},
		}
		for i, s := range steps {
			it := get(t, ep, id)
			want := it.Event
			s.change(&want)
			res := apply(t, ep, endpoint.Op{Kind: endpoint.Update, Target: it.Ref, Want: want, Fields: s.fields})
			if res.Err != nil {
				t.Fatalf("step %d: %v", i, res.Err)
			}
			got := r.stored(t, id)
			if got.Body.Text != s.body || len(got.Attachments) != 1 || !slices.Equal(got.Categories, []string{"Red", "Customer"}) || got.FreeBusy != "OOF" || !got.ReminderSet || got.ReminderMinutes != 45 {
				t.Errorf("step %d: body %q, %d files, categories %v, %s, reminder %v %d", i, got.Body.Text, len(got.Attachments), got.Categories, got.FreeBusy, got.ReminderSet, got.ReminderMinutes)
			}
		}
	}
}

// What an exception has on Exchange alone stays, whatever the other side says
// about that occurrence.
func TestUpdate_KeepsTheStateOfAnException(t *testing.T) {
	r := newRig(t, rigOptions{})
	ep := r.anna()
	it := made(t, ep, excepted(t))
	day := ewssim.DayOf(time.Date(2026, 3, 17, 0, 0, 0, 0, time.UTC))
	if err := r.EditOccurrence(string(it.ID), day, func(i *ewssim.Item) { i.FreeBusy, i.ReminderSet, i.ReminderMinutes = "OOF", true, 5 }); err != nil {
		t.Fatal(err)
	}
	it = get(t, ep, it.ID)
	for _, change := range []func(event.Event) event.Event{
		func(e event.Event) event.Event { e.Recurrence.Overrides[0].Event.Subject = "Renamed again"; return e },
		func(e event.Event) event.Event { return with(e, e.Recurrence.Deleted, e.Recurrence.Overrides[1]) },
		func(e event.Event) event.Event { return atTen(t, e) }, // the server forgets the exceptions
	} {
		want := change(excepted(t))
		res := apply(t, ep, endpoint.Op{Kind: endpoint.Update, Target: it.Ref, Want: want, Fields: event.FieldRecurrence | event.FieldWhen})
		if res.Err != nil {
			t.Fatal(res.Err)
		}
		it = get(t, ep, it.ID)
		for _, o := range event.Occurrences(it.Event, event.AllTime()) {
			if e := o.Event; o.Original.Date.Day == 17 && (e.ShowAs != event.ShowOutOfOffice || e.Reminder != (event.Reminder{Set: true, Minutes: 5})) {
				t.Errorf("the exception is %v with reminder %+v", e.ShowAs, e.Reminder)
			}
		}
	}
}

// One occurrence of a series that the other side holds as single entries.
func TestOccurrence_IsReadWrittenAndDeletedByItself(t *testing.T) {
	for _, g := range []ewssim.Generation{ewssim.Exchange2007SP1, ewssim.Exchange2016} {
		for name, s := range settings() {
			t.Run(g.String()+" "+name, func(t *testing.T) {
				r := newRig(t, rigOptions{sim: ewssim.Options{Version: g, Switches: s}})
				ep := r.anna()
				series := made(t, ep, excepted(t))
				id := func(day string) event.ID { return event.OccurrenceID(series.ID, wallOf(t, day+"T09:00:00")) }
				got, err := ep.Get(t.Context(), []event.ID{id("2026-03-10"), id("2026-04-07"), id("2026-03-11"), id("2026-03-31")})
				if err != nil {
					t.Fatal(err)
				}
				for i, want := range []string{"2026-03-10T09:00:00", "", "", "2026-04-01T14:00:00"} {
					switch g := got[i]; {
					case want == "":
						wants(t, g.Err, endpoint.NotFound, endpoint.ScopeItem, "")
					case g.Item == nil || g.Item.When.Start != wallOf(t, want) || g.Item.Recurrence != nil || g.Item.ID != g.ID || g.Item.Version != series.Version || g.Item.Stamp != (event.Stamp{}):
						t.Errorf("occurrence %d reads as %+v, %v", i, g.Item, g.Err)
					}
				}
				first, moved := *got[0].Item, *got[3].Item
				first.Subject, first.When = "By itself", span(t, "2026-03-10T12:00:00", "2026-03-10T13:00:00", "Europe/Kyiv")
				moved.Notes = "other"
				rs := ep.Apply(t.Context(), []endpoint.Op{
					{Kind: endpoint.Update, Target: first.Ref, Want: first.Event, Fields: event.FieldSubject | event.FieldWhen},
					{Kind: endpoint.Update, Target: moved.Ref, Want: moved.Event, Fields: event.FieldNotes},
				})
				for i, res := range rs {
					if res.Err != nil || res.Item.ID != got[i*3].ID || res.Item.Version == series.Version || res.Item.Version != get(t, ep, series.ID).Version {
						t.Fatalf("result %d: %+v, %v", i, res.Item, res.Err)
					}
				}
				del := endpoint.Op{Kind: endpoint.Delete, Target: event.Ref{ID: id("2026-03-24"), Version: rs[0].Item.Version}}
				out, err := ep.Settle(t.Context(), del, startOfTests())
				if err != nil || out.Kind != endpoint.NotApplied || out.Item == nil {
					t.Errorf("settled beforehand: %+v, %v", out, err)
				}
				res := apply(t, ep, del)
				if res.Err != nil || res.Before == nil || res.Item == nil || res.Item.ID != del.Target.ID || res.Item.Version != get(t, ep, series.ID).Version {
					t.Errorf("delete: %+v", res)
				}
				if out, err = ep.Settle(t.Context(), del, startOfTests()); err != nil || out.Kind != endpoint.Applied {
					t.Errorf("settled afterwards: %+v, %v", out, err)
				}
				wants(t, apply(t, ep, del).Err, endpoint.NotFound, endpoint.ScopeItem, "")
				stale := apply(t, ep, endpoint.Op{Kind: endpoint.Delete, Target: event.Ref{ID: id("2026-04-14"), Version: series.Version}})
				wants(t, stale.Err, endpoint.Precondition, endpoint.ScopeItem, "")
				wants(t, apply(t, ep, endpoint.Op{Kind: endpoint.Mark, Target: event.Ref{ID: id("2026-04-14"), Version: "v"}}).Err, endpoint.Invalid, endpoint.ScopeItem, "")
				shown := []string{
					"0310T1000-0310T1100 By itself", "0317T0700-0317T0800 Renamed", "0401T1100-0401T1230 Weekly", "0414T0600-0414T0700 Weekly",
				}
				if d := cmp.Diff(shown, r.views(t, "2026-03-01T00:00:00Z", "2026-04-15T00:00:00Z")); d != "" {
					t.Errorf("the server shows (-want +got):\n%s", d)
				}
			})
		}
	}
}

// One occurrence that the server refuses is told, and costs the others nothing.
func TestSeries_ARefusedOccurrenceSparesTheOthers(t *testing.T) {
	r := newRig(t, rigOptions{})
	ep := r.anna()
	want := plus(excepted(t), event.Override{Original: wallOf(t, "2026-04-21T09:00:00"), Fields: event.FieldWhen, Event: event.Event{When: span(t, "2026-05-05T09:00:00", "2026-05-05T10:00:00", "Europe/Kyiv")}})
	res := apply(t, ep, createOp(want, "k"))
	wants(t, res.Err, endpoint.Invalid, endpoint.ScopeItem, "ErrorOccurrenceCrossingBoundary")
	if res.Item == nil {
		t.Fatal("nothing is told of the series that is there")
	}
	differsNot(t, ep, res.Item.Event, excepted(t))
	it := get(t, ep, res.Item.ID)
	again := apply(t, ep, endpoint.Op{Kind: endpoint.Update, Target: it.Ref, Want: want, Fields: event.FieldRecurrence})
	wants(t, again.Err, endpoint.Invalid, endpoint.ScopeItem, "ErrorOccurrenceCrossingBoundary")
	if now := get(t, ep, it.ID); now.Ref != it.Ref {
		t.Error("what was refused has changed the series")
	}
}

// A server that looks at the rule only when all is done brings no deleted
// occurrence back: that is told, and nothing else is lost.
func TestSeries_ADeletedOccurrenceThatStaysDeletedIsTold(t *testing.T) {
	r := newRig(t, rigOptions{sim: ewssim.Options{Switches: ewssim.Switches{LazyRules: true}}})
	ep := r.anna()
	was := made(t, ep, excepted(t))
	res := apply(t, ep, endpoint.Op{Kind: endpoint.Update, Target: was.Ref, Want: with(was.Event, nil, was.Recurrence.Overrides...), Fields: event.FieldRecurrence})
	wants(t, res.Err, endpoint.Invalid, endpoint.ScopeItem, "occurrence_stays_deleted")
	differsNot(t, ep, get(t, ep, was.ID).Event, was.Event)
}

// Deleting and marking a series concerns the whole of it.
func TestSeries_IsMarkedAndDeletedAsOne(t *testing.T) {
	r := newRig(t, rigOptions{})
	ep := r.anna()
	it := made(t, ep, excepted(t))
	res := apply(t, ep, endpoint.Op{Kind: endpoint.Mark, Target: it.Ref, Stamp: event.Stamp{Office: "o", Key: "k2"}})
	if res.Err != nil {
		t.Fatal(res.Err)
	}
	now := get(t, ep, it.ID)
	differsNot(t, ep, now.Event, it.Event)
	if res = apply(t, ep, endpoint.Op{Kind: endpoint.Delete, Target: now.Ref}); res.Err != nil || res.Before == nil || res.Before.Recurrence == nil {
		t.Errorf("delete: %+v", res)
	}
	trash, err := r.Items(anna, "deleteditems")
	if err != nil || len(trash) != 1 || trash[0].Rule == nil {
		t.Errorf("Deleted Items holds %d entries, %v", len(trash), err)
	}
}

// An entry that came with an invitation to one occurrence has no series.
func TestOrphan_IsASingleEntry(t *testing.T) {
	r := newRig(t, rigOptions{})
	id := r.put(t, ewssim.Item{Subject: "just this once", Orphan: at(10, 7), State: 3, Organizer: ewssim.Person{Address: olaf}})
	it := get(t, r.anna(), id)
	if it.Recurrence != nil || it.Subject != "just this once" || it.Standing != event.StandingParticipant {
		t.Errorf("read as %+v", it)
	}
}

// The cost of series: one more request for the exceptions of all of them, and
// nothing at all where nothing has changed.
func TestSeries_CostsOneRequestForAllExceptions(t *testing.T) {
	const n = 100
	r := newRig(t, rigOptions{ex: exchange.Options{Batch: 50}})
	var ids []event.ID
	for range n {
		id := r.put(t, ewssim.Item{Subject: "s", Rule: &ewssim.Rule{Pattern: ewssim.Weekly, Interval: 1, Days: 1 << time.Tuesday, Start: ewssim.DayOf(at(10, 7))}})
		if err := r.EditOccurrence(string(id), ewssim.DayOf(at(17, 7)), func(it *ewssim.Item) { it.Subject = "moved" }); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	ep := r.anna()
	r.ResetCounters()
	p := pull(t, ep, "")
	if len(p.items) != n {
		t.Fatalf("%d items, errors %v", len(p.items), p.errs)
	}
	if d := cmp.Diff(map[string]int{"SyncFolderItems": 1, "GetItem": 2 + 2}, r.requests()); d != "" {
		t.Errorf("requests of a first pull (-want +got):\n%s", d)
	}
	r.ResetCounters()
	if again := pull(t, ep, p.next); len(again.items) != 0 {
		t.Errorf("an idle pull tells %d changes", len(again.items))
	}
	if d := cmp.Diff(map[string]int{"SyncFolderItems": 1}, r.requests()); d != "" {
		t.Errorf("requests of an idle pull (-want +got):\n%s", d)
	}
	if err := r.EditOccurrence(string(ids[3]), ewssim.DayOf(at(24, 7)), func(it *ewssim.Item) { it.Subject = "moved" }); err != nil {
		t.Fatal(err)
	}
	r.ResetCounters()
	if again := pull(t, ep, p.next); len(again.items) != 1 || len(again.items[ids[3]].Recurrence.Overrides) != 2 {
		t.Errorf("a change of one occurrence tells %d changes", len(again.items))
	}
	if d := cmp.Diff(map[string]int{"SyncFolderItems": 1, "GetItem": 2}, r.requests()); d != "" {
		t.Errorf("requests of one change (-want +got):\n%s", d)
	}
	// Five series with three exceptions each: made in one request, looked up in
	// three, and then one for each that is changed, whichever series it is of.
	var ops []endpoint.Op
	for i := range 5 {
		ops = append(ops, createOp(excepted(t), event.Key(fmt.Sprint("made", i))))
	}
	r.ResetCounters()
	for _, res := range ep.Apply(t.Context(), ops) {
		if res.Err != nil || !res.Exact {
			t.Fatalf("%+v", res)
		}
	}
	if d := cmp.Diff(map[string]int{"CreateItem": 1, "GetItem": 5, "DeleteItem": 1, "UpdateItem": 2}, r.requests()); d != "" {
		t.Errorf("requests of five series (-want +got):\n%s", d)
	}
}

// Also as the very first request of all, before anything is known of the server.
func TestSeries_WhatExchange2007CannotTellIsRefusedAlone(t *testing.T) {
	r := newRig(t, rigOptions{sim: ewssim.Options{Version: ewssim.Exchange2007SP1}})
	e := event.Event{Subject: "x", When: span(t, "2026-03-02T09:00:00", "2026-03-02T10:00:00", "Europe/Kyiv")}
	e.Recurrence = &event.Recurrence{Frequency: event.Weekly, Interval: 2, Days: 1<<time.Sunday | 1<<time.Monday, FirstDay: time.Monday}
	rs := r.anna().Apply(t.Context(), []endpoint.Op{createOp(e, "a"), createOp(weekly(t), "b")})
	wants(t, rs[0].Err, endpoint.Invalid, endpoint.ScopeItem, event.HoldFirstDay)
	if rs[1].Err != nil {
		t.Errorf("the one beside it: %v", rs[1].Err)
	}
}
