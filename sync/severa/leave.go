package severa

import (
	"context"
	"maps"
	"slices"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/severa/api"
)

// leaveActivity takes this person out of an activity and nobody else: his own
// rows, of a series also those of its changed occurrences. What he owns passes
// to the next of its people first.
func (c *calendar) leaveActivity(ctx context.Context, name string, r reading) *endpoint.Error {
	id := event.ID(r.row.GUID)
	wrote := false
	if userID(r.row.OwnerUser.GUID) == c.self {
		a, e := c.passOn(ctx, name, r)
		if e != nil {
			return e
		}
		r.row, wrote = a, true
	}
	ids := []string{r.row.GUID}
	if r.series != nil {
		for _, o := range slices.SortedFunc(maps.Keys(r.series.rows), event.Wall.Compare) {
			if x := r.series.rows[o]; x.RecurrenceType == api.RecurrenceException {
				ids = append(ids, x.GUID)
			}
		}
	}
	for i, of := range ids {
		if err := c.removeSelf(ctx, of); err != nil && (i == 0 || !isNotFound(err)) {
			return unknown(name, id, err, wrote)
		}
		wrote = true
	}
	owner := userID(r.row.OwnerUser.GUID)
	c.remember(r.row, slices.DeleteFunc(slices.Clone(r.members), func(m string) bool { return m == c.self || m == owner }))
	return nil
}

// passOn makes the next of an activity's people its owner. His row of a
// participant may stay: an owner counts as no member.
func (c *calendar) passOn(ctx context.Context, name string, r reading) (api.Activity, *endpoint.Error) {
	fixed := fault(name, event.ID(r.row.GUID), endpoint.ScopeItem, endpoint.Forbidden, CodeOwnerFixed)
	a, err := c.client.PatchActivity(ctx, r.row.GUID, []api.PatchOp{api.Replace("/ownerUser/guid", r.members[0])})
	if e, ok := asAPI(err); ok && (e.Class == api.Invalid || e.Class == api.Forbidden) && !e.WholeOrganisation() {
		return a, fixed
	}
	if err != nil {
		return a, failed(name, event.ID(r.row.GUID), err)
	}
	if userID(a.OwnerUser.GUID) != r.members[0] {
		return a, fixed
	}
	return a, nil
}

// removeSelf deletes this person's rows among the participants of an activity.
func (c *calendar) removeSelf(ctx context.Context, id string) error {
	page, err := c.client.Participants(ctx, id)
	if err != nil {
		return err
	}
	for _, p := range page.Rows {
		if userID(p.ParticipantGUID) != c.self {
			continue
		}
		if err := c.client.DeleteParticipant(ctx, id, p.GUID); err != nil {
			return err
		}
	}
	return nil
}
