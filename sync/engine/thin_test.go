package engine_test

import (
	"fmt"
	"testing"
	"time"

	"lockstep/sync/event"
	"lockstep/sync/plan"
)

// Dates that are taken out of series count in the limit of a day as entries do:
// a few of them per run must not empty a calendar between two sign-ins.
func TestSync_DatesOfSeries_CountInTheLimitOfADay(t *testing.T) {
	r := newRig(t)
	r.policy.Limits = plan.Limits{DeleteDay: 3}
	for n := range 4 {
		r.cal[event.Business].Put(anna, weekly(fmt.Sprintf("b%d", n), 9+n))
	}
	r.settle()
	leaveOut := func(n int) {
		r.edit(event.Business, fmt.Sprintf("b%d", n), func(it *event.Item) {
			rule := *it.Recurrence
			rule.Deleted = append(rule.Deleted, it.When.On(it.When.Start.AddDays(7)))
			it.Recurrence = &rule
		})
	}
	for n := range 3 {
		leaveOut(n)
		if res := r.sync(); res.Halt != nil {
			t.Fatalf("halted at %d dates: %+v", n+1, res.Halt)
		}
	}
	leaveOut(3)
	if res := r.calm("four dates in a day"); res.Halt == nil || res.Halt.Code != plan.TooManyToday || res.Halt.Count != 4 {
		t.Errorf("halt = %+v, want %s at 4", res.Halt, plan.TooManyToday)
	}
	r.clock = r.clock.Add(24 * time.Hour)
	if res := r.sync(); res.Halt != nil {
		t.Errorf("a day later: halt %+v, want none", res.Halt)
	}
}
