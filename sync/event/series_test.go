package event_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"lockstep/sync/event"
)

// drawExceptions is e with some of its occurrences moved, renamed or deleted.
func drawExceptions(t *rapid.T, e event.Event, label string) event.Event {
	r := *e.Recurrence
	start := e.When.Start.In(time.UTC)
	for _, o := range event.Occurrences(e, event.Window{From: start.AddDate(0, 0, -2), To: start.AddDate(0, 2, 0)}) {
		switch rapid.IntRange(0, 3).Draw(t, label) {
		case 1:
			r.Deleted = append(r.Deleted, o.Original)
		case 2:
			r.Overrides = append(r.Overrides, event.Override{Original: o.Original, Fields: event.FieldSubject, Event: event.Event{Subject: rapid.SampledFrom([]string{"x", "y"}).Draw(t, "subject")}})
		case 3:
			// An odd minute: a move to where the series has it anyway would be none.
			o.Event.When.Start.Hour, o.Event.When.Start.Minute, o.Event.When.End.Hour = 1, 7, 23
			r.Overrides = append(r.Overrides, event.Override{Original: o.Original, Fields: event.FieldWhen, Event: event.Event{When: o.Event.When}})
		}
	}
	e.Recurrence = &r
	return e
}

func TestTakeParts_OfTheDifferenceMakesEqual(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		plain := drawSeries(t)
		a, b := drawExceptions(t, plain, "a"), drawExceptions(t, plain, "b")
		if rapid.Bool().Draw(t, "other rule") {
			r := *b.Recurrence
			r.Interval++
			b.Recurrence = &r
		}
		d := event.SeriesParts(a, b, event.AllFields)
		if back := event.SeriesParts(b, a, event.AllFields); cmp.Diff(d, back) != "" {
			t.Fatalf("parts %v one way, %v the other", d, back)
		}
		if d.Empty() != a.Recurrence.Equal(b.Recurrence) {
			t.Fatalf("parts %v, equal %v", d, a.Recurrence.Equal(b.Recurrence))
		}
		if got := event.TakeParts(a.Recurrence, b.Recurrence, d); !got.Equal(b.Recurrence) {
			t.Fatalf("with all differing parts taken: %+v\nwant %+v", got, b.Recurrence)
		}
		if !d.Empty() {
			one := d
			if len(d.Days) > 0 {
				one = event.Parts{Days: d.Days[:1]}
			}
			c := a
			c.Recurrence = event.TakeParts(a.Recurrence, b.Recurrence, one)
			if n := event.SeriesParts(c, b, event.AllFields); len(n.Days) != len(d.Days)-len(one.Days) {
				t.Fatalf("one part taken of %v leaves %v", d, n)
			}
		}
	})
}

func TestSeriesParts_GoByTheDayAndByWhatAnExceptionComesTo(t *testing.T) {
	at, later := wall(t, "2026-03-09T09:00:00"), wall(t, "2026-03-09T10:00:00")
	weekly := func(hour string, o ...event.Override) event.Event {
		e := series(t, "2026-03-02T"+hour, "2026-03-02T12:00:00", "Europe/Helsinki", event.Recurrence{Frequency: event.Weekly, Interval: 1, Days: mon})
		e.Recurrence.Overrides = o
		return e
	}
	subject := func(at event.Wall, s string) event.Override {
		return event.Override{Original: at, Fields: event.FieldSubject, Event: event.Event{Subject: s}}
	}
	for name, c := range map[string]struct {
		a, b event.Event
		want bool
	}{
		"another hour, the same day":       {weekly("09:00:00", subject(at, "x")), weekly("10:00:00", subject(later, "x")), false},
		"another subject":                  {weekly("09:00:00", subject(at, "x")), weekly("09:00:00", subject(at, "y")), true},
		"it says what the series says":     {weekly("09:00:00", subject(at, "s")), weekly("09:00:00"), false},
		"a field that nobody looks at":     {weekly("09:00:00", event.Override{Original: at, Fields: event.FieldShowAs, Event: event.Event{ShowAs: event.ShowFree}}), weekly("09:00:00"), false},
		"only one of them has it":          {weekly("09:00:00"), weekly("09:00:00", subject(at, "x")), true},
		"deleted is not merely unlike":     {weekly("09:00:00", subject(at, "s")), deletedOn(weekly("09:00:00"), at), true},
		"both deleted, whatever they were": {deletedOn(weekly("09:00:00"), at), deletedOn(weekly("10:00:00"), later), false},
	} {
		if got := !event.SeriesParts(c.a, c.b, event.AllFields&^event.FieldShowAs).Empty(); got != c.want {
			t.Errorf("%s: differ = %v, want %v", name, got, c.want)
		}
	}
}

