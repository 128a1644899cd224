package office

import (
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/plan"
)

// ConnectionStatus is how one side's system answers, as everybody's runs have
// found it.
type ConnectionStatus struct {
	Side string `json:"side"`
	// Product is the name under which it is sold, empty where that is not known.
	Product string `json:"product,omitempty"`
	// Answered is when it last did, Millis how long that took; zero: it has not
	// since the program was started.
	Answered time.Time `json:"answered,omitzero"`
	Millis   int       `json:"millis,omitempty"`
	// Failed is the endpoint.Kind of what keeps the whole account out; empty:
	// nothing does.
	Failed string `json:"failed,omitempty"`
}

// answer is what one run has found of a side.
type answer struct {
	took    time.Duration
	product string
}

// answersOf asks a person's endpoints how their servers answer.
func answersOf(eps [2]endpoint.Endpoint) (out [2]answer) {
	for s, ep := range eps {
		if a, ok := ep.(endpoint.Answering); ok {
			out[s].took, out[s].product = a.Answered()
		}
	}
	return out
}

// noteConnections takes over what a run has found of the connections. The board's
// lock is held.
func (b *board) noteConnections(r PersonResult, now time.Time) {
	trouble := endpoint.As(r.Err)
	for _, s := range event.Sides() {
		c := &b.connections[s]
		c.Side = s.String()
		switch {
		case r.Err == nil:
			c.Failed = ""
		case trouble.Side == s && (trouble.Scope == endpoint.ScopeAccount || trouble.Kind == endpoint.Unavailable):
			c.Failed = trouble.Kind.String()
			continue
		}
		a := r.answers[s]
		if a.took <= 0 || r.Err != nil {
			continue
		}
		c.Answered, c.Millis = now, max(int(a.took.Milliseconds()), 1)
		if a.product != "" {
			c.Product = a.product
		}
	}
}

// came is when a change of each side was last written to the other, if this run
// has written any.
func came(was [2]time.Time, r PersonResult, now time.Time) [2]time.Time {
	for _, s := range event.Sides() {
		for _, k := range []plan.ActionKind{plan.Create, plan.Update, plan.Delete, plan.Leave} {
			if r.Written[s.Other()][k.String()] > 0 {
				was[s] = now
			}
		}
	}
	return was
}

// cameOf leaves sides out of which nothing has come yet.
func cameOf(at [2]time.Time) map[string]time.Time {
	var out map[string]time.Time
	for _, s := range event.Sides() {
		if !at[s].IsZero() {
			if out == nil {
				out = map[string]time.Time{}
			}
			out[s.String()] = at[s]
		}
	}
	return out
}
