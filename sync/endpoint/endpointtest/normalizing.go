package endpointtest

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
)

// events draws any event that the system may be asked to hold: declared
// fields only, texts with blanks and odd characters.
func (b *bench) events() *rapid.Generator[event.Event] {
	text := rapid.StringOfN(rapid.RuneFrom([]rune("ab Ä😀\t\n<&>\"'")), 0, 2*b.o.TextLimit, -1)
	return rapid.Custom(func(r *rapid.T) event.Event {
		e := b.tidy().Draw(r, "tidy")
		if rapid.Bool().Draw(r, "odd texts") {
			odd := event.Event{Subject: text.Draw(r, "subject"), Location: text.Draw(r, "location"), Notes: text.Draw(r, "notes")}
			e = event.Take(e, odd, b.caps.Fields&(event.FieldSubject|event.FieldLocation|event.FieldNotes))
		}
		return e
	})
}

// tidy draws events that every system holds as they are: whole minutes at
// hours that no clock shows twice, short texts without blanks around them.
func (b *bench) tidy() *rapid.Generator[event.Event] {
	word := rapid.StringMatching(`[a-zåäö0-9]{1,12}( [A-Z&<>'"😀]{1,8})?`)
	return rapid.Custom(func(r *rapid.T) event.Event {
		e := event.Event{
			Subject:  word.Draw(r, "subject"),
			When:     b.span().Draw(r, "when"),
			Location: word.Draw(r, "location"),
			Notes:    strings.Join(rapid.SliceOfN(word, 1, 3).Draw(r, "notes"), "\n"),
			Private:  rapid.Bool().Draw(r, "private"),
			ShowAs:   rapid.SampledFrom([]event.ShowAs{event.ShowFree, event.ShowTentative, event.ShowBusy, event.ShowOutOfOffice}).Draw(r, "show as"),
			Reminder: event.Reminder{Set: true, Minutes: rapid.IntRange(0, 120).Draw(r, "reminder")},
			Kind:     rapid.SampledFrom(b.o.Kinds).Draw(r, "kind"),
			Done:     rapid.Bool().Draw(r, "done"),
		}
		for _, a := range b.o.Attendees {
			if rapid.Bool().Draw(r, a) {
				e.Attendees = append(e.Attendees, event.Attendee{Address: a})
			}
		}
		return event.Only(e, b.caps.Fields)
	})
}

func (b *bench) span() *rapid.Generator[event.Span] {
	return rapid.Custom(func(r *rapid.T) event.Span {
		day := b.day(rapid.IntRange(0, 300).Draw(r, "day"))
		if rapid.IntRange(0, 3).Draw(r, "all day") == 0 {
			return event.AllDay(day, day.AddDays(rapid.IntRange(1, 3).Draw(r, "days")))
		}
		start := rapid.IntRange(8*60, 20*60).Draw(r, "start")
		end := start + rapid.IntRange(1, 180).Draw(r, "length")
		return event.Span{
			Start: event.Wall{Date: day, Hour: start / 60, Minute: start % 60},
			End:   event.Wall{Date: day, Hour: end / 60, Minute: end % 60},
			Zone:  rapid.SampledFrom(b.o.Zones).Draw(r, "zone"),
		}
	})
}

func normalizeIdempotent(b *bench) {
	rapid.Check(b, func(r *rapid.T) {
		e := b.events().Draw(r, "event")
		once := b.ep.Normalize(e)
		if d := cmp.Diff(once, b.ep.Normalize(once), cmpopts.EquateEmpty()); d != "" {
			r.Errorf("normalizing twice differs (-once +twice):\n%s", d)
		}
		if d := cmp.Diff(event.Only(once, b.caps.Fields), once, cmpopts.EquateEmpty()); d != "" {
			r.Errorf("normalizing leaves undeclared fields (-want +got):\n%s", d)
		}
	})
}

// normalizeDistinct takes two events that differ in one declared field, by
// much or by the least that can be, and demands that they still differ in it.
func normalizeDistinct(b *bench) {
	rapid.Check(b, func(r *rapid.T) {
		x, y := b.tidy().Draw(r, "x"), b.tidy().Draw(r, "y")
		nx := b.ep.Normalize(x)
		for _, other := range []event.Event{y, nudged(x), emptied(x)} {
			for _, f := range b.caps.Fields.Each() {
				z := event.Take(x, other, f)
				if d := event.Diff(nx, b.ep.Normalize(z)); d != event.Diff(x, z) {
					r.Errorf("events that differ in %q differ in %q once normalized", event.Diff(x, z), d)
				}
			}
		}
	})
}

// nudged differs from e by one letter's case, one minute (or day) or one
// person. Flags and choices stay.
func nudged(e event.Event) event.Event {
	e.Subject, e.Location, e.Notes = louder(e.Subject), louder(e.Location), louder(e.Notes)
	if e.When.AllDay {
		e.When = event.AllDay(e.When.Start.Date, e.When.End.AddDays(1))
	} else {
		end := e.When.End.Hour*60 + e.When.End.Minute + 1
		e.When.End.Hour, e.When.End.Minute = end/60, end%60
	}
	if e.Reminder.Set {
		e.Reminder.Minutes++
	}
	if len(e.Attendees) > 0 {
		e.Attendees = e.Attendees[1:]
	}
	return e
}

