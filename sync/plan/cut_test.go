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
	}{
		{"fits", event.Event{Subject: "12345678", Notes: " a\r\nb  ", Location: "\tx"}, 0},
		{"too long", event.Event{Subject: "123456789"}, event.FieldSubject},
		{"with a NUL", event.Event{Notes: "a\x00b"}, event.FieldNotes},
		{"both", event.Event{Location: "123456789", Notes: "a\x00b"}, event.FieldLocation | event.FieldNotes},
		{"only blanks are cut", event.Event{Subject: "1      \t   "}, 0},
	} {
		if got := p.cut(event.Exchange, c.want, event.AllFields); got != c.cut {
			t.Errorf("%s: cut %v, want %v", c.name, got.Names(), c.cut.Names())
		}
		if got := p.cut(event.Exchange, c.want, event.FieldWhen); got != 0 {
			t.Errorf("%s: cut %v of a time", c.name, got.Names())
		}
		if got := p.cut(event.Business, c.want, event.AllFields); got != 0 {
			t.Errorf("%s: cut %v where all is held", c.name, got.Names())
		}
	}
}
