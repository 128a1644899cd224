package exchange_test

import (
	"fmt"
	"strings"
	"testing"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/exchange/ewssim"
	"lockstep/sync/internal/faultscript"
)

// Whichever request of a series meets whatever trouble, the op tells that its
// outcome is open as soon as anything was written, and running it once more
// completes it. Nothing is made twice.
func TestSeries_IsCompletedAfterATroubleAtEveryStep(t *testing.T) {
	for _, kind := range []faultscript.Kind{faultscript.DropAfter, faultscript.DropBefore, faultscript.Unavailable} {
		troubles := 0
		for step := 1; ; step++ {
			r := newRig(t, rigOptions{})
			ep := r.anna()
			want := excepted(t)
			r.ResetCounters()
			r.script.Add(faultscript.Rule{After: step - 1, Times: 1, Kind: kind})
			res := apply(t, ep, createOp(want, "k"))
			r.script.Clear()
			if r.script.Fired() < 1 {
				if step < 8 || troubles < 4 {
					t.Errorf("%v: a create has %d requests, of which %d can go wrong", kind, step-1, troubles)
				}
				break
			}
			name := fmt.Sprint(kind, " at request ", step)
			if res.Err == nil { // a reading that was repeated
				differsNot(t, ep, get(t, ep, res.Item.ID).Event, want)
				continue
			}
			if wrote := r.WriteTotal() > 0; wrote && res.Err.Kind != endpoint.OutcomeUnknown {
				t.Fatalf("%s: %+v, something written: %v", name, res.Err, wrote)
			}
			troubles++
			out, err := ep.Settle(t.Context(), createOp(want, "k"), startOfTests())
			if err != nil || (out.Kind == endpoint.Applied) != (r.WriteTotal() > 0) {
				t.Fatalf("%s: settled as %+v, %v", name, out, err)
			}
			op := createOp(want, "k")
			if out.Item != nil {
				op.Kind, op.Target = endpoint.Update, out.Item.Ref
			}
			if res = apply(t, ep, op); res.Err != nil {
				t.Fatalf("%s, once more: %v", name, res.Err)
			}
			all, err := r.Items(anna, "calendar")
			if err != nil || len(all) != 1 {
				t.Fatalf("%s: %d entries, %v", name, len(all), err)
			}
			differsNot(t, ep, get(t, ep, res.Item.ID).Event, want)
		}
	}
}

// The same for a change that makes the server forget the exceptions.
func TestSeries_UpdateIsCompletedAfterALostAnswerAtEveryStep(t *testing.T) {
	troubles := 0
	for step := 1; ; step++ {
		r := newRig(t, rigOptions{})
		ep := r.anna()
		it := made(t, ep, excepted(t))
		want := atTen(t, it.Event)
		op := endpoint.Op{Kind: endpoint.Update, Target: it.Ref, Want: want, Fields: event.FieldWhen | event.FieldRecurrence}
		r.script.Add(faultscript.Rule{After: step - 1, Times: 1, Kind: faultscript.DropAfter})
		res := apply(t, ep, op)
		r.script.Clear()
		if r.script.Fired() < 1 {
			if step < 6 || troubles < 4 {
				t.Errorf("an update has %d requests, of which %d can go wrong", step-1, troubles)
			}
			break
		}
		if res.Err != nil {
			troubles++
		}
		now := get(t, ep, it.ID)
		op.Target = now.Ref
		if res = apply(t, ep, op); res.Err != nil {
			t.Fatalf("at request %d, once more: %v", step, res.Err)
		}
		differsNot(t, ep, get(t, ep, it.ID).Event, want)
		if out, err := ep.Settle(t.Context(), op, startOfTests()); err != nil || out.Kind != endpoint.Applied {
			t.Errorf("at request %d: settled as %+v, %v", step, out, err)
		}
	}
}

const (
	seriesXML = `<m:Items><t:CalendarItem><t:ItemId Id="A" ChangeKey="1"/><t:ItemClass>IPM.Appointment</t:ItemClass><t:Subject>x</t:Subject>` +
		`<t:Start>2026-03-11T07:00:00Z</t:Start><t:End>2026-03-11T08:00:00Z</t:End><t:CalendarItemType>RecurringMaster</t:CalendarItemType>` +
		`<t:Recurrence><t:DailyRecurrence><t:Interval>1</t:Interval></t:DailyRecurrence><t:NoEndRecurrence><t:StartDate>2026-03-11Z</t:StartDate></t:NoEndRecurrence></t:Recurrence>` +
		`<t:ModifiedOccurrences><t:Occurrence><t:ItemId Id="O" ChangeKey="1"/><t:Start>2026-03-12T09:00:00Z</t:Start><t:End>2026-03-12T10:00:00Z</t:End><t:OriginalStart>2026-03-12T07:00:00Z</t:OriginalStart></t:Occurrence></t:ModifiedOccurrences>` +
		`<t:StartTimeZone Id="UTC"/></t:CalendarItem></m:Items>`
	exceptionXML = `<m:Items><t:CalendarItem><t:ItemId Id="O" ChangeKey="1"/><t:ItemClass>IPM.OLE.CLASS.{00061055-0000-0000-C000-000000000046}</t:ItemClass><t:Subject>x</t:Subject>` +
		`<t:Start>2026-03-12T09:00:00Z</t:Start><t:End>2026-03-12T10:00:00Z</t:End><t:OriginalStart>2026-03-12T07:00:00Z</t:OriginalStart><t:CalendarItemType>Exception</t:CalendarItemType></t:CalendarItem></m:Items>`
)

