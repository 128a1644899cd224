package exchange_test

import (
	"fmt"
	"testing"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/exchange/ewssim"
)

// homes are where owners and readers sit.
func homes() map[string]string {
	return map[string]string{
		"Europe/Helsinki": "FLE Standard Time", "Europe/Amsterdam": "W. Europe Standard Time", "America/New_York": "Eastern Standard Time",
		"Asia/Tokyo": "Tokyo Standard Time", "Asia/Kathmandu": "Nepal Standard Time",
	}
}

// oddDays are the first days of whole-day entries: weeks of both clock changes
// on both sides of the Atlantic, year's end, leap day.
func oddDays() []event.Date {
	return []event.Date{
		{Year: 2026, Month: 3, Day: 7},
		{Year: 2026, Month: 3, Day: 8},
		{Year: 2026, Month: 3, Day: 28},
		{Year: 2026, Month: 3, Day: 29},
		{Year: 2026, Month: 10, Day: 24},
		{Year: 2026, Month: 10, Day: 25},
		{Year: 2026, Month: 11, Day: 1},
		{Year: 2026, Month: 12, Day: 31},
		{Year: 2028, Month: 2, Day: 29},
	}
}

// A day stays that day, whoever wrote it and wherever it is read.
func TestAllDay_NeverShifts(t *testing.T) {
	for _, g := range []ewssim.Generation{ewssim.Exchange2007SP1, ewssim.Exchange2016} {
		for writer, windows := range homes() {
			t.Run(fmt.Sprint(g, " ", writer), func(t *testing.T) {
				r := newRig(t, rigOptions{sim: ewssim.Options{Version: g}, zone: windows})
				loc, err := time.LoadLocation(writer)
				if err != nil {
					t.Fatal(err)
				}
				var ops []endpoint.Op
				var want []event.Span
				for i, d := range oddDays() {
					s := event.AllDay(d, d.AddDays(1+i%3))
					want = append(want, s)
					ops = append(ops, endpoint.Op{Kind: endpoint.Create, Want: event.Event{Subject: "day", When: s}, Stamp: event.Stamp{Office: "o", Key: event.Key(fmt.Sprint(i))}})
				}
				for i, res := range r.conn.Endpoint(anna, writer).Apply(t.Context(), ops) {
					if res.Err != nil {
						t.Fatal(res.Err)
					}
					id := res.Item.ID
					if s := r.stored(t, id); !s.Start.Equal(want[i].Start.In(loc)) || !s.End.Equal(want[i].End.In(loc)) || !s.AllDay || s.StartZone != windows {
						t.Errorf("%v is stored from %v to %v in %q", want[i], s.Start, s.End, s.StartZone)
					}
					// A person's own, made by Outlook.
					own := r.put(t, ewssim.Item{Subject: "own", AllDay: true, Start: want[i].Start.In(loc), End: want[i].End.In(loc), StartZone: windows})
					for reader := range homes() {
						ep := r.conn.Endpoint(anna, reader)
						for _, at := range []event.ID{id, own} {
							if got := get(t, ep, at).When; got != want[i] {
								t.Errorf("%v reads as %v in %s", want[i], got, reader)
							}
						}
					}
				}
			})
		}
	}
}

// A timed entry is the same moment in every zone, through the weeks in which
// clocks change, and an update moves it to just where it should be.
func TestTimes_KeepTheirMomentThroughClockChanges(t *testing.T) {
	for _, g := range []ewssim.Generation{ewssim.Exchange2007SP1, ewssim.Exchange2010SP2, ewssim.Exchange2016} {
		t.Run(g.String(), func(t *testing.T) {
			r := newRig(t, rigOptions{sim: ewssim.Options{Version: g}})
			ep := r.anna()
			for zone := range homes() {
				var ref event.Ref
				for _, d := range oddDays() {
					for _, hour := range []int{0, 1, 2, 3, 12, 23} {
						s := event.Span{Start: event.Wall{Date: d, Hour: hour, Minute: 30}, End: event.Wall{Date: d.AddDays(1), Hour: hour}, Zone: zone}
						op := endpoint.Op{Kind: endpoint.Update, Target: ref, Want: event.Event{Subject: "x", When: s}, Fields: event.FieldWhen}
						if ref.ID == "" {
							op.Kind, op.Stamp = endpoint.Create, event.Stamp{Office: "o", Key: event.Key(zone)}
						}
						res := apply(t, ep, op)
						if res.Err != nil {
							t.Fatal(res.Err)
						}
						ref = res.Item.Ref
						it := get(t, ep, ref.ID)
						start, end := s.Instants(time.UTC)
						if kept := r.stored(t, ref.ID); !kept.Start.Equal(start) || !kept.End.Equal(end) || kept.AllDay {
							t.Errorf("%v is stored from %v to %v", s, kept.Start, kept.End)
						}
						if !it.When.Same(s) || it.When != ep.Normalize(op.Want).When {
							t.Errorf("%v reads as %v, normal is %v", s, it.When, ep.Normalize(op.Want).When)
						}
					}
				}
			}
		})
	}
}

// The hour that comes twice in autumn: its second pass has no name on the
// clocks of the zone, and is told in UTC.
func TestTimes_OfTheHourThatComesTwice(t *testing.T) {
	r := newRig(t, rigOptions{})
	second := time.Date(2026, 10, 25, 1, 15, 0, 0, time.UTC) // 03:15 in Helsinki, for the second time
	id := r.put(t, ewssim.Item{Subject: "x", Start: second, End: second.Add(time.Hour)})
	it := get(t, r.anna(), id)
	if start, end := it.When.Instants(time.UTC); !start.Equal(second) || !end.Equal(second.Add(time.Hour)) || it.When.Zone != "UTC" {
		t.Errorf("%v reads as %v", second, it.When)
	}
}

// Whole days that turn into hours and back take everything along.
func TestUpdate_TurnsDaysIntoHoursAndBack(t *testing.T) {
	r := newRig(t, rigOptions{})
	ep := r.anna()
	days := event.AllDay(event.Date{Year: 2026, Month: 3, Day: 28}, event.Date{Year: 2026, Month: 3, Day: 30})
	hours := span(t, "2026-03-29T09:00:00", "2026-03-29T10:00:00", "Asia/Tokyo")
	res := apply(t, ep, endpoint.Op{Kind: endpoint.Create, Want: event.Event{Subject: "x", When: days}, Stamp: event.Stamp{Office: "o", Key: "k"}})
	for _, s := range []event.Span{hours, days, hours} {
		res = apply(t, ep, endpoint.Op{Kind: endpoint.Update, Target: res.Item.Ref, Want: event.Event{Subject: "x", When: s}, Fields: event.FieldWhen})
		if res.Err != nil {
			t.Fatal(res.Err)
		}
		if got := get(t, ep, res.Item.ID).When; !got.Same(s) {
			t.Errorf("%v reads as %v", s, got)
		}
	}
}
