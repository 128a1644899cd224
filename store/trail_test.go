package store

import (
	"testing"
	"time"

	"lockstep/sync/event"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// The trail is there for what is going on today: it must not grow with the
// years, nor with how busy an office is.
func TestTrail_ForgetsWhatIsTooOldToCount(t *testing.T) {
	s := opened(t, dbPath(t))
	p, it := s.Person(anna), entry(1)
	ok(t, p.SaveLinks(t.Context(), []plan.Link{{Refs: [2]event.Ref{{ID: "b"}, it.Ref}}}))
	link := loaded(t, p).Links[0]
	turn := func(age time.Duration) plan.Turn {
		return plan.Turn{Field: event.FieldSubject, Was: "was", Is: "is", At: start().Add(-age)}
	}
	write := func(turns ...plan.Turn) {
		open := begun(t, p, start(), state.Intent{Action: plan.Action{Kind: plan.Update, Side: event.Exchange, Link: link.ID, Have: [2]*event.Item{nil, &it}}})
		ok(t, p.Settle(t.Context(), []state.Settled{{Entry: open[0].ID, Outcome: state.Applied, Link: &link, At: start(), Turns: turns}}))
	}
	write(turn(30*24*time.Hour), turn(49*time.Hour), turn(47*time.Hour))
	write(turn(time.Hour))
	same(t, "trail", loaded(t, p).Trail[link.ID], []plan.Turn{turn(47 * time.Hour), turn(time.Hour)})
	var kept int
	ok(t, s.read.QueryRowContext(t.Context(), "SELECT count(*) FROM trail").Scan(&kept))
	if kept != 2 {
		t.Errorf("%d turns are kept, want 2", kept)
	}
}
