package office_test

import (
	"pgregory.net/rapid"

	"lockstep/sync/event"
)

// following is what the machine knows of a meeting that somebody has called.
type following struct {
	by event.PersonID // who called it; empty: it is no meeting
	// held is everything that his copy has ever told.
	held map[string]bool
	// calm: all copies have once told the same at rest. outlook: somebody has
	// since typed into one in Exchange; loud: changes of it are mailed.
	calm, outlook, loud bool
}

// said is what a copy tells, field by field.
func said(e event.Event) []string {
	return []string{"subject " + e.Subject, "place " + e.Location, "time " + e.When.Start.String()}
}

func (f *following) hold(e event.Event) {
	if f.held == nil {
		f.held = map[string]bool{}
	}
	for _, s := range said(e) {
		f.held[s] = true
	}
}

// typed is somebody writing into a copy. A guest's own reminder tells nothing.
func (f *following) typed(s event.Side, who event.Standing) {
	if s == event.Exchange && who == event.StandingOwner {
		f.outlook = true
	}
	if !f.calm {
		f.outlook = true // whoever is tied later takes the copies as they are
	}
}

// led notes what the organisers' copies tell now.
func (m *machine) led() {
	now := m.look()
	for name, tok := range m.tokens {
		if tok.by == "" {
			continue
		}
		for _, it := range now.copies(event.Exchange, tok.by, name) {
			tok.hold(it.Event)
		}
	}
}

// echoes fails where a copy of a colleague's meeting tells what the colleague's
// own has never told: not even for a moment does one go ahead of it.
func (m *machine) echoes(t *rapid.T) {
	now := m.look()
	for name, tok := range m.tokens {
		if tok.by == "" || tok.deleted {
			continue
		}
		for _, who := range everybody() {
			for _, it := range now.copies(event.Exchange, who, name) {
				for _, s := range said(it.Event) {
					if it.Standing == event.StandingParticipant && !tok.held[s] {
						m.explain(t, name)
						t.Fatalf("the copy of %s tells %s, which that of %s never told", who, s, tok.by)
					}
				}
			}
		}
	}
}

// judgeCopies: where only the business side has changed a meeting since all
// copies were alike, they are alike again.
func (m *machine) judgeCopies(t *rapid.T, now looked, name string, tok *token) {
	own := now.copies(event.Exchange, tok.by, name)
	if tok.by == "" || tok.deleted || len(own) != 1 {
		return
	}
	alike := true
	for _, who := range everybody() {
		for _, it := range now.copies(event.Exchange, who, name) {
			alike = alike && event.Diff(it.Event, own[0].Event)&tells == 0
			if !alike && tok.calm && !tok.outlook && !tok.loud {
				m.explain(t, name)
				t.Fatalf("the copy of %s tells %q, that of %s %q", who, said(it.Event), tok.by, said(own[0].Event))
			}
		}
	}
	if alike {
		tok.calm, tok.outlook = true, false
	}
}
