package severa

import (
	"cmp"
	"context"
	"log/slog"
	"maps"
	"slices"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/severa/api"
)

// Apply carries out ops, one after the other. No other write of the connection
// comes between the reading of an entry and the write over it; a person at
// work in Severa may, since the service has no precondition.
func (c *calendar) Apply(ctx context.Context, ops []endpoint.Op) []endpoint.Result {
	out := make([]endpoint.Result, len(ops))
	for i, op := range ops {
		out[i] = c.write(ctx, op)
		e := out[i].Err
		if e == nil || e.Scope == endpoint.ScopeItem {
			continue
		}
		for j := i + 1; j < len(ops); j++ { // an unknown outcome is always one of an item, so these say "not sent"
			out[j] = endpoint.Result{Err: e}
		}
		break
	}
	return out
}

func (c *calendar) write(ctx context.Context, op endpoint.Op) endpoint.Result {
	name := op.Kind.String() + " severa activity"
	if c.thing {
		return endpoint.Result{Err: fault(name, op.Target.ID, endpoint.ScopeItem, endpoint.Forbidden, CodeNotOwner)}
	}
	if err := c.writes.enter(ctx); err != nil {
		return endpoint.Result{Err: stopped(name, err)}
	}
	defer c.writes.leave()
	defer c.sawNow()
	switch op.Kind {
	case endpoint.Create:
		return c.create(ctx, name, op)
	case endpoint.Update, endpoint.Delete, endpoint.Leave:
		for again := 0; ; again++ {
			out := c.overwrite(ctx, name, op)
			if again >= c.client.Repeats() || !shortlyRefused(out.Err) {
				return out
			}
		}
	case endpoint.Mark:
		return endpoint.Result{Err: fault(name, op.Target.ID, endpoint.ScopeItem, endpoint.Invalid, CodeNoSlot)}
	}
	return endpoint.Result{Err: fault(name, op.Target.ID, endpoint.ScopeItem, endpoint.Internal, "")}
}

// shortlyRefused tells whether a write was refused, with nothing done, for no longer than the client
// waits by itself. It is begun anew then, with another reading: somebody may have come in between.
func shortlyRefused(e *endpoint.Error) bool {
	return e != nil && e.Kind == endpoint.Throttled && e.RetryAfter > 0 && e.RetryAfter <= api.ShortPause
}

// overwrite does something to an entry that is still as it was seen.
func (c *calendar) overwrite(ctx context.Context, name string, op endpoint.Op) endpoint.Result {
	before, r, e := c.read(ctx, name, op.Target.ID)
	if e != nil {
		if e.Kind == endpoint.OutcomeUnknown { // a reading has no outcome
			e.Kind = endpoint.Unavailable
		}
		return endpoint.Result{Err: e}
	}
	if before.Version != op.Target.Version && !c.ownTrail(op, before, r) {
		return endpoint.Result{Before: before, Err: fault(name, before.ID, endpoint.ScopeItem, endpoint.Precondition, CodeStale)}
	}
	if dropped := c.dropsOccurrences(op, before); dropped != nil {
		return c.leaveOccurrences(ctx, name, before, r, dropped)
	}
	if code := forbidden(op, before, r); code != "" {
		return endpoint.Result{Before: before, Err: fault(name, before.ID, endpoint.ScopeItem, endpoint.Forbidden, code)}
	}
	defer c.forgetSeries(r.row.GUID)
	var out endpoint.Result
	switch {
	case r.original != event.Wall{}:
		out = c.overwriteOccurrence(ctx, name, op, before, r)
	case op.Kind == endpoint.Update && (r.series != nil || op.Want.Recurrence != nil && op.Fields.Has(event.FieldRecurrence)):
		out = c.updateSeries(ctx, name, op, before, r)
	case op.Kind == endpoint.Update:
		out = c.update(ctx, name, op, before, r)
	case op.Kind == endpoint.Delete:
		err := c.client.DeleteActivity(ctx, r.row.GUID)
		if err == nil {
			c.graves.bury(r.row.GUID, c.now())
		}
		out.Err = failed(name, before.ID, err)
	case op.Kind == endpoint.Leave:
		out.Err = c.leaveActivity(ctx, name, r)
	}
	out.Before = before
	return out
}

// forbidden is why this person may not do that to an activity; empty if he may.
func forbidden(op endpoint.Op, it *event.Item, r reading) string {
	participant := it.Standing == event.StandingParticipant
	switch op.Kind {
	case endpoint.Leave:
		if !participant && (len(r.members) == 0 || r.original != event.Wall{}) {
			return CodeIsOwner
		}
		return ""
	case endpoint.Delete:
		if participant {
			return CodeNotOwner
		}
		if op.Sure {
			return ""
		}
		return r.tied()
	case endpoint.Update:
		if participant {
			return CodeNotOwner
		}
		return ""
	case endpoint.Create, endpoint.Mark:
	}
	return ""
}

