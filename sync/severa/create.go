package severa

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/severa/api"
)

func asAPI(err error) (*api.Error, bool) { return errors.AsType[*api.Error](err) }

func containsFold(s, part string) bool {
	return strings.Contains(strings.ToLower(s), strings.ToLower(part))
}

// create makes an activity of this person's with its participants. It is made
// whole or taken back: a meeting without its people would look as if somebody
// had uninvited them.
func (c *calendar) create(ctx context.Context, name string, op endpoint.Op) endpoint.Result {
	v := c.view()
	want := v.normalize(op.Want)
	if code := faultOf(want.When); code != "" {
		return endpoint.Result{Err: fault(name, "", endpoint.ScopeItem, endpoint.Invalid, code)}
	}
	if want.Kind.ID == "" {
		return endpoint.Result{Err: fault(name, "", endpoint.ScopeItem, endpoint.Invalid, CodeNoType)}
	}
	if want.Recurrence != nil {
		return c.createSeries(ctx, name, v, want)
	}
	a, err := c.post(ctx, v, want, nil)
	if err != nil {
		return endpoint.Result{Err: createFailed(name, err)}
	}
	id := event.ID(a.GUID)
	if len(want.Attendees) == 0 {
		c.remember(a, nil)
		return c.answer(v, name, id, a, nil)
	}
	if _, err := c.gather(ctx, a, reading{row: a}, want.Attendees); err != nil {
		return endpoint.Result{Err: c.takeBack(ctx, name, a, err)}
	}
	return c.reread(ctx, name, id)
}

// post makes an activity without its people.
func (c *calendar) post(ctx context.Context, v view, want event.Event, rule *api.Recurrence) (api.Activity, error) {
	outsiders := v.people.strangers(want.Attendees)
	return c.inMidnights(ctx, v, want.When, c.self, func(loc *time.Location) (api.Activity, error) {
		start, end := wired(want.When, loc)
		return c.client.CreateActivity(ctx, api.ActivityDraft{
			Name: want.Subject, Start: start, End: end, IsAllDay: want.When.AllDay, HasDuration: true,
			IsClosed: want.Done, Notes: joinNotes(want.Notes, outsiders), Location: want.Location,
			ActivityTypeGUID: want.Kind.ID, OwnerGUID: c.self, Recurrence: rule,
		})
	})
}

// createFailed is the error of a create; what the service refuses is the entry's trouble.
func createFailed(name string, err error) *endpoint.Error {
	e := failed(name, "", err)
	if e.Kind == endpoint.Invalid || e.Kind == endpoint.NotFound || e.Kind == endpoint.OutcomeUnknown ||
		e.Kind == endpoint.Forbidden && e.Scope != endpoint.ScopeAccount {
		e.Scope = endpoint.ScopeItem
	}
	return e
}

// takeBack deletes an activity that was made a moment ago and could not be
// finished, unless anybody has touched it since. The Error says what is left.
func (c *calendar) takeBack(ctx context.Context, name string, a api.Activity, cause error) *endpoint.Error {
	e := failed(name, "", cause)
	c.log.WarnContext(ctx, "an activity could not be finished and is taken back", slog.String("id", a.GUID), slog.Any("err", cause))
	if left := c.deleteUntouched(ctx, a); left {
		e.Kind, e.Scope = endpoint.OutcomeUnknown, endpoint.ScopeItem
		return e
	}
	if e.Kind == endpoint.OutcomeUnknown { // of the participant; the activity is gone
		e.Kind, e.Scope = endpoint.Unavailable, endpoint.ScopeCalendar
	}
	return e
}

// deleteUntouched deletes an activity that reads as it was made; left tells
// whether it may still be there.
func (c *calendar) deleteUntouched(ctx context.Context, a api.Activity) (left bool) {
	now, err := c.client.Activity(ctx, a.GUID)
	if err != nil {
		return !isNotFound(err)
	}
	v := c.view()
	made, e1 := v.item(a, nil)
	seen, e2 := v.item(now, nil)
	if e1 != nil || e2 != nil || event.Diff(made.Event, seen.Event) != 0 || now.HasHours || now.Customer != nil || now.Phase != nil {
		return true
	}
	err = c.client.DeleteActivity(ctx, a.GUID)
	return err != nil && !isNotFound(err)
}
