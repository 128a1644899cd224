package engine_test

import (
	"context"
	"testing"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/state"
)

// twinned loses the answer of a create, while another program makes the very
// same entry.
type twinned struct{ endpoint.Endpoint }

func (e *twinned) Apply(ctx context.Context, ops []endpoint.Op) []endpoint.Result {
	out := e.Endpoint.Apply(ctx, ops)
	for i, op := range ops {
		if op.Kind == endpoint.Create {
			e.Endpoint.Apply(ctx, []endpoint.Op{op})
			out[i] = endpoint.Result{Err: &endpoint.Error{Op: "write entry", Kind: endpoint.OutcomeUnknown}}
		}
	}
	return out
}

func TestSync_LostCreateAndItsTwin_IsForAPersonToDecide(t *testing.T) {
	r := newRig(t)
	r.cal[event.Exchange].Put(anna, meeting("alpha", 3, 9))
	r.wrapEndpoint = func(s event.Side, e endpoint.Endpoint) endpoint.Endpoint {
		if s == event.Business {
			return &twinned{e}
		}
		return e
	}
	r.sync()
	r.plain()
	r.sync()
	snap, err := r.office.Person(anna).Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(snap.Open) != 1 || snap.Open[0].Phase != state.Unsure || len(snap.Links) != 0 {
		t.Errorf("%d open entries, %d links; want one that is unsure, and none", len(snap.Open), len(snap.Links))
	}
	if got := r.subjects(event.Business); len(got) != 2 {
		t.Errorf("business holds %q, want ours and the other's alone", got)
	}
	if got := r.subjects(event.Exchange); len(got) != 1 {
		t.Errorf("exchange holds %q, want the one it held", got)
	}
}