// tied is why deleting what was read would lose what cannot be made again.
func (r reading) tied() string {
	if r.original != (event.Wall{}) {
		return tied(r.series.rows[r.original])
	}
	code := tied(r.row)
	if r.series != nil {
		for _, o := range slices.SortedFunc(maps.Keys(r.series.rows), event.Wall.Compare) {
			code = cmp.Or(code, tied(r.series.rows[o]))
		}
	}
	return code
}

// update writes fields over an activity, then its participants.
func (c *calendar) update(ctx context.Context, name string, op endpoint.Op, before *event.Item, r reading) endpoint.Result {
	v := c.view()
	want := event.Take(before.Event, v.normalize(op.Want), op.Fields&c.fields)
	// The kind follows from whether the entry is private, and the other way round.
	if op.Fields&(event.FieldPrivate|event.FieldKind) != 0 {
		if !op.Fields.Has(event.FieldKind) && want.Private != before.Private {
			want.Kind = event.Kind{}
		}
		want.Kind = c.kinds.of(want)
	}
	if code := faultOf(want.When); code != "" && op.Fields.Has(event.FieldWhen) {
		return endpoint.Result{Err: fault(name, before.ID, endpoint.ScopeItem, endpoint.Invalid, code)}
	}
	differ := event.Diff(before.Event, want)
	row, wrote := r.row, false
	if ops := v.patchOf(r.row, differ, want); len(ops) > 0 || differ.Has(event.FieldWhen) {
		a, err := c.patch(ctx, v, r.row, ops, want.When, differ.Has(event.FieldWhen))
		if err != nil {
			return endpoint.Result{Err: failed(name, before.ID, err)}
		}
		row, wrote = a, true
	}
	members := r.members
	if differ.Has(event.FieldAttendees) {
		joined, err := c.gather(ctx, row, r, want.Attendees)
		if err != nil {
			return endpoint.Result{Err: unknown(name, before.ID, err, wrote || joined)}
		}
		return c.reread(ctx, name, before.ID)
	}
	c.remember(row, members)
	return c.answer(v, name, before.ID, row, members)
}

// patchOf are the replacements of all fields but time and people, of whom the
// notes list those who are no users.
func (v view) patchOf(row api.Activity, differ event.FieldSet, want event.Event) []api.PatchOp {
	var ops []api.PatchOp
	if notes, other := v.written(row, want); other && differ&(event.FieldNotes|event.FieldAttendees) != 0 {
		ops = append(ops, api.Replace("/notes", notes))
	}
	for _, f := range []struct {
		field event.FieldSet
		path  string
		value any
	}{
		{event.FieldSubject, "/name", want.Subject},
		{event.FieldLocation, "/location", want.Location},
		{event.FieldKind, "/activityType/guid", want.Kind.ID},
		{event.FieldDone, "/isClosed", want.Done},
	} {
		if differ.Has(f.field) {
			ops = append(ops, api.Replace(f.path, f.value))
		}
	}
	return ops
}

// patch sends replacements, and the time if it is to be written.
func (c *calendar) patch(ctx context.Context, v view, a api.Activity, ops []api.PatchOp, s event.Span, when bool) (api.Activity, error) {
	if !when {
		return c.client.PatchActivity(ctx, a.GUID, ops)
	}
	return c.inMidnights(ctx, v, s, userID(a.OwnerUser.GUID), func(loc *time.Location) (api.Activity, error) {
		return c.client.PatchActivity(ctx, a.GUID, append(slices.Clone(ops), timesOf(a, s, loc)...))
	})
}

// timesOf are the replacements that give an activity another time. What has no
// duration keeps having none for as long as it fits.
func timesOf(a api.Activity, s event.Span, loc *time.Location) []api.PatchOp {
	start, end := wired(s, loc)
	ops := []api.PatchOp{api.Replace("/startDateTime", start)}
	plain := !s.AllDay && !a.HasDuration && a.End.IsZero() && start.Equal(end.Time)
	if plain {
		ops = append(ops, api.Replace("/endDateTime", nil))
	} else {
		ops = append(ops, api.Replace("/endDateTime", end))
	}
	if a.IsAllDay != s.AllDay {
		ops = append(ops, api.Replace("/isAllDay", s.AllDay))
	}
	if !a.HasDuration && !plain && (s.AllDay || a.End.IsZero()) {
		ops = append(ops, api.Replace("/hasDuration", true))
	}
	return ops
}

