package exchange

import (
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"lockstep/resources/zones"
	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/exchange/ews"
)

func TestOneLine(t *testing.T) {
	long := strings.Repeat("ä", 300)
	for in, want := range map[string]string{
		"": "", "  planning  ": "planning", "a\r\nb": "a b", "a\nb\tc": "a b c", "nul\x00inside": "nulinside", "bell\x07": "bell",
		long: long[:2*255], strings.Repeat("😀", 200): strings.Repeat("😀", 127), "half \xc3 of one": "half  of one",
		strings.Repeat("x", 254) + " y": strings.Repeat("x", 254),
	} {
		if got := oneLine(in); got != want {
			t.Errorf("oneLine(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestNotes(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "one\r\ntwo\nthree\rfour": "one\ntwo\nthree\nfour", "text\r\n\r\n \r\n": "text", "\n\nlate": "late", "a\n\nb": "a\n\nb",
	} {
		if got := notes(in); got != want {
			t.Errorf("notes(%q) = %q, want %q", in, got, want)
		}
	}
}

func when(start, end string) ews.CalendarItem {
	parse := func(s string) ews.DateTime {
		t, err := time.Parse(time.RFC3339, s)
		if err != nil {
			panic(err)
		}
		return ews.At(t)
	}
	return ews.CalendarItem{Start: parse(start), End: parse(end)}
}

func TestReader_Span(t *testing.T) {
	day := event.AllDay(event.Date{Year: 2026, Month: 3, Day: 9}, event.Date{Year: 2026, Month: 3, Day: 10})
	for _, c := range []struct {
		name, start, end string
		alter            func(*ews.CalendarItem)
		want             event.Span
		code             string
	}{
		{
			name: "its own zone", start: "2026-03-09T07:00:00Z", end: "2026-03-09T08:00:00Z", alter: func(i *ews.CalendarItem) { i.StartTimeZone = "Tokyo Standard Time" },
			want: event.Span{Start: wall(9, 16), End: wall(9, 17), Zone: "Asia/Tokyo"},
		},
		{
			name: "the zone of 2007", start: "2026-03-09T07:00:00Z", end: "2026-03-09T08:00:00Z", alter: func(i *ews.CalendarItem) { i.MeetingTimeZone = "Tokyo Standard Time" },
			want: event.Span{Start: wall(9, 16), End: wall(9, 17), Zone: "Asia/Tokyo"},
		},
		{
			name: "a zone nobody knows is the owner's", start: "2026-03-09T07:00:00Z", end: "2026-03-09T08:00:00Z", alter: func(i *ews.CalendarItem) { i.StartTimeZone = "tzone://Microsoft/Custom" },
			want: event.Span{Start: wall(9, 9), End: wall(9, 10), Zone: "Europe/Kyiv"},
		},
		{
			name: "a day in its own zone", start: "2026-03-08T15:00:00Z", end: "2026-03-09T15:00:00Z",
			alter: func(i *ews.CalendarItem) { i.IsAllDay, i.StartTimeZone = true, "Tokyo Standard Time" }, want: day,
		},
		{
			name: "a day over two zones", start: "2026-03-08T15:00:00Z", end: "2026-03-09T22:00:00Z",
			alter: func(i *ews.CalendarItem) {
				i.IsAllDay, i.StartTimeZone, i.EndTimeZone = true, "Tokyo Standard Time", "FLE Standard Time"
			}, want: day,
		},
		{
			name: "a day on the owner's clocks", start: "2026-03-08T22:00:00Z", end: "2026-03-09T22:00:00Z",
			alter: func(i *ews.CalendarItem) { i.IsAllDay, i.StartTimeZone = true, "Customized Time Zone" }, want: day,
		},
		{
			name: "a day written in UTC by a program", start: "2026-03-09T00:00:00Z", end: "2026-03-10T00:00:00Z",
			alter: func(i *ews.CalendarItem) { i.IsAllDay, i.StartTimeZone = true, "FLE Standard Time" }, want: day,
		},
		{
			name: "a day nowhere known", start: "2026-03-08T18:15:00Z", end: "2026-03-09T18:15:00Z",
			alter: func(i *ews.CalendarItem) { i.IsAllDay, i.StartTimeZone = true, "Customized Time Zone" }, code: codeUnknownZone,
		},
		{
			name: "a day from noon to noon", start: "2026-03-09T10:00:00Z", end: "2026-03-10T10:00:00Z",
			alter: func(i *ews.CalendarItem) { i.IsAllDay, i.StartTimeZone = true, "FLE Standard Time" }, code: codeOddDays,
		},
		{
			name: "a day without length", start: "2026-03-08T22:00:00Z", end: "2026-03-08T22:00:00Z",
			alter: func(i *ews.CalendarItem) { i.IsAllDay, i.StartTimeZone = true, "FLE Standard Time" }, code: codeOddDays,
		},
		{name: "no offset", start: "2026-03-09T07:00:00Z", end: "2026-03-09T08:00:00Z", alter: func(i *ews.CalendarItem) { i.End.Zoned = false }, code: codeIncomplete},
	} {
		t.Run(c.name, func(t *testing.T) {
			it := when(c.start, c.end)
			c.alter(&it)
			got, code := reader{zone: "Europe/Helsinki"}.span(&it)
			if code != c.code {
				t.Fatalf("code = %q, want %q", code, c.code)
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("span (-want +got):\n%s", d)
			}
		})
	}
}

func wall(day, hour int) event.Wall {
	return event.Wall{Date: event.Date{Year: 2026, Month: 3, Day: day}, Hour: hour}
}

func TestNormalize_AZoneThatWindowsHasNotIsKeptByItsMoment(t *testing.T) {
	for _, zone := range []string{"Antarctica/Troll", "Mars/Olympus", ""} {
		s := event.Span{Start: wall(30, 9), End: wall(30, 10), Zone: zone}
		got := (&calendar{}).Normalize(event.Event{When: s}).When
		if got.Zone != utc || !got.Same(s) {
			t.Errorf("%q: %v becomes %v", zone, s, got)
		}
	}
}

// Every zone that Windows has leads to a span of the same moments and days.
func TestNormalize_MovesNoMoment(t *testing.T) {
	names := []string{"Europe/Helsinki", "Europe/Amsterdam", "America/New_York", "Asia/Tokyo", "Asia/Kathmandu", "Asia/Katmandu", "Australia/Lord_Howe", "UTC", "Antarctica/Troll", "Etc/GMT+5"}
	c := &calendar{zone: "Europe/Helsinki"}
	rapid.Check(t, func(r *rapid.T) {
		start := time.Unix(rapid.Int64Range(1_700_000_000, 1_990_000_000).Draw(r, "start"), 0)
		zone := rapid.SampledFrom(names).Draw(r, "zone")
		s, err := event.Between(start, start.Add(time.Duration(rapid.IntRange(0, 4000).Draw(r, "minutes"))*time.Minute), zone)
		if err != nil {
			r.Fatal(err)
		}
		if from, to := s.Instants(time.UTC); to.Before(from) {
			return // across the second pass of an hour
		}
		n := c.Normalize(event.Event{When: s}).When
		if !n.Same(s) {
			r.Errorf("%v becomes %v", s, n)
		}
		// What is written is what is read.
		var it ews.CalendarItem
		c.setTimes(&it, n)
		if back, code := (reader{zone: c.zone}).span(&it); code != "" || back != n {
			r.Errorf("%v is written and reads as %v, %q", n, back, code)
		}
		if _, ok := zones.ToIANA(it.StartTimeZone); !ok {
			r.Errorf("%v is written with zone %q", n, it.StartTimeZone)
		}
	})
}

func TestStanding_AnySignOfAnInvitationCounts(t *testing.T) {
	for _, c := range []struct {
		name string
		it   ews.CalendarItem
		want event.Standing
	}{
		{"plain", ews.CalendarItem{}, event.StandingOwner},
		{"own meeting", ews.CalendarItem{IsMeeting: true, State: 1, MyResponse: ews.ResponseOrganizer}, event.StandingOwner},
		{"received", ews.CalendarItem{IsMeeting: true, State: 3}, event.StandingParticipant},
		{"received, of people who are gone", ews.CalendarItem{State: 2}, event.StandingParticipant},
		{"answered, state unknown", ews.CalendarItem{IsMeeting: true, MyResponse: ews.ResponseAccept}, event.StandingParticipant},
	} {
		if got := standing(&c.it); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestItem_OfHalfAnAnswerIsRefused(t *testing.T) {
	const all = ^ews.FieldMask(0)
	id := ews.ItemID{ID: "i", ChangeKey: "c"}
	for _, c := range []struct {
		it   ews.CalendarItem
		code string
	}{
		{ews.CalendarItem{}, codeIncomplete},
		{ews.CalendarItem{Present: all, ID: ews.ItemID{ID: "i"}}, codeIncomplete},
		{ews.CalendarItem{Present: all, ID: id, Problems: []ews.ItemProblem{{Field: ews.FieldStart, Reason: "x"}}}, codeMalformed + " calendar:Start"},
		{ews.CalendarItem{Present: all, ID: id, Body: ews.Body{Truncated: true}}, codeTruncated},
		{ews.CalendarItem{Present: all, ID: id, Type: ews.TypeMaster, Start: ews.At(time.Now()), End: ews.At(time.Now())}, codeIncomplete},
		{ews.CalendarItem{Present: all, ID: id, Type: ews.TypeMaster, Start: ews.At(time.Now()), End: ews.At(time.Now()), Recurrence: &ews.Recurrence{Pattern: ews.Regenerating}}, event.HoldRegenerating},
	} {
		got, err := (reader{}).item("read", &c.it)
		if err == nil || err.Code != c.code || err.Scope != endpoint.ScopeItem {
			t.Errorf("read as %+v, %v, want %s", got, err, c.code)
		}
	}
}

func TestVerdict_KnowsEveryClass(t *testing.T) {
	for c := ews.ClassItemNotFound; c <= ews.ClassVersion; c++ {
		kind, scope := verdict(&ews.Error{Class: c}, endpoint.ScopeItem)
		if kind == endpoint.Internal && scope == endpoint.ScopeItem {
			t.Errorf("%v falls through", c)
		}
		if (c == ews.ClassUnknown) != (kind == endpoint.OutcomeUnknown) {
			t.Errorf("%v is %v", c, kind)
		}
	}
}

func TestCanonicalUID(t *testing.T) {
	const id = "040000008200E00074C5B7101A82E00807EA0309B0D1E7A55CFAD801000000000000000010000000AABBCCDDEEFF00112233445566778899"
	series := "040000008200E00074C5B7101A82E00800000000B0D1E7A55CFAD801000000000000000010000000AABBCCDDEEFF00112233445566778899"
	for in, want := range map[string]string{
		"": "", id: series, strings.ToLower(id): series, series: series, "abc@calendar.test": "abc@calendar.test", " x ": "x",
	} {
		if got := canonicalUID(in); got != want || canonicalUID(got) != want {
			t.Errorf("canonicalUID(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestStamp_IsReadAsItWasWritten(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		text := rapid.StringMatching(`[a-zA-Z0-9;:/+= ä]{0,12}`)
		want := event.Stamp{
			Office: text.Draw(r, "office"), Partner: event.ID(text.Draw(r, "partner")), Key: event.Key(text.Draw(r, "key")),
			Digest: text.Draw(r, "digest"), Left: rapid.Bool().Draw(r, "left"),
		}
		set, remove := writeStamp(want)
		for _, p := range set {
			if p.Value == "" {
				r.Errorf("%v is written without a value", p.URI)
			}
		}
		if len(set)+len(remove) != len(stampFields()) {
			r.Errorf("%d properties set and %d removed, want %d", len(set), len(remove), len(stampFields()))
		}
		if got := readStamp(&ews.CalendarItem{Extended: set}); got != want {
			r.Errorf("read %+v, want %+v", got, want)
		}
	})
}

func FuzzTexts(f *testing.F) {
	for _, s := range []string{"", "a\r\nb", "  x ", "nul\x00", "half \xc3", strings.Repeat("😀", 200), "\u0085\u2028"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		one := oneLine(s)
		if oneLine(one) != one || !utf8.ValidString(one) || len(utf16.Encode([]rune(one))) > maxLine || strings.IndexFunc(one, unicode.IsControl) >= 0 {
			t.Errorf("oneLine(%q) = %q", s, one)
		}
		n := notes(s)
		if notes(n) != n || !utf8.ValidString(n) || strings.Contains(n, "\r") {
			t.Errorf("notes(%q) = %q", s, n)
		}
		uid := canonicalUID(s)
		if canonicalUID(uid) != uid {
			t.Errorf("canonicalUID(%q) = %q, then %q", s, uid, canonicalUID(uid))
		}
	})
}

func FuzzCursor(f *testing.F) {
	f.Add("")
	f.Add(string(cursor{State: "H4sI", Enum: "e", Owed: []string{"a"}}.write()))
	f.Add(`{"v":2,"s":"x"}`)
	f.Fuzz(func(t *testing.T, s string) {
		k, ok := readCursor(endpoint.Cursor(s))
		if !ok {
			return
		}
		again, ok := readCursor(k.write())
		if d := cmp.Diff(k, again, cmpopts.EquateEmpty()); !ok || d != "" {
			t.Errorf("%q reads as %+v, which reads as %+v", s, k, again)
		}
	})
}

func FuzzItem(f *testing.F) {
	f.Add(int64(1_773_000_000), int64(3600), "FLE Standard Time", "", true, "subject", "text\r\n")
	f.Add(int64(1_792_890_900), int64(86_400), "tzone://Microsoft/Utc", "Tokyo Standard Time", false, "", "")
	f.Fuzz(func(t *testing.T, start, length int64, first, last string, days bool, subject, body string) {
		const most = 1 << 36
		if start < -most || start > most || length < 0 || length > most {
			return
		}
		from := time.Unix(start, 0).UTC()
		it := ews.CalendarItem{
			ID: ews.ItemID{ID: "i", ChangeKey: "c"}, Start: ews.At(from), End: ews.At(from.Add(time.Duration(length) * time.Second)),
			IsAllDay: days, StartTimeZone: first, EndTimeZone: last, Subject: subject, Body: ews.Body{Text: body},
		}
		got, code := reader{zone: "Europe/Helsinki"}.span(&it)
		if code != "" {
			return
		}
		c := &calendar{zone: "Europe/Helsinki"}
		e := event.Event{Subject: oneLine(subject), When: got, Notes: notes(body), ShowAs: event.ShowBusy}
		if n := c.Normalize(e); event.Diff(n, e) != 0 {
			t.Errorf("what was read is not normal: %+v becomes %+v", e, n)
		}
		if !days {
			if s, x := got.Instants(time.UTC); !s.Equal(it.Start.Time) || !x.Equal(it.End.Time) {
				t.Errorf("%v to %v reads as %v", it.Start.Time, it.End.Time, got)
			}
		}
	})
}
