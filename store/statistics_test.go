package store

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"lockstep/sync/event"
	"lockstep/sync/plan"
)

func TestStatistics_CountByState(t *testing.T) {
	s := opened(t, dbPath(t))
	p := s.Person(anna)
	ok(t, p.SavePull(t.Context(), event.Exchange, page(0, 3)))
	begun(t, p, start(), making(entry(1)))
	it := entry(0)
	ok(t, p.SaveLinks(t.Context(), []plan.Link{
		{UID: "one", Refs: [2]event.Ref{{ID: "b1"}, it.Ref}}, {State: plan.Never, Refs: [2]event.Ref{{ID: "b2"}, {}}},
	}))
	got, err := s.Statistics(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []Statistics{{
		Person: anna, Links: map[string]int{"live": 1, "never": 1}, Open: map[string]int{"intended": 1},
		Entries: [2]map[string]int{event.Business: {}, event.Exchange: {"present": 3}},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Statistics (-want +got):\n%s", diff)
	}
}
