package api

import (
	"context"
	"net/http"
)

const (
	participantsOfRoute  = "/v1/activities/{activityGuid}/activityparticipants"
	participantOfRoute   = "/v1/activities/{activityGuid}/activityparticipants/{guid}"
	participantsRoute    = "/v1/activityparticipants"
	participantByIDRoute = "/v1/activityparticipants/{guid}"
)

// Participants lists who takes part in an activity, the owner aside. The route is not paged: the
// page is complete.
func (c *Client) Participants(ctx context.Context, activityID string) (Page[Participant], error) {
	r := &request{op: "list participants", method: http.MethodGet, route: participantsOfRoute, scope: scopeRead, want: okOnly()}
	path, err := fill(r.route, activityID)
	if err != nil {
		return Page[Participant]{}, r.invalid("%w", err)
	}
	r.path = path
	page, next, err := fetch[Participant](ctx, c, r, nil)
	if err != nil {
		return Page[Participant]{}, err
	}
	if next != "" {
		return Page[Participant]{}, &Error{Op: r.op, Class: Protocol, Status: http.StatusOK, Sent: true, Err: errUnexpectedPage}
	}
	return page, nil
}

// ParticipantDraft names a new member of an activity. Type unset means a user; Status unset leaves
// the reply to the server.
type ParticipantDraft struct {
	ActivityGUID    string            `json:"activityGuid"`
	ParticipantGUID string            `json:"participantGuid"`
	Type            ParticipantType   `json:"type"`
	Status          ParticipantStatus `json:"status,omitempty"`
}

// AddParticipant adds a user, contact or resource to an activity.
func (c *Client) AddParticipant(ctx context.Context, d ParticipantDraft) (Participant, error) {
	r := &request{op: "add participant", method: http.MethodPost, route: participantsRoute, path: participantsRoute, scope: scopeWrite, want: createdOrOK()}
	if d.Type == "" {
		d.Type = ParticipantUser
	}
	switch {
	case d.ActivityGUID == "" || d.ParticipantGUID == "":
		return Participant{}, r.invalid("a participant needs an activity and a person")
	case !d.Type.Known() || d.Status != "" && !d.Status.Known():
		return Participant{}, r.invalid("the participant's type or reply is not one that the server knows")
	}
	r.body = d
	return answered[Participant](ctx, c, r)
}

// PatchParticipant changes a membership, in practice /status. The id is the participant's GUID, not
// that of the person.
func (c *Client) PatchParticipant(ctx context.Context, id string, ops []PatchOp) (Participant, error) {
	r := &request{op: "patch participant", method: http.MethodPatch, route: participantByIDRoute, scope: scopeWrite, want: okOnly()}
	return patch[Participant](ctx, c, r, id, ops)
}

// DeleteParticipant takes a member out of an activity. With the id of an occurrence the server makes
// an exception of it and takes the member out of that one alone.
func (c *Client) DeleteParticipant(ctx context.Context, activityID, participantID string) error {
	return c.remove(ctx, &request{op: "delete participant", route: participantOfRoute}, activityID, participantID)
}
