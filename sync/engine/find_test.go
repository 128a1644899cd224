package engine_test

import (
	"context"
	"testing"

	"lockstep/sync/endpoint"
	"lockstep/sync/engine"
	"lockstep/sync/event"
	"lockstep/sync/state"
)

// bulk answers many look-ups at once, and can answer too few.
type bulk struct {
	endpoint.Endpoint
	endpoint.Finder
	asked [][]endpoint.Wanted
	short bool
}

func (b *bulk) FindEach(ctx context.Context, wanted []endpoint.Wanted) ([][]event.Item, error) {
	b.asked = append(b.asked, wanted)
	var out [][]event.Item
	for _, w := range wanted {
		hits, err := b.FindStamped(ctx, w.Key)
		if err != nil {
			return nil, err
		}
		out = append(out, hits)
	}
	if b.short {
		return out[1:], nil
	}
	return out, nil
}

// sixInBulk is six with an Exchange that looks many entries up at once.
func sixInBulk(t *testing.T) (*rig, *bulk) {
	t.Helper()
	r, b := six(t), &bulk{}
	r.wrapEndpoint = func(s event.Side, e endpoint.Endpoint) endpoint.Endpoint {
		f, finds := e.(endpoint.Finder)
		if s != event.Exchange || !finds {
			return e
		}
		b.Endpoint, b.Finder = e, f
		return b
	}
	r.start()
	r.sync()
	b.asked = nil
	return r, b
}

func TestSync_LooksAllVanishedEntriesUpAtOnce(t *testing.T) {
	r, b := sixInBulk(t)
	if err := r.cal[event.Exchange].Drag(anna, r.one(event.Exchange, "e1")); err != nil {
		t.Fatal(err)
	}
	r.remove(event.Exchange, "e2")
	r.sync()
	if len(b.asked) != 1 || len(b.asked[0]) != 2 {
		t.Errorf("asked %v, want two entries in one question", b.asked)
	}
	if !r.has(event.Business, "e1") || r.has(event.Business, "e2") {
		t.Errorf("business entries are %q, want e1 kept and e2 deleted", r.subjects(event.Business))
	}
}

func TestSync_TooFewAnswersDeleteNothing(t *testing.T) {
	r, b := sixInBulk(t)
	r.remove(event.Exchange, "e1")
	b.short = true
	_, err := r.eng.Sync(t.Context(), engine.Options{Cause: state.CauseManual, Approval: engine.Approval{Standing: true}})
	if err == nil {
		t.Error("the run says nothing of the missing answer")
	}
	if !r.has(event.Business, "e1") {
		t.Errorf("business entries are %q, want e1 kept", r.subjects(event.Business))
	}
}
