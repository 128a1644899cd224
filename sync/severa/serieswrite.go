package severa

import (
	"context"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/severa/api"
)

// createSeries makes a series and then the occurrences that differ. It is made
// whole or taken back.
func (c *calendar) createSeries(ctx context.Context, name string, v view, want event.Event) endpoint.Result {
	verdict, code := v.hold(want)
	rule, ok := ruleTo(*want.Recurrence)
	if verdict != event.HoldWhole || !ok {
		return endpoint.Result{Err: fault(name, "", endpoint.ScopeItem, endpoint.Invalid, code)}
	}
	a, err := c.post(ctx, v, want, rule)
	if err != nil {
		return endpoint.Result{Err: createFailed(name, err)}
	}
	c.remember(a, nil)
	if _, err := c.gather(ctx, a, reading{row: a}, want.Attendees); err != nil {
		return endpoint.Result{Err: c.takeBack(ctx, name, a, err)}
	}
	it, e := c.reconcile(ctx, name, event.ID(a.GUID), want)
	if e != nil {
		return endpoint.Result{Err: c.takeBack(ctx, name, a, e)}
	}
	return endpoint.Result{Item: it, Exact: true}
}

// updateSeries writes fields over a series: first what concerns the whole, then
// the occurrences that differ from what is wanted.
func (c *calendar) updateSeries(ctx context.Context, name string, op endpoint.Op, before *event.Item, r reading) endpoint.Result {
	v := c.view()
	want := event.Take(before.Event, v.normalize(op.Want), op.Fields&c.fields)
	if op.Fields&(event.FieldPrivate|event.FieldKind) != 0 {
		if !op.Fields.Has(event.FieldKind) && want.Private != before.Private {
			want.Kind = event.Kind{}
		}
		want.Kind = c.kinds.of(want)
	}
	refuse := func(k endpoint.Kind, code string) endpoint.Result {
		return endpoint.Result{Err: fault(name, before.ID, endpoint.ScopeItem, k, code)}
	}
	if code := faultOf(want.When); code != "" {
		return refuse(endpoint.Invalid, code)
	}
	if want.Recurrence != nil {
		want = v.settled(want)
	}
	differ := event.Diff(before.Event, want)
	if want.Recurrence != nil && differ.Has(event.FieldRecurrence) && !tellable(want) && (before.Recurrence == nil || tellable(before.Event)) {
		return refuse(endpoint.Invalid, CodeSeriesException)
	}
	another := anotherRule(before.Event, want)
	ops := v.patchOf(r.row, differ, want)
	if another {
		if code := r.tiedExceptions(); code != "" {
			return refuse(endpoint.Forbidden, code) // a new rule ends them
		}
		if want.Recurrence == nil {
			ops = append(ops, api.Replace("/recurrence", nil))
		} else {
			rule, ok := ruleTo(*want.Recurrence)
			if verdict, code := v.hold(want); verdict != event.HoldWhole || !ok {
				return refuse(endpoint.Invalid, code)
			}
			ops = append(ops, api.Replace("/recurrence", rule))
		}
	}
	wrote := false
	row := r.row
	if len(ops) > 0 {
		a, err := c.patch(ctx, v, row, ops, want.When, another)
		if err != nil {
			return endpoint.Result{Err: failed(name, before.ID, err)}
		}
		row, wrote = a, true
	}
	if differ.Has(event.FieldAttendees) {
		joined, err := c.gather(ctx, row, r, want.Attendees)
		if err != nil {
			return endpoint.Result{Err: unknown(name, before.ID, err, wrote || joined)}
		}
		wrote = wrote || joined
	}
	if want.Recurrence == nil {
		return c.reread(ctx, name, before.ID)
	}
	it, e := c.reconcile(ctx, name, before.ID, want)
	if e != nil {
		return endpoint.Result{Err: settledLater(name, before.ID, e, wrote)}
	}
	return endpoint.Result{Item: it, Exact: true}
}

// settledLater is the error of a write that broke off in the middle. What the
// service refuses, or what has become unreadable, is this entry's trouble and is
// said as such: to ask again would end in the same way, and the next listing shows what was
// done. All else has to be looked at before anything is sent again.
func settledLater(name string, id event.ID, e *endpoint.Error, wrote bool) *endpoint.Error {
	if e.Scope == endpoint.ScopeItem && (e.Kind == endpoint.Invalid || e.Kind == endpoint.Forbidden) && e.Code != "" {
		return e
	}
	return unknown(name, id, e, wrote)
}

// anotherRule tells whether two series put different occurrences.
func anotherRule(a, b event.Event) bool {
	if a.Recurrence == nil || b.Recurrence == nil {
		return a.Recurrence != b.Recurrence
	}
	return a.When != b.When || !bare(a).Recurrence.Equal(bare(b).Recurrence)
}

// tiedExceptions is why the changed occurrences of a series may not be lost.
func (r reading) tiedExceptions() string {
	if r.series == nil {
		return ""
	}
	for _, x := range r.series.rows {
		if code := tied(x); code != "" && x.RecurrenceType == api.RecurrenceException {
			return code
		}
	}
	return ""
}