// inMidnights sends a write with a time. Whose midnights bound an all-day entry
// is not documented, so what comes back decides: if the service made
// other days of it, they are sent again in the midnights that it showed.
// A refusal has written nothing, so the next zone may be tried.
func (c *calendar) inMidnights(ctx context.Context, v view, s event.Span, owner string, send func(*time.Location) (api.Activity, error)) (api.Activity, error) {
	if !s.AllDay {
		return send(time.UTC)
	}
	zones := v.midnights(owner)
	if learnt := c.days.Load(); learnt != nil {
		zones = slices.Insert(zones, 0, learnt)
	}
	var a api.Activity
	var err error
	var refused error
	for i, loc := range zones {
		if slices.IndexFunc(zones, func(z *time.Location) bool { return z.String() == loc.String() }) < i {
			continue
		}
		if a, err = send(loc); err == nil {
			break
		}
		if !refusedTimes(err) {
			return a, err
		}
		if refused == nil {
			refused = err
		}
	}
	if err != nil {
		return a, refused
	}
	return c.settleDays(ctx, v, s, a)
}

// refusedTimes tells whether the service did not like the bounds of an entry.
func refusedTimes(err error) bool {
	e, ok := asAPI(err)
	return ok && e.Class == api.Invalid && e.Sent &&
		(e.Parameter == "" || containsFold(e.Parameter, "startDateTime") || containsFold(e.Parameter, "endDateTime"))
}

// settleDays compares the days that the service made of an all-day entry with
// those that were meant, and mends them once.
func (c *calendar) settleDays(ctx context.Context, v view, s event.Span, a api.Activity) (api.Activity, error) {
	owner := userID(a.OwnerUser.GUID)
	got, loc, ok := daysOf(a.Start.Time, a.End.Time, v.midnights(owner))
	if !ok || got == s && loc.String() == v.midnights(owner)[0].String() {
		return a, nil
	}
	if got != s {
		mended, err := c.client.PatchActivity(ctx, a.GUID, timesOf(a, s, loc))
		if err != nil {
			e, _ := asAPI(err)
			c.log.WarnContext(ctx, "the days of an activity could not be mended", slog.String("id", a.GUID), slog.Any("err", err))
			if e != nil && e.Class == api.Invalid {
				return a, nil // it is there, on other days; what is read back says so
			}
			return a, &api.Error{Op: "mend days", Class: api.OutcomeUnknown, Sent: true, Err: err}
		}
		a = mended
	}
	c.days.Store(loc)
	return a, nil
}

// gather makes the wanted users the participants of an activity. Others than
// users stay. It goes on after somebody who cannot take part; wrote tells whether
// anything was changed.
func (c *calendar) gather(ctx context.Context, a api.Activity, r reading, want []event.Attendee) (wrote bool, err error) {
	people := c.people.Load()
	ids := map[string]bool{}
	for _, w := range want {
		if u, ok := people.byAddr[w.Address]; ok {
			ids[u.ID] = true
		}
	}
	for _, p := range r.rows {
		who := userID(p.ParticipantGUID)
		if _, listed := people.attendee(who); !slices.Contains(r.members, who) || who == c.self || !listed || ids[who] {
			continue
		}
		err := c.client.DeleteParticipant(ctx, a.GUID, p.GUID)
		if err != nil && !isNotFound(err) {
			return wrote, err
		}
		wrote = true
	}
	for _, u := range people.users { // in a fixed order
		if !ids[u.ID] || slices.Contains(r.members, u.ID) {
			continue
		}
		_, err := c.client.AddParticipant(ctx, api.ParticipantDraft{ActivityGUID: a.GUID, ParticipantGUID: u.ID, Type: api.ParticipantUser})
		if e, ok := asAPI(err); ok && (e.Class == api.Invalid || e.Class == api.Forbidden) && !e.WholeOrganisation() {
			c.log.WarnContext(ctx, "a user cannot take part", slog.String("id", a.GUID), slog.String("user", u.ID), slog.Any("err", err))
			continue
		}
		if err != nil {
			return wrote, err
		}
		wrote = true
	}
	return wrote, nil
}

// unknown is the error of a write of several requests that broke off. Once one of them has
// done something, the whole is neither done nor undone.
func unknown(name string, id event.ID, err error, wrote bool) *endpoint.Error {
	e := failed(name, id, err)
	if wrote {
		e.Kind, e.Scope = endpoint.OutcomeUnknown, endpoint.ScopeItem
	}
	return e
}

// answer is the Result of a write whose answer is the activity as it is now.
func (c *calendar) answer(v view, name string, id event.ID, a api.Activity, members []string) endpoint.Result {
	it, e := v.item(a, members)
	if e != nil { // written, and not what was meant: the next listing tells
		c.log.Warn("an activity reads badly after a write", slog.String("op", name), slog.String("id", a.GUID), slog.Any("err", e))
		return endpoint.Result{Item: &event.Item{Ref: event.Ref{ID: id, Version: versionOf(a, members)}}}
	}
	it.ID = id
	return endpoint.Result{Item: it, Exact: true}
}

// reread is the Result of a write whose answers do not show the whole.
func (c *calendar) reread(ctx context.Context, name string, id event.ID) endpoint.Result {
	it, _, e := c.read(ctx, name, id)
	if e != nil {
		return endpoint.Result{Err: unknown(name, id, e, true)}
	}
	return endpoint.Result{Item: it, Exact: true}
}
