package exchange_test

import (
	"fmt"
	"testing"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/exchange/ews"
	"lockstep/sync/exchange/ewssim"
)

// A series keeps its clock through every change of the clocks, over the end of
// the year and on the leap day, whoever made it and wherever it is read.
func TestSeries_KeepTheirClock(t *testing.T) {
	first := []event.Date{{Year: 2026, Month: 3, Day: 2}, {Year: 2026, Month: 10, Day: 19}, {Year: 2026, Month: 12, Day: 28}, {Year: 2028, Month: 2, Day: 26}}
	for _, g := range generations() {
		t.Run(g.String(), func(t *testing.T) {
			for zone, windows := range homes() {
				r := newRig(t, rigOptions{sim: ewssim.Options{Version: g}, zone: windows})
				loc, err := time.LoadLocation(zone)
				if err != nil {
					t.Fatal(err)
				}
				ep := r.conn.Endpoint(anna, zone)
				for _, d := range first {
					for _, hour := range []int{0, 9, 23, allDay} {
						e := event.Event{Subject: "x", When: event.Span{Start: event.Wall{Date: d, Hour: hour, Minute: 30}, End: event.Wall{Date: d.AddDays(1), Hour: 0, Minute: 15}, Zone: zone}}
						if hour == allDay {
							e.When = event.AllDay(d, d.AddDays(1))
						}
						e.Recurrence = &event.Recurrence{Frequency: event.Daily, Interval: 1, Count: 30}
						res := apply(t, ep, createOp(e, event.Key(fmt.Sprint(d, hour))))
						if res.Err != nil {
							t.Fatal(res.Err)
						}
						var want []string
						for i := range 30 {
							day := d.AddDays(i)
							at := func(plus, h, m int) time.Time {
								return time.Date(day.Year, day.Month, day.Day+plus, h, m, 0, 0, loc).UTC()
							}
							start, end := at(0, hour, 30), at(1, 0, 15)
							if hour == allDay {
								start, end = at(0, 0, 0), at(1, 0, 0)
							}
							want = append(want, start.Format("0102T1504")+"-"+end.Format("0102T1504")+" x")
						}
						from := d.In(loc).AddDate(0, 0, -2).UTC().Format(time.RFC3339)
						got := r.views(t, from, d.In(loc).AddDate(0, 0, 40).UTC().Format(time.RFC3339))
						if fmt.Sprint(got) != fmt.Sprint(want) {
							t.Errorf("%s, %v at %d: the server shows\n%v, want\n%v", zone, d, hour, got, want)
						}
						for reader := range homes() {
							differsNot(t, ep, get(t, r.conn.Endpoint(anna, reader), res.Item.ID).Event, e)
						}
						if err := r.Drop(string(res.Item.ID), true); err != nil {
							t.Fatal(err)
						}
					}
				}
			}
		})
	}
}

const allDay = -1