// A series from which an exception vanishes while it is read is read again, and
// is never taken for one without that exception.
func TestSeries_ThatChangesWhileItIsReadIsReadAgain(t *testing.T) {
	gone, reset := "ErrorItemNotFound", seriesXML[:strings.Index(seriesXML, "<t:Modified")]+`<t:StartTimeZone Id="UTC"/></t:CalendarItem></m:Items>`
	for _, c := range []struct {
		name      string
		answers   map[string][]string
		overrides int
		code      string
	}{
		{"at rest", map[string][]string{"GetItem": {seriesXML}, "GetItem 2": {exceptionXML}}, 1, ""},
		{"then without exceptions", map[string][]string{"GetItem": {seriesXML}, "GetItem 2": {gone}, "GetItem 3": {reset}}, 0, ""},
		{"then with another", map[string][]string{"GetItem": {seriesXML}, "GetItem 2": {gone}, "GetItem 4": {exceptionXML}}, 1, ""},
		{"for ever", map[string][]string{"GetItem": {seriesXML}, "GetItem 2": {gone}, "GetItem 4": {gone}, "GetItem 6": {gone}}, 0, "series_changing"},
		{"then it is gone", map[string][]string{"GetItem": {seriesXML}, "GetItem 2": {gone}, "GetItem 3": {gone}}, 0, "ErrorItemNotFound"},
		{"one that cannot be read", map[string][]string{"GetItem": {seriesXML}, "GetItem 2": {"ErrorItemCorrupt"}}, 0, "ErrorItemCorrupt"},
		{"one of a day that the rule has not", map[string][]string{"GetItem": {strings.Replace(seriesXML, "2026-03-12T07", "2026-03-10T07", 1)}, "GetItem 2": {exceptionXML}}, 0, "occurrence_off_rule"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := scripted(t, c.answers).Get(t.Context(), []event.ID{"A"})
			if err != nil {
				t.Fatal(err)
			}
			switch g := got[0]; {
			case c.code != "":
				if g.Err == nil || g.Err.Code != c.code || g.Err.ID != "A" || g.Err.Scope != endpoint.ScopeItem {
					t.Errorf("error = %v, want %s", g.Err, c.code)
				}
			case g.Err != nil || len(g.Item.Recurrence.Overrides) != c.overrides:
				t.Errorf("read as %+v, %v, want %d overrides", g.Item, g.Err, c.overrides)
			}
		})
	}
	// A trouble of the whole calendar is none of the series.
	_, err := scripted(t, map[string][]string{"GetItem": {seriesXML}, "GetItem 2": {"ErrorMailboxMoveInProgress"}}).Get(t.Context(), []event.ID{"A"})
	wants(t, endpoint.As(err), endpoint.Unavailable, endpoint.ScopeCalendar, "ErrorMailboxMoveInProgress")
}

// A person who changes an occurrence while the series is being written is never
// overwritten.
func TestSeries_AnEditInBetweenIsNotOverwritten(t *testing.T) {
	for name, s := range settings() {
		var r *rig
		var it event.Item
		armed, edited := false, false
		r = newRig(t, rigOptions{sim: ewssim.Options{Switches: s, Record: func(x ewssim.Exchange) {
			if !armed || edited || x.Op != "UpdateItem" {
				return
			}
			// The series itself has its new hour, its exceptions are not there yet.
			edited = true
			if err := r.EditOccurrence(string(it.ID), ewssim.DayOf(at(17, 7)), func(i *ewssim.Item) { i.Subject = "by a person" }); err != nil {
				t.Error(err)
			}
		}}})
		ep := r.anna()
		it = made(t, ep, excepted(t))
		want := atTen(t, it.Event)
		armed = true
		res := apply(t, ep, endpoint.Op{Kind: endpoint.Update, Target: it.Ref, Want: want, Fields: event.FieldWhen | event.FieldRecurrence})
		if !edited || res.Err == nil || res.Err.Kind != endpoint.OutcomeUnknown {
			t.Errorf("%s: edited %v, %+v", name, edited, res)
		}
		kept := false
		for _, o := range event.Occurrences(get(t, ep, it.ID).Event, event.AllTime()) {
			kept = kept || o.Event.Subject == "by a person"
		}
		if !kept {
			t.Errorf("%s: the person's change is lost", name)
		}
	}
}

// A server whose occurrences have change keys of their own costs one request
// more, once.
func TestSeries_LearnsWhoseChangeKeysOccurrencesHave(t *testing.T) {
	for name, s := range map[string]ewssim.Switches{"their master's": {}, "their own": {OccurrenceKeys: true}} {
		r := newRig(t, rigOptions{sim: ewssim.Options{Switches: s}})
		ep := r.anna()
		want := weekly(t)
		for i, day := range []string{"2026-03-10", "2026-03-17", "2026-03-24", "2026-03-31"} {
			want = plus(want, event.Override{Original: wallOf(t, day+"T09:00:00"), Fields: event.FieldSubject, Event: event.Event{Subject: fmt.Sprint("n", i)}})
		}
		for i := range 2 {
			r.ResetCounters()
			res := apply(t, ep, createOp(want, event.Key(fmt.Sprint("k", i))))
			if res.Err != nil {
				t.Fatal(res.Err)
			}
			differsNot(t, ep, get(t, ep, res.Item.ID).Event, want)
			updates := 4
			if s.OccurrenceKeys && i == 0 {
				updates++ // the one that was refused
			}
			if n := r.requests()["UpdateItem"]; n != updates {
				t.Errorf("keys %s, series %d: %d updates, want %d", name, i+1, n, updates)
			}
		}
	}
}
