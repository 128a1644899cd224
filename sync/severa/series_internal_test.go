package severa

import (
	"encoding/json"
	"testing"
	"time"

	"lockstep/sync/event"
	"lockstep/sync/severa/api"
)

// FuzzSeries reads whatever a service may say of a series: it gives an item
// that is in its normal form, or a trouble with a code.
func FuzzSeries(f *testing.F) {
	const rule = `"recurrenceType":"Series","recurrence":{"frequency":"Weekly","pattern":{"weekly":{"interval":2,"monday":true,"sunday":true}},"range":{"maxOccurrences":9},"exceptions":["2026-03-09T08:00:00Z"]}`
	const head = `"name":"x","hasDuration":true,"lastUpdatedDateTime":"2026-01-01T00:00:00Z","ownerUser":{"guid":"a"},"activityType":{"guid":"plain","category":"CalendarEntry"}`
	f.Add([]byte(`[{"guid":"s",`+head+`,"startDateTime":"2026-03-02T08:00:00Z","endDateTime":"2026-03-02T09:00:00Z",`+rule+`},
		{"guid":"s;1",`+head+`,"startDateTime":"2026-03-08T08:00:00Z","endDateTime":"2026-03-08T09:00:00Z","recurrenceType":"Occurrence"},
		{"guid":"s;2",`+head+`,"startDateTime":"2026-03-20T08:00:00Z","endDateTime":"2026-03-20T09:00:00Z","recurrenceType":"Exception"}]`), uint8(1))
	for _, pattern := range []string{
		`"Daily","pattern":{"daily":{"everyWeekday":true}}`, `"Daily","pattern":{"daily":{"interval":3}}`,
		`"Monthly","pattern":{"monthly":{"interval":1,"dayOfMonth":31}},"range":{"maxOccurrences":4}`,
		`"Yearly","pattern":{"yearly":{"month":"February","dayOrdinal":"Last","dayOrdinalOption":"Day"}}`,
	} {
		f.Add([]byte(`[{"guid":"s",`+head+`,"startDateTime":"2026-03-02T08:00:00Z","endDateTime":"2026-03-02T09:00:00Z","recurrenceType":"Series","recurrence":{"frequency":`+pattern+`}}]`), uint8(0))
	}
	v := testView()
	v.fields |= event.FieldRecurrence
	w := event.Window{From: time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)}
	f.Fuzz(func(t *testing.T, data []byte, shown uint8) {
		var rows []api.Activity
		if json.Unmarshal(data, &rows) != nil || len(rows) == 0 || len(rows) > 20 {
			return
		}
		p := parts{master: rows[0], window: w, who: map[string][]string{}}
		for i, a := range rows[1:] {
			if i < int(shown) {
				p.plain = append(p.plain, a)
			} else {
				p.changed = append(p.changed, a)
			}
		}
		s, e := v.series(p, func(string) (time.Time, bool) { return time.Time{}, false })
		if e != nil {
			if e.Code == "" {
				t.Fatalf("a trouble without a code: %v", e)
			}
			return
		}
		if d := event.Diff(s.item.Event, v.normalize(s.item.Event)) &^ (event.FieldKind | event.FieldPrivate); d != 0 { // a type may be none of the office's
			t.Fatalf("not normal in %v: %+v", d, s.item.Event)
		}
		if r, ok := ruleTo(*s.item.Recurrence); !ok || r == nil {
			t.Fatalf("a rule that was read cannot be written: %+v", s.item.Recurrence)
		}
		_, _ = v.hold(s.item.Event)
	})
}