// A person's series whose zone bears an id that only its program knows.
func TestSeries_OfAZoneWithoutAName(t *testing.T) {
	const id = "tzone://Microsoft/Custom"
	put := func(t *testing.T, iana, zone string, full bool, edit func(*ewssim.Item)) (endpoint.Got, *rig) {
		r := newRig(t, rigOptions{sim: ewssim.Options{Switches: ewssim.Switches{FullZones: full}}})
		if err := r.DefineZone(zone, iana); err != nil {
			t.Fatal(err)
		}
		loc, err := time.LoadLocation(iana)
		if err != nil {
			t.Fatal(err)
		}
		it := ewssim.Item{
			Subject: "x", StartZone: zone, Start: time.Date(2026, 3, 10, 9, 0, 0, 0, loc), End: time.Date(2026, 3, 10, 10, 0, 0, 0, loc),
			Rule: &ewssim.Rule{Pattern: ewssim.Weekly, Interval: 1, Days: 1 << time.Tuesday, Start: ewssim.DayOf(at(10, 7)), Count: 8},
		}
		if edit != nil {
			edit(&it)
		}
		got, err := r.conn.Endpoint(anna, "Europe/Helsinki").Get(t.Context(), []event.ID{r.put(t, it)})
		if err != nil {
			t.Fatal(err)
		}
		return got[0], r
	}
	for _, c := range []struct {
		name, iana, zone string
		full             bool
		edit             func(*ewssim.Item)
		want             string // zone; empty: it cannot be read
	}{
		{"rules that came along", "America/New_York", id, true, nil, "America/New_York"},
		{"rules of the owner", "Europe/Helsinki", id, true, nil, "Europe/Kyiv"},
		{"a display name with rules", "Asia/Tokyo", "(UTC+09:00) Osaka, Sapporo, Tokyo", true, nil, "Asia/Tokyo"},
		{"a name of the other database", "Asia/Kathmandu", "Asia/Katmandu", false, nil, "Asia/Kathmandu"},
		{"no rules, on the owner's clocks", "Europe/Helsinki", id, false, nil, "Europe/Kyiv"},
		{"no rules, on other clocks", "America/New_York", id, false, nil, ""},
		{"no rules, an odd hour of the owner's day", "Asia/Tokyo", id, false, nil, ""},
		{"whole days of the owner", "Europe/Helsinki", id, false, func(it *ewssim.Item) { it.AllDay, it.Start, it.End = true, at(9, 22), at(10, 22) }, "days"},
		{"whole days with rules", "Asia/Tokyo", id, true, func(it *ewssim.Item) { it.AllDay, it.Start, it.End = true, at(9, 15), at(10, 15) }, "days"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, r := put(t, c.iana, c.zone, c.full, c.edit)
			switch it := got.Item; {
			case c.want == "":
				wants(t, got.Err, endpoint.Invalid, endpoint.ScopeItem, "unknown_zone")
			case it == nil:
				t.Fatal(got.Err)
			case c.want == "days":
				if it.When != event.AllDay(event.Date{Year: 2026, Month: 3, Day: 10}, event.Date{Year: 2026, Month: 3, Day: 11}) {
					t.Errorf("read as %v", it.When)
				}
			case it.When.Zone != c.want || it.When.Start.Hour != 9:
				t.Errorf("read as %v, want 9 o'clock in %s", it.When, c.want)
			default:
				// What the server shows of it is what we expand.
				page, err := r.client.Mailbox(anna).FindItemView(t.Context(), ews.ViewRequest{
					Folder: ews.FolderRef{Name: ews.FolderCalendar}, Start: at(1, 0), End: at(30, 0), Shape: ews.Shape{Fields: []ews.FieldURI{ews.FieldStart}},
				})
				occs := event.Occurrences(it.Event, event.Window{From: at(1, 0), To: at(30, 0)})
				if err != nil || len(occs) != len(page.Items) || len(occs) < 3 {
					t.Fatalf("%d occurrences, the server has %d, %v", len(occs), len(page.Items), err)
				}
				for i, o := range occs {
					if start, _ := o.Event.When.Instants(time.UTC); !start.Equal(page.Items[i].Start.Time) {
						t.Errorf("occurrence %d is at %v, the server has %v", i, start, page.Items[i].Start.Raw)
					}
				}
			}
		})
	}
}

// Whole days of a series made elsewhere: exceptions and deletions are found by
// the day that they have there.
func TestSeries_OfWholeDaysElsewhere(t *testing.T) {
	for zone, windows := range homes() {
		r := newRig(t, rigOptions{zone: windows, sim: ewssim.Options{Switches: ewssim.Switches{OffsetTimes: true}}})
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		day := func(d int) time.Time { return time.Date(2026, 3, d, 0, 0, 0, 0, loc) }
		id := r.put(t, ewssim.Item{
			Subject: "x", AllDay: true, Start: day(23), End: day(24), StartZone: windows,
			Rule: &ewssim.Rule{Pattern: ewssim.Daily, Interval: 2, Start: ewssim.DayOf(day(23)), Count: 6},
		})
		if err := r.EditOccurrence(string(id), ewssim.DayOf(day(29)), func(it *ewssim.Item) { it.Start, it.End = day(30), day(31) }); err != nil {
			t.Fatal(err)
		}
		if err := r.DropOccurrence(string(id), ewssim.DayOf(day(31))); err != nil {
			t.Fatal(err)
		}
		date := func(d int) event.Date { return event.Date{Year: 2026, Month: 3, Day: d} }
		want := with(
			event.Event{Subject: "x", ShowAs: event.ShowBusy, When: event.AllDay(date(23), date(24)), Recurrence: &event.Recurrence{Frequency: event.Daily, Interval: 2, Count: 6}},
			[]event.Wall{date(31).Midnight()}, event.Override{Original: date(29).Midnight(), Fields: event.FieldWhen, Event: event.Event{When: event.AllDay(date(30), date(31))}},
		)
		for reader := range homes() {
			ep := r.conn.Endpoint(anna, reader)
			differsNot(t, ep, get(t, ep, id).Event, want)
		}
		// Once more from this side.
		ep := r.conn.Endpoint(anna, zone)
		res := apply(t, ep, createOp(want, "k"))
		if res.Err != nil {
			t.Fatal(res.Err)
		}
		differsNot(t, ep, get(t, ep, res.Item.ID).Event, want)
	}
}
