package office_test

import (
	"testing"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/office"
)

// prompt is an endpoint that knows how its server answers.
type prompt struct {
	endpoint.Endpoint
	took    time.Duration
	product string
}

func (p prompt) Answered() (time.Duration, string) { return p.took, p.product }

// The status tells how both systems answer, and what keeps a whole account out.
func TestStatus_TellsHowTheConnectionsAre(t *testing.T) {
	r := newRig(t, ticking())
	r.wrap = func(_ event.PersonID, s event.Side, e endpoint.Endpoint) endpoint.Endpoint {
		if s == event.Exchange {
			return prompt{e, 64 * time.Millisecond, "Exchange 2019"}
		}
		return prompt{e, 180 * time.Millisecond, ""}
	}
	if got := r.off.Status().Connections; len(got) != 0 {
		t.Errorf("before anything was asked: %+v", got)
	}
	r.sync()
	got := r.off.Status().Connections
	if len(got) != 2 || got[0].Side != "business" || got[0].Millis != 180 || got[1].Millis != 64 || got[1].Product != "Exchange 2019" || got[0].Answered.IsZero() || got[1].Failed != "" {
		t.Fatalf("connections %+v", got)
	}

	r.cal[event.Exchange].Break(anna, &endpoint.Error{Op: "list", Side: event.Exchange, Scope: endpoint.ScopeCalendar, Kind: endpoint.Forbidden})
	r.order(office.Order{Who: []event.PersonID{anna}})
	if got := r.off.Status().Connections[1]; got.Failed != "" {
		t.Errorf("one calendar's trouble is told of the connection: %+v", got)
	}
	r.cal[event.Exchange].Break(anna, &endpoint.Error{Op: "list", Side: event.Exchange, Scope: endpoint.ScopeAccount, Kind: endpoint.Auth})
	r.order(office.Order{Who: []event.PersonID{anna}})
	got = r.off.Status().Connections
	if got[1].Failed != "auth" || got[0].Failed != "" {
		t.Errorf("a refused sign-in: %+v, want it of Exchange alone", got)
	}
}

// When a change last came over is told by the side on which it was made, and
// outlives the program.
func TestStatus_TellsWhenAChangeCameOver(t *testing.T) {
	r := newRig(t, ticking())
	r.cal[event.Business].Put(anna, r.entry("alpha", 3, 9))
	r.sync()
	of := func(id event.PersonID) map[string]time.Time {
		for _, p := range r.off.Status().People {
			if p.ID == id {
				return p.Came
			}
		}
		return nil
	}
	first := of(anna)
	if first["business"].IsZero() || !first["exchange"].IsZero() || len(of(bert)) != 0 {
		t.Fatalf("anna %v, bert %v, want a change of anna's from the business system alone", first, of(bert))
	}
	r.sync()
	if got := of(anna); !got["business"].Equal(first["business"]) {
		t.Errorf("a run without changes moved it to %v, want %v", got["business"], first["business"])
	}
	r.start()
	if err := r.off.Recall(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := of(anna); !got["business"].Equal(first["business"]) {
		t.Errorf("after a restart: %v, want %v", got["business"], first["business"])
	}
}