// reconcile makes the occurrences of a series, inside the window, what they
// should be. It looks at what there is first, so that doing it again finishes
// what was broken off.
func (c *calendar) reconcile(ctx context.Context, name string, id event.ID, want event.Event) (*event.Item, *endpoint.Error) {
	wrote := false
	for reset := false; ; {
		it, r, e := c.read(ctx, name, id)
		if e != nil {
			return nil, settledLater(name, id, e, true)
		}
		if r.series == nil || anotherRule(it.Event, want) {
			return nil, fault(name, id, endpoint.ScopeItem, endpoint.Invalid, c.whyAnother(it.Event, want))
		}
		todo, missing := c.steps(it.Event, r.series, want)
		if missing && !reset {
			// There is no way to bring one back but to bring all back.
			if code := r.tiedExceptions(); code != "" {
				return nil, fault(name, id, endpoint.ScopeItem, endpoint.Forbidden, code)
			}
			if err := c.client.DeleteExceptions(ctx, string(id)); err != nil && !refusedExceptions(err) {
				return nil, unknown(name, id, err, wrote)
			}
			reset, wrote = true, true
			c.forgetSeries(string(id))
			continue
		}
		for _, s := range todo {
			if e := c.step(ctx, name, id, s); e != nil {
				return nil, settledLater(name, id, e, wrote)
			}
			wrote = true
		}
		switch {
		case missing:
			return nil, fault(name, id, endpoint.ScopeItem, endpoint.Invalid, CodeSeriesUndelete)
		case len(todo) == 0:
			return it, nil
		}
		now, _, e := c.read(ctx, name, id)
		if e != nil {
			return nil, settledLater(name, id, e, true)
		}
		return now, nil
	}
}

func refusedExceptions(err error) bool {
	e, ok := asAPI(err)
	return ok && (e.Class == api.NotFound || e.Class == api.Invalid)
}

// whyAnother is why a series that was written is not what was meant.
func (c *calendar) whyAnother(got, want event.Event) string {
	if got.Recurrence != nil && got.When.Zone != want.When.Zone {
		return event.HoldZone
	}
	return CodeSeriesRule
}

// step makes one occurrence what it should be.
type step struct {
	row    api.Activity
	want   event.Event
	fields event.FieldSet // empty: it is deleted
	sure   bool           // whatever is tied to it
}

// steps are what is to be done to the occurrences inside the window; missing tells whether
// one has to come back.
func (c *calendar) steps(now event.Event, s *series, want event.Event) (todo []step, missing bool) {
	v := c.view()
	for _, o := range event.Occurrences(bare(want), c.knownWindow()) {
		row, there := s.rows[o.Original]
		is, shown := event.OccurrenceAt(now, o.Original)
		should, wanted := event.OccurrenceAt(want, o.Original)
		switch {
		case !wanted && there:
			todo = append(todo, step{row: row})
		case wanted && (!there || !shown):
			missing = true
		case wanted:
			f := event.Diff(is, should) & c.fields
			if row.RecurrenceType == api.RecurrenceException && v.outdated(row, should) {
				f |= event.FieldNotes // it has notes of its own, and with them a list
			}
			if f != 0 {
				todo = append(todo, step{row: row, want: should, fields: f})
			}
		}
	}
	return todo, missing
}

func (c *calendar) step(ctx context.Context, name string, id event.ID, s step) *endpoint.Error {
	if s.fields == 0 {
		if code := tied(s.row); code != "" && !s.sure && s.row.RecurrenceType == api.RecurrenceException {
			return fault(name, id, endpoint.ScopeItem, endpoint.Forbidden, code)
		}
		err := c.client.DeleteActivity(ctx, s.row.GUID)
		if isNotFound(err) {
			return nil
		}
		return c.occurrenceFailed(name, id, err)
	}
	v := c.view()
	row := s.row
	if ops := v.patchOf(row, s.fields, s.want); len(ops) > 0 || s.fields.Has(event.FieldWhen) {
		a, err := c.patch(ctx, v, row, ops, s.want.When, s.fields.Has(event.FieldWhen))
		if err != nil {
			return c.occurrenceFailed(name, id, err)
		}
		row = a // an exception may get an id of its own
	}
	if s.fields.Has(event.FieldAttendees) {
		members, rows, err := c.askMembers(ctx, row)
		if err == nil {
			_, err = c.gather(ctx, row, reading{row: row, rows: rows, members: members}, s.want.Attendees)
		}
		return c.occurrenceFailed(name, id, err)
	}
	return nil
}

// occurrenceFailed is the error of a write to one occurrence. Whether there are any such writes
// is not documented.
func (c *calendar) occurrenceFailed(name string, id event.ID, err error) *endpoint.Error {
	if e, ok := asAPI(err); ok && e.Class == api.Invalid && e.Type == api.InvalidOperation {
		c.fixed.Store(true)
		return fault(name, id, endpoint.ScopeItem, endpoint.Invalid, event.HoldException)
	}
	return failed(name, id, err)
}
