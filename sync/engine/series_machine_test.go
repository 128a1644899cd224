package engine_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"lockstep/sync/event"
	"lockstep/sync/memory"
	"lockstep/sync/plan"
)

// weeks is how many occurrences of a series the machine looks at.
const weeks = 6

// weekly is a series of six Tuesdays.
func weekly(subject string, hour int) event.Event {
	e := meeting(subject, 3, hour)
	e.Recurrence = &event.Recurrence{Frequency: event.Weekly, Interval: 1, Days: 1 << time.Tuesday, Count: weeks}
	return e
}

// week is when the occurrence of a week would start.
func week(e event.Event, n int) event.Wall { return e.When.On(e.When.Start.AddDays(7 * n)) }

// seriesFields are the words in which the oracle speaks of a series: its rule,
// and of each week how the occurrence departs from it.
func seriesFields(it event.Item, out map[string]string) {
	r := it.Recurrence
	out["rule"] = fmt.Sprint(r.Frequency, r.Interval, r.Count)
	for n := range weeks {
		at := week(it.Event, n)
		value := "plain"
		for _, o := range r.Overrides {
			if o.Original != at {
				continue
			}
			value = ""
			if o.Fields.Has(event.FieldWhen) {
				start, _ := o.Event.When.Instants(time.UTC)
				value += start.Format(time.RFC3339)
			}
			if o.Fields.Has(event.FieldSubject) {
				value += " " + strings.TrimSpace(o.Event.Subject)
			}
		}
		for _, d := range r.Deleted {
			if d == at {
				value = "deleted"
			}
		}
		if !it.Produces(at) {
			value = "none"
		}
		out[fmt.Sprint("week ", n)] = value
	}
}

func (m *machine) createSeries(t *rapid.T) {
	s := event.Side(rapid.IntRange(0, 1).Draw(t, "side"))
	m.made++
	m.track(s, fmt.Sprintf("tok%d", m.made), weekly(fmt.Sprintf("tok%d first", m.made), rapid.IntRange(5, 18).Draw(t, "hour")))
}

// editSeries is a person changing the rule, or moving, renaming or deleting one
// occurrence.
func (m *machine) editSeries(t *rapid.T) {
	s := event.Side(rapid.IntRange(0, 1).Draw(t, "side"))
	it := m.pick(t, s)
	if it == nil || it.Recurrence == nil {
		return
	}
	at := week(it.Event, rapid.IntRange(0, weeks-1).Draw(t, "week"))
	n := rapid.IntRange(0, 999).Draw(t, "value")
	var err error
	switch rapid.SampledFrom([]string{"rule", "move", "rename", "delete"}).Draw(t, "what") {
	case "rule":
		err = m.cal[s].Edit(anna, it.ID, func(it *event.Item) { it.Recurrence.Interval = 3 - it.Recurrence.Interval })
	case "move":
		err = m.cal[s].EditOccurrence(anna, it.ID, at, func(e *event.Event) {
			e.When.Start.Hour, e.When.End.Hour = 5+n%13, 6+n%13
			e.When.Start.Minute, e.When.End.Minute = 30, 30
		})
	case "rename":
		err = m.cal[s].EditOccurrence(anna, it.ID, at, func(e *event.Event) { e.Subject = fmt.Sprintf("%s once %d", nameOf(it.Subject), n) })
	case "delete":
		err = m.cal[s].EditOccurrence(anna, it.ID, at, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	m.note(s, nameOf(it.Subject))
}

func TestMachine_SeriesNothingLostNothingTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := newMachine(t)
		if rapid.Bool().Draw(t, "bare") {
			for _, s := range event.Sides() {
				o := [2]memory.Options{memory.LikeBusiness(m.now), memory.LikeExchange(m.now)}[s]
				o.Bare = true
				m.cal[s] = memory.NewCalendar(o)
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"create": m.createSeries, "edit": m.edit, "series": m.editSeries, "series_more": m.editSeries, "remove": m.remove,
			"fault": m.fault, "sync": m.run, "rest": m.rest,
		})
		m.rest(t)
	})
}

func newMachine(t *rapid.T) *machine {
	m := &machine{rig: newRig(t), tokens: map[string]*token{}}
	m.policy.Deleted = plan.KeepChanged
	m.policy.Winner = rapid.SampledFrom([]plan.Winner{plan.ByField, plan.BusinessWins, plan.ExchangeWins}).Draw(t, "winner")
	m.policy.Limits = plan.Limits{DeleteFloor: 1 << 20, DeleteRun: 1 << 20, DeleteDay: 1 << 20, ShrinkPercent: 101, ShiftFloor: 1 << 20, CreateFloor: 1 << 20}
	return m
}
