package plan

import (
	"strings"
	"testing"

	"lockstep/sync/event"
)

func TestCut_TellsWhatASideKeepsOnlyAPartOf(t *testing.T) {
	const limit = 8
	p := &planner{in: Input{Normalize: [2]func(event.Event) event.Event{
		event.Business: func(e event.Event) event.Event { return e },
		event.Exchange: func(e event.Event) event.Event {
			hold := func(s string) string {
				s = strings.TrimSpace(strings.ReplaceAll(strings.ReplaceAll(s, "\x00", ""), "\r\n", "\n"))
				return s[:min(limit, len(s))]
			}
			e.Subject, e.Location, e.Notes = hold(e.Subject), hold(e.Location), hold(e.Notes)
			return e
		},
	}}}
	for _, c := range []struct {
		name string
		want event.Event
		cut  event.FieldSet
		bare event.FieldSet // without characters that cannot be held
	}{
		{"fits", event.Event{Subject: "12345678", Notes: " a\r\nb  ", Location: "\tx"}, 0, 0},
		{"too long", event.Event{Subject: "123456789"}, event.FieldSubject, 0},
		{"with a NUL", event.Event{Notes: "a\x00b"}, 0, event.FieldNotes},
		{"both", event.Event{Location: "12345678\x009", Notes: "a\x00b"}, event.FieldLocation, event.FieldNotes},
		{"only blanks are cut", event.Event{Subject: "1      \t   "}, 0, 0},
	} {
		whole := event.Item{Event: c.want}
		check := func(what string, long, bare, wantLong, wantBare event.FieldSet) {
			t.Helper()
			if long != wantLong || bare != wantBare {
				t.Errorf("%s, %s: cut %v, without characters %v, want %v and %v", c.name, what, long.Names(), bare.Names(), wantLong.Names(), wantBare.Names())
			}
		}
		long, bare := p.cut(event.Exchange, &whole, c.want, event.AllFields)
		check("all", long, bare, c.cut, c.bare)
		long, bare = p.cut(event.Exchange, &whole, c.want, event.FieldWhen)
		check("of a time", long, bare, 0, 0)
		long, bare = p.cut(event.Business, &whole, c.want, event.AllFields)
		check("where all is held", long, bare, 0, 0)
		long, bare = p.cut(event.Business, &event.Item{Event: c.want, Unprintable: event.FieldNotes}, c.want, event.AllFields)
		check("of a side that could not tell all", long, bare, 0, event.FieldNotes)
	}
}