// louder is s with its first letter in upper case.
func louder(s string) string {
	for i, r := range s {
		return s[:i] + string(unicode.ToUpper(r)) + s[i+utf8.RuneLen(r):]
	}
	return s
}

// emptied is e without what every system can do without.
func emptied(e event.Event) event.Event {
	return event.Take(e, event.Event{}, event.FieldLocation|event.FieldNotes|event.FieldReminder|event.FieldAttendees)
}

func normalizeReadAfterWrite(b *bench) {
	n := 0
	rapid.Check(b, func(r *rapid.T) {
		n++
		e := b.events().Draw(r, "event")
		res := b.ep.Apply(b.Context(), []endpoint.Op{b.createOp(e, event.Key(fmt.Sprintf("key-%d", n)))})
		if len(res) != 1 || res[0].Err != nil {
			r.Fatalf("create: %+v", res)
		}
		got, err := b.ep.Get(b.Context(), []event.ID{res[0].Item.ID})
		if err != nil || len(got) != 1 || got[0].Item == nil {
			r.Fatalf("get: %+v, %v", got, err)
		}
		want := b.ep.Normalize(e)
		if d := event.Diff(got[0].Item.Event, want); d != 0 {
			r.Errorf("read after write differs in %v: got %+v, want %+v", d, event.Only(got[0].Item.Event, d), event.Only(want, d))
		}
		if err := b.hands.Remove(res[0].Item.ID); err != nil {
			r.Fatalf("remove: %v", err)
		}
	})
}

// nastyTexts: a system may refuse a text, or keep what Normalize says, and
// must take the ordinary ones. Nothing may spoil the entries beside it.
func nastyTexts(b *bench) {
	texts := []struct {
		name, text string
		ordinary   bool
	}{
		{"emoji", "Lunch 🍜👩‍👩‍👧 at 12", true},
		{"markup", `<b>&amp;</b> "quoted" 'it' ]]> %s \n`, true},
		{"blanks around", "  planning  ", true},
		{"empty", "", true},
		{"lines", "one\r\ntwo\nthree", true},
		{"combining", "A\u030akers", true},
		{"right to left", "\u202eabc שלום", true},
		{"nul", "nul\x00inside", false},
		{"control", "bell\x07 and escape\x1b[31m", false},
		{"not a character", "\ufffe\uffff", false},
		{"invalid utf-8", "half \xc3 of one", false},
		{"64 KiB", strings.Repeat("0123456789abcdef", 4096), false},
	}
	for i, c := range texts {
		e := b.alone(i)
		e = event.Take(e, event.Event{Subject: c.text, Location: c.text, Notes: c.text},
			b.caps.Fields&(event.FieldSubject|event.FieldLocation|event.FieldNotes))
		before := b.list()
		r := b.apply(b.createOp(e, event.Key("key-"+c.name)))
		if r.Err != nil {
			if c.ordinary {
				b.Errorf("%s: %v", c.name, r.Err)
			}
			b.isError(r.Err, endpoint.Invalid)
			b.unchanged(before)
			continue
		}
		b.reads(b.get(r.Item.ID), e)
		if c.name == "emoji" {
			if got := b.get(r.Item.ID).Subject; got != c.text {
				b.Errorf("%s: subject = %q, want %q", c.name, got, c.text)
			}
		}
		if l := b.pull("", nil); len(l.items) != len(before)+1 {
			b.Errorf("%s: %d entries listed, want %d", c.name, len(l.items), len(before)+1)
		}
	}
}

// oddTimes are hours that clocks skip or show twice, nights, and days.
func oddTimes(b *bench) {
	year := b.o.Window.From.AddDate(0, 0, 30).Year()
	spring, autumn := lastSunday(year, time.March), lastSunday(year, time.October)
	at := func(d event.Date, h, m int) event.Wall { return event.Wall{Date: d, Hour: h, Minute: m} }
	zone := b.o.Zones[0]
	for name, s := range map[string]event.Span{
		"night":                 {Start: at(b.day(5), 22, 0), End: at(b.day(5).AddDays(1), 2, 0), Zone: zone},
		"no length":             {Start: at(b.day(6), 12, 0), End: at(b.day(6), 12, 0), Zone: zone},
		"across spring":         {Start: at(spring, 1, 30), End: at(spring, 5, 30), Zone: zone},
		"across autumn":         {Start: at(autumn, 1, 30), End: at(autumn, 5, 30), Zone: zone},
		"one day":               event.AllDay(b.day(7), b.day(8)),
		"all day across spring": event.AllDay(spring, spring.AddDays(1)),
		"all day across autumn": event.AllDay(autumn, autumn.AddDays(1)),
		"utc in autumn":         {Start: at(autumn, 0, 15), End: at(autumn, 1, 15), Zone: "UTC"},
	} {
		e := b.alone(1)
		e.When = s
		if !b.o.Window.Holds(e) {
			continue
		}
		it := b.create(e, event.Key("key-"+name))
		b.reads(it, e)
		if !it.When.Same(s) {
			b.Errorf("%s: %+v reads back as %+v, which is another time", name, s, it.When)
		}
	}
}

// lastSunday is when clocks change in the European Union.
func lastSunday(year int, month time.Month) event.Date {
	d := event.Date{Year: year, Month: 1, Day: 1}
	out := d
	for ; d.Year == year; d = d.AddDays(1) {
		if d.Month == month && d.In(time.UTC).Weekday() == time.Sunday {
			out = d
		}
	}
	return out
}