func deletedOn(e event.Event, at event.Wall) event.Event {
	r := *e.Recurrence
	r.Deleted = []event.Wall{at}
	e.Recurrence = &r
	return e
}

func TestRekey_FollowsTheHourAndLeavesOutWhatIsNoMore(t *testing.T) {
	e := series(t, "2026-03-02T10:00:00", "2026-03-02T11:00:00", "Europe/Helsinki", event.Recurrence{
		Frequency: event.Weekly, Interval: 1, Days: mon,
		Overrides: []event.Override{{Original: wall(t, "2026-03-09T09:00:00"), Fields: event.FieldSubject}, {Original: wall(t, "2026-03-10T09:00:00"), Fields: event.FieldSubject}},
		Deleted:   []event.Wall{wall(t, "2026-03-16T09:00:00"), wall(t, "2026-02-23T09:00:00")},
	})
	got, lost := event.Rekey(e)
	want := *e.Recurrence
	want.Overrides = []event.Override{{Original: wall(t, "2026-03-09T10:00:00"), Fields: event.FieldSubject}}
	want.Deleted = []event.Wall{wall(t, "2026-03-16T10:00:00")}
	if diff := cmp.Diff(&want, got.Recurrence); diff != "" || lost != 2 {
		t.Errorf("lost %d, want 2 (-want +got):\n%s", lost, diff)
	}
}

func TestInside_KeepsTheOthersExceptionsElsewhere(t *testing.T) {
	day := func(s string) event.Wall { return wall(t, s+"T09:00:00") }
	base := &event.Recurrence{Deleted: []event.Wall{day("2026-03-09"), day("2026-06-08")}}
	have := &event.Recurrence{Deleted: []event.Wall{day("2026-03-16"), day("2026-07-06")}}
	known := from(t, "2026-03-01", 60)
	e := series(t, "2026-03-02T09:00:00", "2026-03-02T10:00:00", "Etc/UTC", *have)
	got := have.Inside(func(w event.Wall) bool { return known.HoldsDay(e, w) }, base)
	if diff := cmp.Diff([]event.Wall{day("2026-03-16"), day("2026-06-08")}, got.Deleted); diff != "" {
		t.Errorf("deleted (-want +got):\n%s", diff)
	}
}

func TestSameZone_GoesByTheClocks(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"Europe/Helsinki", "Europe/Kiev", true},
		{"Europe/Helsinki", "Europe/Stockholm", false},
		{"Asia/Kathmandu", "Asia/Katmandu", true},
		{"Etc/UTC", "nowhere", false},
		{"nowhere", "elsewhere", false},
		{"Africa/Johannesburg", "Europe/Helsinki", false},
	} {
		if got := event.SameZone(c.a, c.b); got != c.want {
			t.Errorf("SameZone(%s, %s) = %v, want %v", c.a, c.b, got, c.want)
		}
	}
}

func TestWithFields_TakesTheFieldsOfOtherExceptions(t *testing.T) {
	at := func(day int) event.Wall {
		return event.Wall{Date: event.Date{Year: 2026, Month: time.March, Day: day}, Hour: 9}
	}
	text := func(day int, s string) event.Override {
		return event.Override{Original: at(day), Fields: event.FieldSubject, Event: event.Event{Subject: s}}
	}
	placed := text(4, "A")
	placed.Fields, placed.Event.Location = event.FieldSubject|event.FieldLocation, "Room"
	r := &event.Recurrence{Overrides: []event.Override{text(3, "A"), placed}, Deleted: []event.Wall{at(5)}}
	of := &event.Recurrence{Overrides: []event.Override{text(3, "B"), text(5, "C"), text(6, "D")}}
	onlyPlace := event.Override{Original: at(4), Fields: event.FieldLocation, Event: event.Event{Location: "Room"}}
	for _, c := range []struct {
		days []event.Date
		want []event.Override
	}{
		{nil, []event.Override{text(3, "B"), onlyPlace, text(6, "D")}},
		{[]event.Date{at(6).Date}, []event.Override{text(3, "A"), placed, text(6, "D")}},
	} {
		got := r.WithFields(of, event.FieldSubject, c.days)
		if want := (&event.Recurrence{Overrides: c.want, Deleted: r.Deleted}); !got.Equal(want) {
			t.Errorf("of the days %v: %+v, want %+v", c.days, got, want)
		}
	}
	if got := r.WithFields(&event.Recurrence{}, event.FieldSubject, nil); len(got.Overrides) != 1 || len(r.Overrides) != 2 {
		t.Errorf("without text: %+v, want the place alone, and r as it was: %+v", got.Overrides, r.Overrides)
	}
}
